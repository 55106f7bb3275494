"""Which posts are near somebody's home and suit them, and which post they mean by a number or a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from tortoise.expressions import Q

from kit.county import PostNumbers
from models.help.posts import PostHolding, ServicePost
from models.people.members import Person
from models.people.organisation import Organisation
from services.help.posts import naming, rules
from services.people import members, organisation


@dataclass(frozen=True, slots=True)
class Offer:
    """A post as somebody is offered it; `left` are the free places."""

    post: ServicePost
    left: int
    has_skill: bool
    distance: int


async def around(person: Person, today: date) -> list[ServicePost]:
    """Every open post of the person's community, of all beneath it, and of the branches and levels above."""
    community = await organisation.community_of(person)
    above = [place for start in await _homes(person) for place in await organisation.up_the_tree(start)]
    near = Q(organisation_id__in=[place.id for place in above])
    if community is not None:
        near |= Q(organisation__path__startswith=community.path)
    posts = await ServicePost.filter(near, status="open").order_by("number", "id").prefetch_related("organisation")
    return [post for post in posts if runs_on(post, today)]


async def shown_at(place: Organisation, today: date) -> list[Offer]:
    """What is open at a place, beneath it and above it, free ones first: for whoever has not said who they are."""
    above = [one.id for one in await organisation.up_the_tree(place)]
    near = Q(organisation_id__in=above) | Q(organisation__path__startswith=place.path)
    found = await ServicePost.filter(near, status="open").order_by("number", "id").prefetch_related("organisation")
    shown = [Offer(post, max(0, post.slots - post.taken), False, 0) for post in found if runs_on(post, today)]
    return sorted(shown, key=lambda offer: not offer.left)


async def _homes(person: Person) -> list[Organisation]:
    found = [await organisation.community_of(person), await organisation.branch_of(person)]
    return [place for place in found if place is not None]


def runs_on(post: ServicePost, today: date) -> bool:
    """Whether the post's own term has not ended; one that begins later can be claimed already."""
    return post.until is None or post.until >= today


async def offers(person: Person, *, today: date, numbers: PostNumbers, said: str = "") -> list[Offer]:
    """What suits the person (promise V16: they may choose otherwise by number), best first, full ones last.

    `said` are the words of the wish: "腿脚不好" leaves out what means stairs, "会写毛笔字" brings its posts up.
    """
    fitness = fitness_of(person, today)
    fitness = replace(
        fitness,
        walks_badly=fitness.walks_badly or rules.walks_badly(said),
        skills=fitness.skills | rules.skills_in(said),
    )
    mine = await PostHolding.filter(person_id=person.id, open_mark__isnull=False)
    held = {row.post_id for row in mine}
    found = [
        (post, await _distance(post, person))
        for post in await around(person, today)
        if post.id not in held and not rules.advice(work_of(post), fitness, numbers)
    ]
    found.sort(key=lambda one: (one[0].taken >= one[0].slots, *_order(one[0], fitness, one[1])))
    return [
        Offer(post, max(0, post.slots - post.taken), rules.has_skill(work_of(post), fitness.skills), distance)
        for post, distance in found
    ]


def _order(post: ServicePost, fitness: rules.Fitness, distance: int) -> tuple[bool, int, int, int]:
    return rules.order(work_of(post), fitness, distance=distance, number=post.number)


async def _distance(post: ServicePost, person: Person) -> int:
    """0 at one's own estate or branch, 1 in the community, 2 elsewhere in it, 3 for the levels above."""
    place = post.organisation
    if place.id == person.branch_id or (person.estate and person.estate in f"{place.name}{post.place or ''}"):
        return 0
    if place.id == person.community_id:
        return 1
    return 3 if organisation.tier_of(place.kind) in ("county", "township") else 2


def fitness_of(person: Person, today: date) -> rules.Fitness:
    """What the roster knows of the person that matters for a post."""
    skills = frozenset(map(str, person.skills or ()))
    return rules.Fitness(members.age(person, today), rules.walks_badly(person.mobility), skills)


def work_of(post: ServicePost) -> rules.Work:
    """What the post asks, for the rules."""
    return rules.Work(
        post.exertion,
        tuple(map(str, post.flags or ())),
        tuple(map(str, post.skills or ())),
        post.post_type,
        f"{post.title}{post.duties or ''}",
    )


def advice_for(post: ServicePost, person: Person, *, today: date, numbers: PostNumbers) -> Sequence[rules.Advice]:
    """Why the post would not be offered to this person; the person may decide otherwise."""
    return rules.advice(work_of(post), fitness_of(person, today), numbers)


def goes_in_pairs(post: ServicePost) -> bool:
    """Whether two go together (home visits)."""
    return rules.is_home_visit(work_of(post))


async def by_number(person: Person, number: int, today: date) -> list[ServicePost]:
    """The posts of this number around the person; several where community and township number alike."""
    found = [post for post in await around(person, today) if post.number == number]
    own = [post for post in found if post.organisation_id == person.community_id]
    return own or found


async def by_name(person: Person, said: str, today: date) -> list[ServicePost]:
    """The posts around the person that the words mean; none, one, or those they fit alike."""
    return naming.meant(said, await around(person, today))


async def mentioned(person: Person, text: str, today: date) -> list[ServicePost]:
    """The posts around the person whose titles stand in the words."""
    return naming.mentioned(text, await around(person, today))


async def by_id(person: Person, post_id: int, today: date) -> ServicePost | None:
    """One post around the person, or nothing."""
    return next((post for post in await around(person, today) if post.id == post_id), None)
