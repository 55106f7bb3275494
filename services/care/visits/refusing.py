"""请不要来看我: kept until taken back, asked again every year; the duties meanwhile are excused."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import texts
from delivery import waiting
from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import local_day
from models.care.visits import OPEN, NoVisit, SecondHome, VisitTask
from models.people.members import Person
from services.care.visit_rules import FROM_EVENTS
from services.care.visits.planning import NO_VISIT, look_again
from services.people import audit
from services.people.members import ACTIVE

ASKED_AT = time(9, 10)
"""When the clock asks (scheduler/care/visits)."""


async def please_do_not_visit(person: Person, *, by: Person | None, now: datetime) -> int:
    """Keep it and excuse what is open; how many duties. What an event asks for becomes a call; twice is once."""
    today = local_day(now)
    _, is_new = await NoVisit.get_or_create(
        {"since": today, "ask_on": _next_year(today), "entered_by_id": by.id if by else None},
        person_id=person.id,
        until=None,
    )
    if is_new:
        await audit.note(audit.by_person(by or person), "no_visit", now=now, subject=audit.by_person(person))
    tasks = await VisitTask.filter(subject_id=person.id, state__in=OPEN).exclude(way="call")
    calls = [task.id for task in tasks if task.kind in FROM_EVENTS]
    await VisitTask.filter(id__in=calls).update(way="call")
    excused = [task.id for task in tasks if task.kind not in FROM_EVENTS]
    await _excuse(excused, now)
    return len(excused)


async def visits_welcome(person: Person, *, by: Person | None, now: datetime) -> bool:
    """Visits again; whether it had been asked not to. What was excused and lies ahead is open again."""
    today = local_day(now)
    if not await NoVisit.current().filter(person_id=person.id).update(until=today):
        return False
    ahead = VisitTask.filter(subject_id=person.id, state="cancelled", reason=NO_VISIT, due_on__gte=today)
    await ahead.update(state="planned", reason=None, assignee_id=None)
    await look_again([person.id])
    await audit.note(audit.by_person(by or person), "visits_welcome", now=now, subject=audit.by_person(person))
    return True


async def live_elsewhere(
    person: Person, span: tuple[str, str], community_id: int | None, *, by: Person, now: datetime
) -> None:
    """Part of each year, from one month and day (`10-15`) to another, somebody lives in another community.

    Visits of those days pass to it; far away (None) they become calls. The next planning looks at the person anew.
    """
    known = {"from_day": span[0], "until_day": span[1], "community_id": community_id, "entered_by_id": by.id}
    await SecondHome.update_or_create(known, person_id=person.id)
    await look_again([person.id])
    await audit.note(audit.by_person(by), "second_home", now=now, subject=audit.by_person(person))


async def ask_again(*, now: datetime, limit: int = 200) -> int:
    """Those whose year is over are asked whether it still holds; how many. Silence means yes."""
    today = local_day(now)
    rows = NoVisit.current().filter(ask_on__lte=today, person__state=ACTIVE).order_by("id").limit(limit)
    asked = 0
    for row in await rows:
        asks = (
            Asked(texts.render("visits.still_no"), "visits.no_visit_stays", {}),
            Asked(texts.render("visits.yes_again"), "visits.no_visit_ends", {}),
        )
        letter = Letter("visits.no_visit_again", {}, topic="visit", asks=asks)
        await post_notice(to_person(row.person_id), letter, once=f"no_visit:{row.id}:{row.ask_on}", now=now)
        row.ask_on = _next_year(today)
        await row.save(update_fields=["ask_on"])
        asked += 1
    return asked


async def asked_again_by(day: date, person_id: int | None = None) -> list[tuple[Person, date]]:
    """Who will be asked so up to that day, and when; of everybody or of one person."""
    rows = NoVisit.current().filter(ask_on__lte=day, person__state=ACTIVE).order_by("ask_on", "id")
    rows = rows if person_id is None else rows.filter(person_id=person_id)
    return [(row.person, row.ask_on) for row in await rows.select_related("person")]


async def _excuse(tasks: list[int], now: datetime) -> None:
    await VisitTask.filter(id__in=tasks, state__in=OPEN).update(state="cancelled", reason=NO_VISIT)
    for task in tasks:
        await waiting.cancel(f"visit:{task}", now)


def _next_year(day: date) -> date:
    return day + timedelta(days=365)
