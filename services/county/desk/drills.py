"""The alarm drill (演练): the real chain of alarms, with words that say it is none; who took over, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kit.errors import Refusal
from models.help.wishes import Alarm
from models.people.members import Person
from models.people.organisation import Organisation
from services.care import alarms
from services.county.desk import scope
from services.people import access, audit, organisation
from texts import render

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill: where, when, how many rounds it took, who took over and after how many seconds."""

    place: str
    raised_at: datetime
    rounds: int
    taken_by: str
    seconds: int | None


async def places(reach: access.Reach) -> list[Organisation]:
    """Where this person may hold a drill: the communities beneath the own offices, and the one above the own branch."""
    seen = await access.visible(reach, Organisation.all(), "approve").order_by("path").limit(200)
    found = {one.id: one for one in seen if organisation.tier_of(one.kind) == "community"}
    for one in seen[:1]:
        above = await organisation.community_of(one)
        found |= {above.id: above} if above else {}
    return sorted(found.values(), key=lambda one: one.path)


async def begin(place_id: int, *, by: Person, reach: access.Reach, now: datetime) -> None:
    """Raise one; a second click joins the one that runs. Raises `access.unknown`."""
    place = next((one for one in await places(reach) if one.id == place_id), None)
    if place is None:
        raise Refusal("access.unknown")
    words, openid = render("emergency.drill_words"), f"drill:{place.id}"
    await alarms.raise_alarm(alarms.DRILL, words, openid=openid, person=None, place=place, now=now)
    await audit.note(audit.by_person(by), "drill_begun", now=now, subject=f"organisation:{place.id}")


async def drills(reach: access.Reach) -> list[Drill]:
    """The last drills in those places, newest first."""
    known = {one.id: one.name for one in await places(reach)}
    rows = Alarm.filter(danger=alarms.DRILL, organisation_id__in=list(known)).order_by("-id").limit(_SHOWN)
    found = await rows
    names = await scope.names([row.taken_by_id for row in found if row.taken_by_id])
    return [_drill(row, known, names) for row in found]


def _drill(row: Alarm, known: dict[int, str], names: dict[int, str]) -> Drill:
    seconds = int((row.taken_at - row.raised_at).total_seconds()) if row.taken_at else None
    by = names.get(row.taken_by_id, "") if row.taken_by_id else ""
    return Drill(known.get(row.organisation_id or 0, ""), row.raised_at, row.round + 1, by, seconds)
