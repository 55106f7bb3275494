"""The tree of organisations as the desk draws it: a place, what hangs beneath it, and who holds office there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tortoise.functions import Count

from kit.clock import local_day
from kit.errors import Refusal
from models.people.members import STAFF, Person
from models.people.organisation import Organisation, Role
from services.people import access, audit, duty_persons, members, organisation
from services.people.access.rules import capacity_of


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the drawing: how many belong to it directly, who holds office, and what hangs beneath."""

    id: int
    name: str
    kind: str
    members: int
    offices: tuple[str, ...]
    beneath: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacePage:
    """One place with its way up as far as the asker sees it, and what may be changed."""

    place: Place
    row: Organisation
    trail: Sequence[Organisation]
    offices: Sequence[Role]
    may_change: bool
    kinds: Sequence[str] = field(default_factory=tuple)
    roles: Sequence[str] = field(default_factory=tuple)


async def tops(reach: access.Reach) -> list[Organisation]:
    """Where this person's own subtrees begin, the widest first; one within another is left out."""
    paths = sorted(set(reach.paths("view", "subtree", "group")), key=len)
    ends = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    return await Organisation.existing().filter(path__in=ends).order_by("path")


async def alone_at(reach: access.Reach, today: date) -> Organisation | None:
    """The widest place whose offices only this person fills: a second one is asked for; None where there are two."""
    paths = sorted(set(reach.paths("manage_offices", "subtree")), key=len)[:1]
    place = await Organisation.existing().get_or_none(path=paths[0]) if paths else None
    if place is None:
        return None
    offices = (*organisation.WORKERS, *organisation.SECRETARIES)
    held = await organisation.holders(place, offices, today)
    return place if all(one.id == reach.person_id for one in held) else None


async def place_of_theirs(place_id: int, reach: access.Reach, action: access.Action = "view") -> Organisation:
    """A place within reach; raises `access.unknown` for any other, and for one that is closed."""
    place = await Organisation.get_or_none(id=place_id, closed_on__isnull=True)
    await access.require(reach, action, place)
    if place is None:
        raise Refusal("access.unknown")
    return place


async def place_page(place_id: int, reach: access.Reach, *, now: datetime) -> PlacePage:
    """The place and two levels beneath it, in a fixed number of statements."""
    place, today = await place_of_theirs(place_id, reach), local_day(now)
    seen = await access.visible(reach, Organisation.filter(id__in=place.ancestor_ids), "view").order_by("path")
    near = await Organisation.existing().filter(parent_id=place.id).order_by("id")
    far = await Organisation.existing().filter(parent_id__in=[one.id for one in near]).order_by("id") if near else []
    offices = await _offices([one.id for one in (place, *near, *far)], today)
    counted = await _members([one.id for one in (place, *near, *far)])
    may_change = await access.may(reach, "manage_offices", place)
    return PlacePage(
        place=_drawn(place, _children([*near, *far]), counted, offices),
        row=place,
        trail=[one for one in seen if one.id != place.id],
        offices=offices.get(place.id, []),
        may_change=may_change,
        kinds=organisation.kinds_beneath(place.kind) if may_change else (),
        roles=roles_at(place) if may_change else (),
    )


def roles_at(place: Organisation) -> list[str]:
    """The offices that count at such a place."""
    tier, all_roles = organisation.tier_of(place.kind), (*organisation.SECRETARIES, *organisation.WORKERS)
    offered = organisation.GROUP_LEADERS if tier in ("group", "other", "branch") else ()
    return [role for role in (*all_roles, *offered) if capacity_of(role, tier)]


def _children(places: Sequence[Organisation]) -> Mapping[int, list[Organisation]]:
    found: dict[int, list[Organisation]] = defaultdict(list)
    for place in places:
        found[place.parent_id or 0].append(place)
    return found


def _drawn(
    place: Organisation,
    children: Mapping[int, list[Organisation]],
    counted: Mapping[int, int],
    offices: Mapping[int, Sequence[Role]],
) -> Place:
    beneath = tuple(_drawn(one, children, counted, offices) for one in children.get(place.id, ()))
    held = tuple(f"{office.role}:{office.person.name}" for office in offices.get(place.id, ()))
    return Place(place.id, place.name, place.kind, counted.get(place.id, 0), held, beneath)


async def _offices(places: Collection[int], today: date) -> dict[int, list[Role]]:
    """Offices held now or later, by place."""
    rows = Role.filter(organisation_id__in=list(places), person__state=members.ACTIVE).order_by("since", "id")
    found: dict[int, list[Role]] = defaultdict(list)
    for office in await rows.select_related("person"):
        if office.until is None or office.until >= today:
            found[office.organisation_id].append(office)
    return found


async def _members(places: Collection[int]) -> dict[int, int]:
    """How many living members belong to each place: a branch by membership, a community by where they live."""
    found: dict[int, int] = {}
    for way in ("community_id", "branch_id"):
        there = members.where(f"{way}__in", list(places))
        living = Person.filter(there, state=members.ACTIVE).exclude(standing=STAFF)
        rows = await living.annotate(many=Count("id")).group_by(way).values(way, "many")
        found |= {int(row[way]): int(row["many"]) for row in rows}
    return found


async def add_place(parent: Organisation, name: str, kind: str, *, by: Person, now: datetime) -> Organisation:
    """A new place beneath; raises `organisation.name_wanted`, `organisation.kind_unknown`, `organisation.same_name`."""
    name = name.strip()
    if not 2 <= len(name) <= organisation.LONGEST_NAME:
        raise Refusal("organisation.name_wanted")
    if kind not in organisation.kinds_beneath(parent.kind):
        raise Refusal("organisation.kind_unknown")
    if await Organisation.existing().filter(parent_id=parent.id, name=name).exists():
        raise Refusal("organisation.same_name", name=name)
    place = await organisation.add(name, kind, parent=parent)
    await _note("place_added", place, by, now)
    return place


async def rename_place(place: Organisation, name: str, *, by: Person, now: datetime) -> None:
    """Another name; the book keeps that it changed."""
    await organisation.rename(place, name)
    await _note("place_renamed", place, by, now)


async def close_place(place: Organisation, *, by: Person, now: datetime) -> None:
    """The place is no more; raises `organisation.not_empty`."""
    await organisation.close(place, local_day(now))
    await _note("place_closed", place, by, now)


async def _note(action: str, place: Organisation, by: Person, now: datetime) -> None:
    await audit.note(audit.by_person(by), action, now=now, subject=f"organisation:{place.id}")


@dataclass(frozen=True, slots=True)
class Appointing:
    """An office to be given: to whom by name (a telephone for somebody new), which, from when until when."""

    name: str
    role: str
    since: date | None
    until: date | None
    phone: str = ""


async def appoint(place: Organisation, said: Appointing, reach: access.Reach, *, by: Person, now: datetime) -> Role:
    """Give the office; somebody new is entered as staff by name and telephone.

    Raises `organisation.role_unknown`, `duty_persons.days_reversed`, `duty_persons.nobody_called`.
    """
    if said.role not in roles_at(place):
        raise Refusal("organisation.role_unknown")
    if said.since and said.until and said.until < said.since:
        raise Refusal("duty_persons.days_reversed")
    person = await _who(said, reach, local_day(now))
    since = said.since or local_day(now)
    office = await organisation.appoint(person, said.role, place, since=since, until=said.until)
    about = audit.by_person(person)
    await audit.note(audit.by_person(by), "office_given", now=now, subject=about, role=said.role, at=place.id)
    return office


async def _who(said: Appointing, reach: access.Reach, today: date) -> Person:
    try:
        return await duty_persons.near(said.name, reach, today)
    except Refusal as refusal:
        if refusal.key != "duty_persons.nobody_called" or not said.phone:
            raise
    name = members.said_name(said.name)
    if name is None:
        raise Refusal("duty_persons.nobody_called", name=said.name[:20])
    return await members.register(name, standing=STAFF, phone=said.phone)


async def office_of_theirs(office_id: int, reach: access.Reach) -> Role:
    """An office this person may fill; raises `access.unknown` for any other."""
    office = await Role.get_or_none(id=office_id).select_related("person", "organisation")
    await access.require(reach, "manage_offices", office.organisation if office else None)
    if office is None:
        raise Refusal("access.unknown")
    return office


async def end_office(office: Role, *, by: Person, now: datetime) -> None:
    """Yesterday was the last day of it: what it opened is closed at once (promise X15).

    Raises `organisation.own_office`: nobody locks themselves out.
    """
    if office.person_id == by.id:
        raise Refusal("organisation.own_office")
    await organisation.end_office(office, date.fromordinal(local_day(now).toordinal() - 1))
    about = audit.by_person(office.person_id)
    actor, place = audit.by_person(by), office.organisation_id
    await audit.note(actor, "office_ended", now=now, subject=about, role=office.role, at=place)
