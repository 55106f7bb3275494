"""Looks up the places of an audience inside the writer's own subtrees: what is not theirs is not known (X15)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import texts
from kit.errors import Refusal
from models.help.posts import ServicePost
from models.people.members import STAFF, Person
from models.people.organisation import Organisation
from services.outreach.audience.people import ACTIVITY_KINDS, Audience, people
from services.outreach.audience.wording import Said, place_words, read_said
from services.people import access
from services.people.members import ACTIVE
from services.people.organisation import tier_of

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Looked:
    """What one word for a place turned out to be."""

    names: tuple[str, ...]
    paths: tuple[str, ...] = ()
    estates: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    registered: tuple[int, ...] = ()
    persons: tuple[int, ...] = ()


async def understood(text: str, reach: access.Reach, on: date, *, earlier: tuple[str, ...] = ()) -> Audience:
    """The audience that `text` means for this writer; `earlier` are the keys of the broadcast written before.

    Whoever writes is not among them, unless the words say so ("包括我").

    Raises `access.unknown` for somebody without the right, `broadcasts.audience_unknown` for what does not exist
    or is not theirs, `broadcasts.audience_ambiguous`, `broadcasts.which_estate`, `broadcasts.no_tags`,
    `broadcasts.nothing_missed`.
    """
    said = read_said(text)
    places = await _own_places(reach)
    if not places:
        raise Refusal("access.unknown")
    if said.is_missed and not earlier:
        raise Refusal("broadcasts.nothing_missed")
    looked = await _look_up(said, places, reach)
    audience = Audience(
        said=text.strip()[:60],
        names=tuple(name for one in looked for name in one.names) or _tops_named(places),
        paths=tuple(path for one in looked for path in one.paths),
        estates=tuple(estate for one in looked for estate in one.estates),
        building=said.building,
        from_age=said.from_age,
        to_age=said.to_age,
        sex=said.sex,
        standing=said.standing,
        offices=(*said.offices, *(office for one in looked for office in one.offices)),
        earlier=earlier if said.is_missed else (),
        registered=tuple(place for one in looked for place in one.registered),
        persons=tuple(person for one in looked for person in one.persons),
        is_unchecked=said.is_unchecked,
        without=None if said.has_writer else reach.person_id,
    )
    return await _in_one_estate(audience, reach, on) if said.building else audience


async def _own_places(reach: access.Reach) -> list[Organisation]:
    rows = access.visible(reach, Organisation.existing(), "broadcast")
    return await rows.order_by("id")


def _tops_named(places: Sequence[Organisation]) -> tuple[str, ...]:
    return tuple(place.name for place in _tops(places))[:_MOST_NAMED]


def _tops(places: Sequence[Organisation]) -> list[Organisation]:
    """Those that lie beneath none of the others."""
    ids = {place.id for place in places}
    return [place for place in places if not ids.intersection(place.ancestor_ids[1:])]


async def _look_up(said: Said, places: Sequence[Organisation], reach: access.Reach) -> list[_Looked]:
    found = [_own(said.own, places)] if said.own else []
    for word in said.places:
        found += await _called(word, places, reach)
    if not found and all(place.kind in ACTIVITY_KINDS for place in _tops(places)):
        found = [_place(place) for place in _tops(places)]
    return [_as_registered(one, places) for one in found] if said.is_registered else found


def _place(*meant: Organisation) -> _Looked:
    """A place is its members; one that nobody is a member of, who is registered for its activities."""
    members = [place for place in meant if place.kind not in ACTIVITY_KINDS]
    return _Looked(
        tuple(place.name for place in meant),
        tuple(place.path for place in members),
        registered=tuple(place.id for place in meant if place not in members),
    )


def _as_registered(looked: _Looked, places: Sequence[Organisation]) -> _Looked:
    """ "柳塘社区活动成员": not who lives there, but who is registered there."""
    ids = tuple(place.id for place in places if place.path in looked.paths)
    names = tuple(texts.render("broadcasts.registered_at", place=name) for name in looked.names)
    return _Looked(names, registered=(*looked.registered, *ids))


def _own(tier: str, places: Sequence[Organisation]) -> _Looked:
    """ "我们支部": the place of that level where the writer's own reach begins."""
    fitting = [place for place in _tops(places) if tier_of(place.kind) == tier]
    if not fitting:
        raise Refusal("broadcasts.audience_unknown", words=texts.render(f"broadcasts.own_{tier}"))
    return _place(*fitting)


async def _called(word: str, places: Sequence[Organisation], reach: access.Reach) -> list[_Looked]:
    """The place, estate or post of this name; else two of them joined by "and"."""
    if one := await _one_called(word, places, reach):
        return [one]
    for joint in re.finditer(texts.section("broadcasts", "audience")["and"], word):
        first = await _one_called(word[: joint.start()], places, reach)
        if first and (second := await _one_called(word[joint.end() :], places, reach)):
            return [first, second]
    if somebody := await _person_called(word, reach):
        return [somebody]
    raise Refusal("broadcasts.audience_unknown", words=word[:20])


async def _person_called(name: str, reach: access.Reach) -> _Looked | None:
    """A single member by the full name; of several of that name nobody can tell here who is meant."""
    rows = access.visible(reach, Person.filter(name=name, state=ACTIVE).exclude(standing=STAFF), "broadcast")
    found = await rows.order_by("id")
    if len(found) > 1:
        places = texts.render("words.comma").join(dict.fromkeys(one.estate for one in found if one.estate))
        raise Refusal("members.ambiguous", name=name, names=places)
    return _Looked((name,), persons=(found[0].id,)) if found else None


async def _one_called(word: str, places: Sequence[Organisation], reach: access.Reach) -> _Looked | None:
    if len(word) < 2:
        return None
    place = _best(word, places)
    rows = access.visible(reach, Person.filter(estate__isnull=False), "broadcast")
    estates = (word,) if await rows.filter(estate=word).exists() else ()
    if place and not estates:
        return _place(place)
    if estates:
        return _Looked((word,), (place.path,) if place else (), estates)
    titled = await ServicePost.filter(organisation_id__in=[place.id for place in places], title=word).exists()
    return _Looked((), offices=(word,)) if titled else None


def _best(word: str, places: Sequence[Organisation]) -> Organisation | None:
    """The one place meant; raises `broadcasts.audience_ambiguous` when several fit equally."""
    named = [(place_words(place.name), place) for place in places]
    exact = [place for name, place in named if name == word]
    tops = _tops(exact or [place for name, place in named if word in name])
    if len(tops) > 1:
        names = texts.render("words.comma").join(place.name for place in tops[:_MOST_NAMED])
        raise Refusal("broadcasts.audience_ambiguous", words=word[:20], names=names)
    return tops[0] if tops else None


async def _in_one_estate(audience: Audience, reach: access.Reach, on: date) -> Audience:
    """A building belongs to an estate: "3栋" alone is refused where several estates have one."""
    if audience.estates:
        return replace(audience, paths=())
    rows = people(audience, reach, on).filter(estate__isnull=False)
    estates = [str(one) for one in await rows.distinct().order_by("estate").values_list("estate", flat=True)]
    if len(estates) > 1:
        names = texts.render("words.comma").join(estates[:_MOST_NAMED])
        raise Refusal("broadcasts.which_estate", building=audience.building, names=names)
    return replace(audience, names=tuple(estates), estates=tuple(estates)) if estates else audience
