"""值班与代班: who is on duty at night and on holidays, who stands in for whom, each from a day until a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tortoise.expressions import Q, Subquery

from kit.clock import local_day
from kit.errors import Refusal
from models.people.access import DutyPerson
from models.people.members import Person
from models.people.organisation import Organisation, Role
from services.people import access, audit, members

ALWAYS, NIGHT, HOLIDAY = HOURS = ("always", "night", "holiday")
"""When somebody is on duty: at any hour, outside office hours, or on days without office."""


@dataclass(frozen=True, slots=True)
class Term:
    """From which day until which; None is open."""

    since: date | None = None
    until: date | None = None


async def put_on_duty(
    person: Person, place: Organisation, hours: str, term: Term, *, by: str, now: datetime
) -> DutyPerson:
    """The person is on duty for the place; `by` is how the book names whoever says so.

    Raises `duty_persons.unknown_hours` and `duty_persons.days_reversed`.
    """
    if hours not in HOURS:
        raise Refusal("duty_persons.unknown_hours", hours=", ".join(HOURS))
    return await _put(_Line(person, place, hours, term), by, now)


async def put_deputy(
    person: Person, away: Person, place: Organisation, term: Term, *, by: str, now: datetime
) -> DutyPerson:
    """The person stands in for somebody who is away: what would go to them goes to the deputy.

    A deputy decides in the other's place, so they must hold an office there: raises `duty_persons.no_office`.
    Also raises `duty_persons.is_oneself` and `duty_persons.days_reversed`.
    """
    if person.id == away.id:
        raise Refusal("duty_persons.is_oneself", name=person.name)
    reach = await access.reach_of(person, term.since or local_day(now))
    if not await access.may(reach, "approve", place):
        raise Refusal("duty_persons.no_office", name=person.name, place=place.name)
    return await _put(_Line(person, place, ALWAYS, term, away), by, now)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the duty list before it is kept."""

    person: Person
    place: Organisation
    hours: str
    term: Term
    away: Person | None = None


async def _put(line: _Line, by: str, now: datetime) -> DutyPerson:
    term, person = line.term, line.person
    if term.since and term.until and term.until < term.since:
        raise Refusal("duty_persons.days_reversed")
    row, _ = await DutyPerson.update_or_create(
        {"until": term.until},
        organisation_id=line.place.id,
        person_id=person.id,
        hours=line.hours,
        since=term.since,
        stands_for_id=line.away.id if line.away else None,
    )
    about = audit.by_person(person)
    await audit.note(by, "duty_put", now=now, subject=about, duty=row.id, hours=line.hours, at=line.place.id)
    return row


async def end(duty_id: int, *, by: str, now: datetime, reach: access.Reach | None = None) -> DutyPerson:
    """Nobody is on duty by this line any more; raises `duty_persons.no_such_line`, also for a line that isn't theirs.

    Without a `reach` it is the operator who says so.
    """
    row = await DutyPerson.get_or_none(id=duty_id).prefetch_related("person", "organisation")
    if row is None or (reach is not None and not await may_set(reach, row.organisation, row.stands_for_id)):
        raise Refusal("duty_persons.no_such_line", number=duty_id)
    await row.delete()
    await audit.note(by, "duty_ended", now=now, subject=audit.by_person(row.person_id), duty=duty_id)
    return row


async def may_set(reach: access.Reach, place: Organisation, away_id: int | None = None) -> bool:
    """Who fills offices sets duty (domain §2.22); everybody in office names their own deputy."""
    if away_id == reach.person_id:
        return reach.is_staff
    return await access.may(reach, "manage_offices", place)


async def lines(on: date, *, at: Organisation | None = None, reach: access.Reach | None = None) -> list[DutyPerson]:
    """Who is or will be on duty, by place and first day; beneath a place, or where the person may change it."""
    rows = DutyPerson.filter(Q(until__isnull=True) | Q(until__gte=on))
    if at is not None:
        rows = rows.filter(organisation__path__startswith=at.path)
    if reach is not None:
        set_by = access.visible(reach, rows, "manage_offices", organisation="organisation").values("id")
        rows = rows.filter(Q(id__in=Subquery(set_by)) | Q(stands_for_id=reach.person_id))
    found = await rows.order_by("organisation_id", "id").prefetch_related("person", "organisation")
    return sorted(found, key=lambda row: (row.organisation.path, row.since or date.min, row.id))


async def names_of(rows: list[DutyPerson]) -> dict[int, str]:
    """The names of those who are stood in for, by their ids."""
    away = [row.stands_for_id for row in rows if row.stands_for_id]
    return {person.id: person.name for person in await Person.filter(id__in=away)}


async def near(name: str, reach: access.Reach, on: date) -> Person:
    """The one person of this name among those the asker knows by name, or who hold an office in their subtree.

    Raises `duty_persons.nobody_called` and `duty_persons.several_called`.
    """
    called = Person.filter(name=members.plain_name(name), state=members.ACTIVE)
    known = {person.id: person for person in await access.visible(reach, called, "see_name")}
    offices = access.visible(reach, Role.held(on), "view", organisation="organisation")
    for office in await offices.filter(person__name=members.plain_name(name)).prefetch_related("person"):
        known[office.person_id] = office.person
    if not known:
        raise Refusal("duty_persons.nobody_called", name=name[:20])
    if len(known) > 1:
        raise Refusal("duty_persons.several_called", name=name[:20])
    return next(iter(known.values()))


async def own_places(reach: access.Reach, *, for_deputy: bool = False) -> list[Organisation]:
    """The places of the person's own offices where they set duty, or which a deputy of theirs stands in for."""
    action: access.Action = "approve" if for_deputy else "manage_offices"
    found = await Organisation.filter(path__in=reach.paths(action, "subtree"))
    return sorted(found, key=lambda place: (-place.path.count("/"), place.id))
