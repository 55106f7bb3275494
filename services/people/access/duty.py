"""Who is the named person now: duty persons, deputies, and the ladder from a household up to the county."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, time
from typing import Literal

from kit.clock import local
from kit.county import County
from models.people.access import DutyPerson
from models.people.members import Person
from models.people.organisation import Organisation, Role
from services.people.members import ACTIVE
from services.people.organisation import (
    GROUP_LEADERS,
    SECRETARIES,
    WORKERS,
    branch_of,
    community_of,
    holders,
    root,
    tier_of,
    up_the_tree,
)

Level = Literal["secretary", "community", "township", "county"]
OfficeHours = tuple[time, time]

LEVELS: tuple[Level, ...] = ("secretary", "community", "township", "county")
LONGEST_CHAIN_OF_DEPUTIES = 3
"""A deputy's deputy's deputy is asked, and nobody further."""
_DEFAULT_HOURS = County().office_hours


async def present(person: Person, on: date) -> Person:
    """The person, or whoever stands in for them on that day; deputies may have deputies."""
    for _ in range(LONGEST_CHAIN_OF_DEPUTIES):
        deputy = (
            await DutyPerson.on(on)
            .filter(stands_for_id=person.id, person__state=ACTIVE)
            .select_related("person")
            .order_by("-since", "id")
            .first()
        )
        if deputy is None:
            return person
        person = deputy.person
    return person


async def on_duty(
    place: Organisation, moment: datetime, is_workday: bool, office_hours: OfficeHours = _DEFAULT_HOURS
) -> Person | None:
    """Who is on duty for the place at `moment`, else for the nearest place above; None if none is named."""
    async for found in _on_duty(await up_the_tree(place), moment, is_workday, office_hours):
        return found
    return None


async def responsible(
    target: Person | Organisation | None,
    moment: datetime,
    is_workday: bool,
    office_hours: OfficeHours = _DEFAULT_HOURS,
) -> Person | None:
    """The named person for something that concerns this person or place now.

    In office hours the community worker, the branch secretary, then duty; outside them duty comes first.
    After them the levels above, then anybody in office. None only when the house knows nobody at all.
    """
    subject = target if isinstance(target, Person) else None
    async for found in _candidates(target, moment, is_workday, office_hours):
        chosen = await present(found, local(moment).date())
        if subject is None or chosen.id != subject.id:
            return chosen
    return None


async def keeper_for(
    person: Person, moment: datetime, is_workday: bool, office_hours: OfficeHours = _DEFAULT_HOURS
) -> Person | None:
    """Who tells this person face to face or by phone, and keeps what they wished for.

    Their liaison (联络员), their group leader, the branch secretary; then whoever is responsible.
    """
    on = local(moment).date()
    for found in await _near_people(person, on):
        chosen = await present(found, on)
        if chosen.id != person.id and chosen.state == ACTIVE:
            return chosen
    return await responsible(person, moment, is_workday, office_hours)


async def escalation_chain(person: Person, on: date) -> dict[Level, list[Person]]:
    """Who is told on each level when something about this person stays undone; a level may be empty."""
    chain: dict[Level, list[Person]] = {level: [] for level in LEVELS}
    for place in await _places_of(person):
        level = level_of(place)
        if level and not chain[level]:
            heads = await holders(place, _ROLES_AT[level], on)
            chain[level] = list(dict.fromkeys([await present(head, on) for head in heads]))
    return chain


def roles_at(level: Level) -> tuple[str, ...]:
    """The offices that count on a level, the first to be asked first."""
    return _ROLES_AT[level]


_ROLES_AT: dict[Level, tuple[str, ...]] = {
    "secretary": SECRETARIES,
    "community": (*WORKERS, *SECRETARIES),
    "township": (*WORKERS, *SECRETARIES),
    "county": (*WORKERS, *SECRETARIES),
}


def level_of(place: Organisation) -> Level | None:
    """The level of the ladder on which a place stands; None beside it."""
    tier = tier_of(place.kind)
    if tier == "branch":
        return "secretary"
    return tier if tier in ("community", "township", "county") else None


async def _candidates(
    target: Person | Organisation | None, moment: datetime, is_workday: bool, office_hours: OfficeHours
) -> AsyncIterator[Person]:
    on = local(moment).date()
    places = await _places_of(target)
    is_open = is_workday and _is_in(moment, office_hours)
    near: Sequence[Level] = ("community", "secretary")
    if is_open:
        for found in await _office_holders(places, near, on):
            yield found
    async for found in _on_duty(places, moment, is_workday, office_hours):
        yield found
    for found in await _office_holders(places, (*near, "township", "county"), on):
        yield found
    for found in await _anybody(on):
        yield found


async def _places_of(target: Person | Organisation | None) -> list[Organisation]:
    """Where a person belongs or a place lies, nearest first: branch, community lived in, all above."""
    if isinstance(target, Person):
        starts = [await branch_of(target), await community_of(target)]
    else:
        starts = [target or await root()]
    found: dict[int, Organisation] = {}
    for start in filter(None, starts):
        for place in await up_the_tree(start):
            found.setdefault(place.id, place)
    return sorted(found.values(), key=depth)


def depth(place: Organisation) -> tuple[int, int]:
    """Sorts places from the household upwards."""
    tier = tier_of(place.kind)
    order = ("group", "other", "branch", "community", "township", "county")
    return order.index(tier), -place.path.count("/")


async def _office_holders(places: Sequence[Organisation], levels: Sequence[Level], on: date) -> list[Person]:
    """Who holds office at these places on these levels, in the order of `levels`, then of `places`; one look-up."""
    standing = [(level, place.id) for level in levels for place in places if level_of(place) == level]
    offices = (
        await Role.held(on)
        .filter(organisation_id__in=[place for _, place in standing], person__state=ACTIVE)
        .select_related("person")
    )
    found: list[Person] = []
    for level, place in standing:
        rank = {role: number for number, role in enumerate(_ROLES_AT[level])}
        here = [office for office in offices if office.organisation_id == place and office.role in rank]
        here.sort(key=lambda office: (rank[office.role], office.since or date.min, office.id))
        found += [office.person for office in here]
    return list(dict.fromkeys(found))


async def _anybody(on: date) -> list[Person]:
    offices = (
        await Role.held(on)
        .filter(role__in=[*WORKERS, *SECRETARIES], person__state=ACTIVE)
        .select_related("person", "organisation")
    )
    offices.sort(key=lambda office: (office.organisation.path.count("/"), office.id))
    staff = await Person.filter(standing="staff", state=ACTIVE).order_by("id").limit(1)
    return [*[office.person for office in offices], *staff]


async def _near_people(person: Person, on: date) -> list[Person]:
    found = list(await Person.filter(id=person.liaison_id, state=ACTIVE)) if person.liaison_id else []
    branch = await branch_of(person)
    if branch is None:
        return found
    for place in await up_the_tree(branch):
        tier = tier_of(place.kind)
        if tier == "group":
            found += await holders(place, GROUP_LEADERS, on)
        if tier == "branch":
            found += await holders(place, SECRETARIES, on)
    return found


async def _on_duty(
    places: Sequence[Organisation], moment: datetime, is_workday: bool, office_hours: OfficeHours
) -> AsyncIterator[Person]:
    """Who is on duty at each of these places that names somebody, in their order; one look-up."""
    on, wanted = local(moment).date(), _hours_now(moment, is_workday, office_hours)
    rows = (
        await DutyPerson.on(on)
        .filter(organisation_id__in=[place.id for place in places], hours__in=wanted)
        .filter(stands_for_id__isnull=True, person__state=ACTIVE)
        .select_related("person")
    )
    # Who has dates was named for these days and replaces the standing one.
    rows.sort(key=lambda row: (wanted.index(row.hours), row.since is None, row.id))
    for place in places:
        chosen = next((row.person for row in rows if row.organisation_id == place.id), None)
        if chosen is not None:
            yield await present(chosen, on)


def _hours_now(moment: datetime, is_workday: bool, office_hours: OfficeHours) -> list[str]:
    wanted = [] if is_workday else ["holiday"]
    if not _is_in(moment, office_hours):
        wanted.append("night")
    return [*wanted, "always"]


def _is_in(moment: datetime, office_hours: OfficeHours) -> bool:
    opens, closes = office_hours
    return opens <= local(moment).time() < closes
