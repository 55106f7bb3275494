"""`staff add`, `staff end`, `staff duty …`: offices with their terms, and who is on duty or stands in for whom."""

from __future__ import annotations

from datetime import date

import texts
from bot.commands.desk import DONE, command, operator, say
from bot.house import database
from kit import clock
from kit.errors import Refusal
from kit.settings import Settings
from models.database import transaction
from models.people.access import DutyPerson
from models.people.members import STAFF, Person
from models.people.organisation import Organisation
from services.people import access, audit, duty_persons, login_codes, members, organisation, staff
from services.people.access.rules import capacity_of
from texts.days import spoken_day

Days = tuple[str | None, str | None]
"""The first and the last day as ISO days, each may be left out."""
NO_DAYS: Days = (None, None)


@command
async def add(settings: Settings, /, name: str, *, role: str, at: str, days: Days = NO_DAYS) -> int:
    """`staff add NAME --role … --at ORGANISATION`: prints a one-time code that is good for a day.

    The term begins today and has no end unless `days` say otherwise.
    """
    now = clock.now()
    since, until = _days(days)
    async with database(settings), transaction():
        place = await organisation.find(at)
        if capacity_of(role, organisation.tier_of(place.kind)) is None:
            raise Refusal("commands.staff_role_unknown", role=role, roles=", ".join(_offices()))
        person = await _person(name, place, clock.local_day(now))
        await organisation.appoint(person, role, place, since=since or clock.local_day(now), until=until)
        printed = await login_codes.make_code(person, now=now)
        await audit.note(operator(), "staff_added", now=now, subject=audit.by_person(person), role=role, at=place.id)
    shown = texts.section("commands", "roles").get(role, role)
    say("staff_done", name=person.name, role=shown, place=place.name)
    until = clock.local(printed.until)
    say("staff_code", code=printed.code, until=f"{spoken_day(until.date())} {until:%H:%M}")
    return DONE


def _days(said: Days) -> tuple[date | None, date | None]:
    """The first and the last day; raises `commands.day_malformed` and `duty_persons.days_reversed`."""
    try:
        since, until = (date.fromisoformat(day) if day else None for day in said)
    except ValueError as exc:
        raise Refusal("commands.day_malformed") from exc
    if since and until and until < since:
        raise Refusal("duty_persons.days_reversed")
    return since, until


@command
async def end(settings: Settings, /, name: str, *, role: str, at: str, last: str | None = None) -> int:
    """`staff end NAME --role … --at ORGANISATION`: today, or the day `last`, is the last day of the office."""
    now = clock.now()
    _, until = _days((None, last))
    async with database(settings), transaction():
        place = await organisation.find(at)
        office = await staff.office_of(name, role, place)
        await organisation.end_office(office, until or clock.local_day(now))
        about = audit.by_person(office.person_id)
        await audit.note(operator(), "staff_ended", now=now, subject=about, role=role, at=place.id)
    shown = texts.section("commands", "roles").get(role, role)
    say("staff_ended", name=office.person.name, role=shown, place=place.name, day=str(office.until))
    return DONE


@command
async def duty_add(settings: Settings, /, name: str, *, at: str, hours: str, days: Days = NO_DAYS) -> int:
    """`staff duty add NAME --at ORGANISATION`: on duty there, always or at night or on holidays."""
    term = duty_persons.Term(*_days(days))
    async with database(settings), transaction():
        place, person = await organisation.find(at), await members.find(name)
        row = await duty_persons.put_on_duty(person, place, hours, term, by=operator(), now=clock.now())
    say("duty_added", number=row.id, name=person.name, place=place.name)
    return DONE


@command
async def duty_deputy(settings: Settings, /, name: str, *, away: str, at: str, days: Days = NO_DAYS) -> int:
    """`staff duty deputy NAME --for NAME --at ORGANISATION`: what would go to the one goes to the other."""
    term = duty_persons.Term(*_days(days))
    async with database(settings), transaction():
        place, person, absent = await organisation.find(at), await members.find(name), await members.find(away)
        row = await duty_persons.put_deputy(person, absent, place, term, by=operator(), now=clock.now())
    say("duty_added", number=row.id, name=person.name, place=place.name)
    return DONE


@command
async def duty_list(settings: Settings, /, at: str | None = None) -> int:
    """`staff duty list [--at ORGANISATION]`: who is or will be on duty, one line each, by number."""
    async with database(settings):
        place = await organisation.find(at) if at else None
        rows = await duty_persons.lines(clock.local_day(clock.now()), at=place)
        names = await duty_persons.names_of(rows)
    for row in rows:
        _print_duty(row, names)
    if not rows:
        say("duty_none")
    return DONE


def _print_duty(row: DutyPerson, names: dict[int, str]) -> None:
    hours = texts.section("duty_persons", "hours")[row.hours]
    what = texts.render("commands.duty_for", name=names[row.stands_for_id]) if row.stands_for_id else hours
    say(
        "duty_line",
        number=row.id,
        place=row.organisation.name,
        name=row.person.name,
        what=what,
        first=row.since or "",
        last=row.until or "",
    )


@command
async def duty_end(settings: Settings, /, number: int) -> int:
    """`staff duty end NUMBER`: that line is over."""
    async with database(settings), transaction():
        row = await duty_persons.end(number, by=operator(), now=clock.now())
    say("duty_ended", name=row.person.name, place=row.organisation.name)
    return DONE


def _offices() -> tuple[str, ...]:
    return (*organisation.SECRETARIES, *organisation.WORKERS, *organisation.GROUP_LEADERS)


async def _person(name: str, place: Organisation, on: date) -> Person:
    """Who is meant: the person of this key, else the one of this name who belongs here, else somebody new.

    Raises `members.ambiguous` when two of this name belong here.
    """
    near = [person for person in await members.named(name) if await _belongs(person, place, on)]
    if len(near) == 1:
        return near[0]
    try:
        found = await members.find(name)
    except Refusal as refusal:
        if near or refusal.key not in ("members.unknown", "members.ambiguous"):
            raise
        found = None
    if found is not None and found.key == name:
        return found
    return await members.register(name, standing=STAFF)


async def _belongs(person: Person, place: Organisation, on: date) -> bool:
    """Whether the person is a member beneath the place, or already in office there or above."""
    homes = [await organisation.branch_of(person), await organisation.community_of(person)]
    if any(home is not None and home.path.startswith(place.path) for home in homes):
        return True
    grants = (await access.reach_of(person, on)).grants
    return any(place.path.startswith(one.path) or one.path.startswith(place.path) for one in grants)
