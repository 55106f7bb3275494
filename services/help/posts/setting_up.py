"""设岗: whoever is in charge opens a post, changes what it says, closes it and opens it again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tortoise.expressions import F, Q

from delivery import waiting
from delivery.outbox import Letter, post_notice, to_person
from kit.clock import local_day
from kit.errors import Refusal
from models.help.posts import HOLDING_A_PLACE, PostHolding, ServicePost
from models.people.members import Person, day_or_none
from models.people.organisation import Organisation
from services.help.posts.holdings import (
    ACTIVE,
    PAUSED,
    PENDING,
    RELEASE_PENDING,
    RELEASED,
    WAITLISTED,
    ask_reviewer,
    close,
    close_review,
    reviewer_for,
    stamp,
    tell_leader,
)
from services.help.posts.reviewing import TO_REVIEW, holders
from services.people import access, audit, organisation
from texts import render

OPEN, CLOSED = "open", "closed"
FIELDS = ("title", "duties", "place", "slots", "skills", "exertion", "period")
"""What can be changed of a post; `period` is [first day, last day] as ISO days, either may be None."""

CLOSED_REASON = "post_closed"
_TOLD_AFTER = timedelta(minutes=10)
"""So long a closing can be taken back (promise E8); until then nobody is told of it."""
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class NewPost:
    """What is asked before a post is opened; everything else can be added to it later."""

    title: str
    duties: str | None
    slots: int
    exertion: str


@dataclass(frozen=True, slots=True)
class Shut:
    """What a closing ended: of each open holding its id, the state it was in, and its day of decision."""

    post: ServicePost
    ended: list[tuple[int, str, str | None]]


def may_keep_posts(reach: access.Reach) -> bool:
    """Whether the person sets posts up: secretaries, workers, and the levels above for posts of their own."""
    return bool(_paths(reach))


def _paths(reach: access.Reach) -> list[str]:
    """Who approves claims (domain §2.22) keeps the posts; townships and counties have posts too (decision 14)."""
    return list(dict.fromkeys([*reach.paths("approve", "subtree"), *reach.paths("manage_offices", "subtree")]))


async def places_for(reach: access.Reach) -> list[Organisation]:
    """The places of the person's own offices, nearest to the people first: a new post belongs to one of them."""
    found = await Organisation.filter(path__in=_paths(reach))
    return sorted(found, key=lambda place: (-place.path.count("/"), place.id))


async def kept(reach: access.Reach, *, number: int | None = None) -> list[ServicePost]:
    """The posts this person keeps, closed ones last."""
    rows = ServicePost.filter(_within(reach)).prefetch_related("organisation")
    found = await (rows.filter(number=number) if number is not None else rows)
    return sorted(found, key=lambda post: (post.status == CLOSED, post.number, post.id))


async def of_keeper(post_id: int, reach: access.Reach) -> ServicePost:
    """One post this person keeps; raises `access.unknown` for any other."""
    post = await ServicePost.get_or_none(_within(reach), id=post_id).prefetch_related("organisation")
    if post is None:
        raise Refusal("access.unknown")
    return post


def _within(reach: access.Reach) -> Q:
    paths = _paths(reach)
    return Q(*[Q(organisation__path__startswith=path) for path in paths], join_type=Q.OR) if paths else Q(id__in=[])


async def open_post(place_id: int, new: NewPost, *, by: Person, reach: access.Reach, now: datetime) -> ServicePost:
    """A new post at a place of the person's own, with the next number of its community (decision 14).

    Raises `access.unknown` for a place that is not theirs.
    """
    place = next((one for one in await places_for(reach) if one.id == place_id), None)
    if place is None:
        raise Refusal("access.unknown")
    post = await ServicePost.create(
        organisation=place,
        number=await _next_number(place),
        title=new.title,
        duties=new.duties,
        slots=new.slots,
        exertion=new.exertion,
    )
    await audit.note(audit.by_person(by), "post.opened", now=now, subject=f"post:{post.id}", slots=new.slots)
    return post


async def _next_number(place: Organisation) -> int:
    """One above the highest that the same people see; a number that was used once keeps its meaning."""
    shared = await organisation.community_of(place) or place
    # Held until the transaction ends, so that of two openings at once each gets its own number.
    await Organisation.filter(id=shared.id).update(path=F("path"))
    near = Q(organisation__path__startswith=shared.path) | Q(organisation_id__in=shared.ancestor_ids)
    highest = await ServicePost.filter(near).order_by("-number").first()
    return highest.number + 1 if highest else 1


async def change(post: ServicePost, field: str, value: Any, *, by: Person, reach: access.Reach, now: datetime) -> Any:
    """Change one of `FIELDS`; the value it had before.

    There are never fewer places than holders: raises `posts.slots_below`, which names them.
    """
    if field not in FIELDS:
        raise Refusal("access.unknown")
    before = value_of(post, field)
    if field == "slots":
        await _change_slots(post, int(value), reach)
    elif field == "period":
        await _change_period(post, *[date.fromisoformat(day) if day else None for day in value])
    else:
        await ServicePost.filter(id=post.id).update(**{field: value})
    await audit.note(audit.by_person(by), "post.changed", now=now, subject=f"post:{post.id}", field=field)
    return before


def value_of(post: ServicePost, field: str) -> Any:
    """What a post says now, in the form `change` takes."""
    if field == "period":
        return [day.isoformat() if day else None for day in (post.since, post.until)]
    return getattr(post, field)


async def _change_slots(post: ServicePost, slots: int, reach: access.Reach) -> None:
    if await ServicePost.filter(id=post.id, taken__lte=slots).update(slots=slots):
        return
    await post.refresh_from_db(fields=["taken"])
    named, _ = await holders(post, reach)
    names = render("words.comma").join(row.person.name for row in named[:_MOST_NAMED])
    raise Refusal("posts.slots_below", number=post.number, title=post.title, taken=post.taken, names=names)


async def _change_period(post: ServicePost, since: date | None, until: date | None) -> None:
    """The terms of those who hold it end with it."""
    await ServicePost.filter(id=post.id).update(since=since, until=until)
    await PostHolding.filter(post_id=post.id, state__in=(ACTIVE, PAUSED, RELEASE_PENDING)).update(until=until)


async def shut(post: ServicePost, *, by: Person, now: datetime) -> Shut:
    """Close a post: nobody claims it any more, every holding ends, and once it can't be taken back all are told.

    Raises `posts.already_shut`.
    """
    if not await ServicePost.filter(id=post.id).exclude(status=CLOSED).update(status=CLOSED):
        raise Refusal("posts.already_shut", number=post.number, title=post.title)
    ended: list[tuple[int, str, str | None]] = []
    rows = PostHolding.filter(post_id=post.id, open_mark__isnull=False).order_by("id")
    for row in await rows.prefetch_related("person"):
        row.post = post
        before = (row.id, row.state, row.decide_on.isoformat() if row.decide_on else None)
        if await _end(row, now):
            ended.append(before)
    await audit.note(audit.by_person(by), "post.closed", now=now, subject=f"post:{post.id}", ended=len(ended))
    return Shut(post, ended)


async def _end(row: PostHolding, now: datetime) -> bool:
    kept_place = row.state in HOLDING_A_PLACE or row.offered_until is not None
    was_given = row.state not in (WAITLISTED, PENDING)
    say = "posts.closed_for_holder" if was_given else "posts.closed_for_waiter"
    if not await close(row, row.state, state=RELEASED, reason=CLOSED_REASON, today=local_day(now)):
        return False
    if kept_place:
        await row.post.give_place()
    await close_review(row, now)
    letter = Letter(say, {"number": row.post.number, "title": row.post.title}, topic="posts")
    once = f"{_closing(row.post)}:{row.id}:{stamp(now)}"
    await post_notice(to_person(row.person_id), letter, once=once, now=now, due_at=now + _TOLD_AFTER)
    if was_given:
        await tell_leader(row, "posts.leader_released", now, due_at=now + _TOLD_AFTER)
    return True


def _closing(post: ServicePost) -> str:
    return f"post:{post.id}:closed"


async def reopen(
    post: ServicePost, *, by: Person, now: datetime, ended: Iterable[tuple[int, str, str | None]] = ()
) -> int:
    """Open a closed post again; `ended` are the holdings a closing has just ended, which stand as before. How many.

    Raises `posts.already_open`, and `posts.term_is_over` when its last day has passed.
    """
    if post.until is not None and post.until < local_day(now):
        raise Refusal("posts.term_is_over", number=post.number, title=post.title)
    if not await ServicePost.filter(id=post.id, status=CLOSED).update(status=OPEN):
        raise Refusal("posts.already_open", number=post.number, title=post.title)
    again = 0
    for holding_id, was, decide_on in ended:
        again += await _stands_again(post, holding_id, was, decide_on, now)
    await waiting.cancel(_closing(post), now)
    await audit.note(audit.by_person(by), "post.reopened", now=now, subject=f"post:{post.id}", again=again)
    return again


async def _stands_again(post: ServicePost, holding_id: int, was: str, decide_on: str | None, now: datetime) -> bool:
    closed = PostHolding.filter(id=holding_id, post_id=post.id, state=RELEASED, reason=CLOSED_REASON)
    row = await closed.prefetch_related("person").first()
    mark = f"{post.id}:{row.person_id}" if row else ""
    if row is None or await PostHolding.exists(open_mark=mark):
        return False
    if was in HOLDING_A_PLACE and not await post.take_place():
        return False
    row.post, row.state, row.open_mark, row.reason = post, was, mark, None
    row.until, row.offered_until, row.decide_on = post.until if row.since else None, None, day_or_none(decide_on)
    await row.save()
    await waiting.cancel(f"holding:{row.id}:posts.leader_released", now)
    if was in TO_REVIEW and (reviewer := await reviewer_for(post, row.person, now)):
        await ask_reviewer(row, reviewer, now)
    return True
