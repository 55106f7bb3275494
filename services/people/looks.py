"""Every look at a telephone, a birthday or an address: with a reason, in the book, and told to whoever asks (V9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise.functions import Count

from delivery.outbox import URGENT, Letter, post_notice, to_person
from kit.clock import local_day
from kit.county import LookNumbers
from kit.errors import Refusal
from models.people.access import AuditEntry
from models.people.members import Person
from models.people.organisation import Organisation
from services.county import workdays
from services.people import access, audit, members, organisation

FIELDS = ("phone", "birth", "address")
SHORTEST_REASON = 2
_AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at somebody's data as the person hears of it; `field` is empty where the book does not say."""

    on: date
    name: str
    field: str
    reason: str


async def called(name: str, reach: access.Reach) -> list[Person]:
    """People of this name whose names are the asker's business, by their ids."""
    rows = Person.filter(name=members.plain_name(name), state=members.ACTIVE)
    return await access.visible(reach, rows, "see_name").order_by("id").prefetch_related("branch", "community")


async def look(
    person_id: int, field: str, reason: str, *, by: Person, reach: access.Reach, now: datetime
) -> tuple[Person, str]:
    """The person and what the field says, empty when it is not known; the look is noted before it is answered.

    Raises `access.unknown` for somebody who is not theirs to unmask, `looks.reason_wanted`.
    """
    if field not in FIELDS or len(reason.strip()) < SHORTEST_REASON:
        raise Refusal("looks.reason_wanted")
    person = await Person.get_or_none(id=person_id)
    await access.require(reach, "unmask", person)
    if person is None:
        raise Refusal("access.unknown")
    about = audit.by_person(person)
    await audit.note(audit.by_person(by), "unmasked", now=now, subject=about, reason=reason.strip(), field=field)
    return person, _value(person, field)


def _value(person: Person, field: str) -> str:
    if field == "address":
        return "".join(part for part in (person.estate, person.building, person.room) if part)
    return str(getattr(person, field) or "")


async def at_me(person: Person, limit: int) -> tuple[list[Look], int]:
    """The last looks of others at this person, newest first, and how many there were in all."""
    rows = [row for row in await audit.looks_at(person) if row.actor != audit.by_person(person)]
    names = await _names([row.actor for row in rows[:limit]])
    looks = [
        Look(local_day(row.at), names.get(row.actor, ""), str((row.facts or {}).get("field", "")), row.reason or "")
        for row in rows[:limit]
    ]
    return looks, len(rows)


async def _names(actors: list[str]) -> Mapping[str, str]:
    ids = {int(actor.removeprefix("person:")) for actor in actors if actor.startswith("person:")}
    return {audit.by_person(person): person.name for person in await Person.filter(id__in=sorted(ids))}


async def alarming(now: datetime, numbers: LookNumbers) -> dict[str, int]:
    """Who looked at more in the last hour than anybody's work needs: actor → how many (promise V9)."""
    rows = AuditEntry.filter(action="unmasked", at__gt=now - _AN_HOUR).annotate(many=Count("id")).group_by("actor")
    counted = {str(row["actor"]): int(row["many"]) for row in await rows.values("actor", "many")}
    return {actor: many for actor, many in sorted(counted.items()) if many > numbers.per_hour}


async def raise_alarm(actor: str, count: int, now: datetime) -> bool:
    """Tell the county who looks at so much, at most once an hour; whether this call did. The book keeps it."""
    about = {"name": (await _names([actor])).get(actor, actor), "count": count}
    told = 0
    for person in await _county_people(actor, now):
        letter = Letter("looks.alarm", about, topic="work", urgency=URGENT)
        once = f"looks:{actor}:{now:%Y%m%d%H}"
        told += await post_notice(to_person(person), letter, once=once, now=now) is not None
    if told:
        await audit.note("job:looks", "looks_alarm", now=now, subject=actor, count=count)
    return bool(told)


async def _county_people(actor: str, now: datetime) -> list[Person]:
    """Those in office at the county but the one it is about; else whoever is responsible for the county."""
    root: Organisation | None = await organisation.root()
    today = local_day(now)
    offices = (*organisation.WORKERS, *organisation.SECRETARIES)
    held = await organisation.holders(root, offices, today) if root else []
    others = [person for person in held if audit.by_person(person) != actor]
    if others:
        return others
    anybody = await access.responsible(root, now, await workdays.is_workday(today))
    return [anybody] if anybody else []
