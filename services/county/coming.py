"""What will go out in the next days, to whom, when, and because of what.

From duties, from broadcasts that have a time, from what is asked each year, and from what already waits.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from tortoise.expressions import Q

import texts
from delivery import waiting
from delivery.policy import DeliveryPolicy
from delivery.wording import facts_of
from kit.clock import at_local, local_day
from models.care.visits import OPEN, VisitTask
from models.outreach.notices import Notice
from models.people.members import Person
from services.care.visit_rules import DISCREET, FROM_EVENTS, FROM_RHYTHMS, VisitRules, reminders_due
from services.care.visits.naming import day_in_words, occasion_in_words
from services.care.visits.planning import EXCUSED
from services.care.visits.refusing import ASKED_AT, asked_again_by
from services.care.visits.reminding import GREETED, REMINDED_ONCE_AT, greeting_words, reminder_words, wants_greeting
from services.care.visits.standing import towards_the_present
from services.outreach import audience, broadcasts

Kind = Literal["reminder", "greeting", "broadcast", "question", "waiting"]


@dataclass(frozen=True, slots=True)
class Coming:
    """One notice to come: `say` and `facts` are its words, `why` and `because` the sentence that gives the reason.

    `way` is the sentence that says how it would go as things stand now; `person_id` and `way` are empty for an account
    nobody is bound to, and for a broadcast to many, whose `name` is the place.
    """

    at: datetime
    kind: Kind
    person_id: int | None
    name: str
    say: str
    facts: Mapping[str, Any]
    why: str
    because: Mapping[str, Any]
    way: str = ""


async def coming(
    rules: VisitRules, *, now: datetime, days: int, person: Person | None = None, policy: DeliveryPolicy | None = None
) -> list[Coming]:
    """Everything foreseen up to `days` from now, in order of time; for one person: to them, or because of them.

    Duties are foreseen as far as they are planned (`plan_ahead_days`); several reminders of one visitor on one
    day will go as one.
    """
    until = now + timedelta(days=days)
    found = [one async for one in _from_duties(rules, now, until, person)]
    found += [one async for one in _from_broadcasts(now, until, person)]
    found += await _yearly(now, until, person)
    found += await _waiting(until, person)
    found = await _with_ways(found, policy or DeliveryPolicy(), now)
    return sorted(found, key=lambda one: (one.at, one.person_id or 0, one.kind))


async def _with_ways(found: list[Coming], policy: DeliveryPolicy, now: datetime) -> list[Coming]:
    """Each with the way it would take as things stand now: the window may be open or closed by then."""
    ways: dict[tuple[str, int], str] = {}
    for kind, topic in _TOPICS.items():
        people = sorted({one.person_id for one in found if one.person_id and one.kind == kind})
        ways |= {(kind, one): why for one, why in (await audience.way_of_each(people, topic, policy, at=now)).items()}
    return [replace(one, way=ways.get((one.kind, one.person_id or 0), "")) for one in found]


_TOPICS: Mapping[Kind, str] = {
    "reminder": "visit", "greeting": "greeting", "broadcast": audience.TOPIC, "question": "visit", "waiting": "service"
}  # fmt: skip


async def _from_duties(
    rules: VisitRules, now: datetime, until: datetime, person: Person | None
) -> AsyncIterator[Coming]:
    last = local_day(until) + timedelta(
        days=max((n for own in (rules.visits, *rules.local.values()) for n in own.reminder_days), default=0)
    )
    rows = VisitTask.filter(towards_the_present(), due_on__gte=local_day(now), due_on__lte=last)
    if person is not None:
        rows = rows.filter(Q(subject_id=person.id) | Q(assignee_id=person.id))
    tasks = await rows.order_by("due_on", "id").select_related("subject")
    visitors = {task.assignee_id for task in tasks if task.assignee_id}
    names = {one.id: one.name for one in await Person.filter(id__in=visitors).only("id", "name")}
    for task in tasks:
        for one in (*_reminders(task, names, rules), *_greetings(task, rules)):
            if now < one.at <= until and _concerns(one, task, person):
                yield one


def _concerns(one: Coming, task: VisitTask, person: Person | None) -> bool:
    return person is None or person.id in (one.person_id, task.subject_id)


def _because(task: VisitTask) -> dict[str, Any]:
    """The reason for an operator's eyes; of what no push may name neither who nor what (promise V12)."""
    if task.kind in DISCREET:
        return {"name": texts.render("visits.somebody"), "occasion": texts.render("visits.a_visit"),
                "day": day_in_words(task.due_on)}  # fmt: skip
    return {
        "name": task.subject.name,
        "occasion": occasion_in_words(task.occasion),
        "day": day_in_words(task.due_on),
    }


def _reminders(task: VisitTask, names: Mapping[int, str], rules: VisitRules) -> Iterator[Coming]:
    if task.state not in OPEN or task.assignee_id is None:
        return
    for reminder in reminders_due(task.due_on, rules.visits_at(task.subject.community_id)):
        if task.reminded is not None and task.reminded <= reminder.days_before:
            continue
        if task.kind in FROM_EVENTS and local_day(reminder.at) <= local_day(task.made_at):
            continue
        if task.kind in FROM_RHYTHMS and (task.reminded is not None or reminder.days_before != REMINDED_ONCE_AT):
            continue
        say, facts = reminder_words([task], local_day(reminder.at))
        name = names.get(task.assignee_id, "")
        yield Coming(
            reminder.at, "reminder", task.assignee_id, name, say, facts, "visits.because_reminder", _because(task)
        )


def _greetings(task: VisitTask, rules: VisitRules) -> Iterator[Coming]:
    is_excused = task.state == "cancelled" and task.reason not in EXCUSED
    if task.kind not in GREETED:
        return
    if task.greeted or is_excused or not rules.visits.greets or not wants_greeting(task.subject):
        return
    at = at_local(task.due_on, rules.visits.greet_at)
    say, subject = greeting_words(task.occasion), task.subject
    yield Coming(at, "greeting", subject.id, subject.name, say, {}, "visits.because_greeting", _because(task))


async def _from_broadcasts(now: datetime, until: datetime, person: Person | None) -> AsyncIterator[Coming]:
    """What has been written and has its time: one line for all, or one for the person if they are among them."""
    for row in await broadcasts.scheduled(until):
        say, facts = await broadcasts.words_for(row, number=broadcasts.round_of(row))
        place = str(facts["place"])
        if person is None or await broadcasts.is_for(row, person, on=local_day(now)):
            because = {"place": place, "count": row.counted}
            who, name = (person.id, person.name) if person else (None, place)
            at = max(now, row.send_at or now)
            yield Coming(at, "broadcast", who, name, say, facts, "visits.because_broadcast", because)


async def _yearly(now: datetime, until: datetime, person: Person | None) -> list[Coming]:
    """Who asked a year before not to be visited is asked whether it still holds."""
    found = await asked_again_by(local_day(until), person.id if person else None)
    return [
        Coming(max(now, at_local(day, ASKED_AT)), "question", one.id, one.name, "visits.no_visit_again", {},
               "visits.because_no_visit", {}) for one, day in found
    ]  # fmt: skip


async def _waiting(until: datetime, person: Person | None) -> list[Coming]:
    notices = await waiting.waiting(until, person_id=person.id if person else None)
    people = Person.filter(id__in={notice.person_id for notice in notices if notice.person_id})
    names = {one.id: one.name for one in await people.only("id", "name")}
    return [_from_notice(notice, names) for notice in notices]


def _from_notice(notice: Notice, names: Mapping[int, str]) -> Coming:
    name = names.get(notice.person_id, "") if notice.person_id else ""
    at, facts = notice.next_try_at, facts_of(notice)
    return Coming(at, "waiting", notice.person_id, name, notice.say, facts, "visits.because_waiting", {})
