"""Reminds the visitors some days before and on the day, and greets the members themselves on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from tortoise.expressions import Q

import texts
from delivery.outbox import BULK, Asked, Letter, post_many, post_notice, to_person
from kit.clock import at_local, local_day
from models.care.visits import OPEN, VisitTask
from models.people.accounts import Binding
from models.people.members import Person
from services.care.visit_rules import DISCREET, FROM_EVENTS, FROM_RHYTHMS, VisitPolicy, VisitRules, reminder_step
from services.care.visits.keepers import Keepers, ids
from services.care.visits.naming import day_in_words, occasion_in_words
from services.care.visits.passing import assign_anew
from services.care.visits.planning import EXCUSED
from services.care.visits.standing import towards_the_present
from services.people.members import ACTIVE

GREETING = "greeting"
REMINDED_ONCE_AT = 3
"""Days before the last day of a week, month or quarter (domain §2.6)."""
GREETED = ("festival_visit", "decade_birthday_visit")
"""On these days the members themselves get a kind word."""
_GREETINGS_UNTIL = time(21)
_PAGE = 500


Steps = Mapping[int | None, Mapping[date, int]]
"""For each day that can be reminded of, in days before: which reminder stands now. By community that has its own."""


def _standing_steps(rules: VisitRules, now: datetime) -> Steps:
    return {None: _steps(rules.visits, now), **{place: _steps(own, now) for place, own in rules.local.items()}}


def _steps(policy: VisitPolicy, now: datetime) -> dict[date, int]:
    today = local_day(now)
    days = [today + timedelta(days=n) for n in range(max(policy.reminder_days, default=0) + 1)]
    steps = [(day, reminder_step(day, now, policy)) for day in days]
    return {day: step.days_before for day, step in steps if step is not None}


def _unreminded(steps: Steps) -> Q:
    """Open duties whose standing reminder was not posted yet."""
    own = [place for place in steps if place is not None]
    ways = [_unreminded_at(place, own) & _on_days(days) for place, days in steps.items() if days]
    return Q(Q(*ways, join_type=Q.OR), towards_the_present(), state__in=OPEN)


def _unreminded_at(place: int | None, own: Sequence[int]) -> Q:
    if place is not None:
        return Q(subject__community_id=place)
    return Q(Q(subject__community_id__isnull=True) | Q(subject__community_id__not_in=own)) if own else Q()


def _on_days(days: Mapping[date, int]) -> Q:
    return Q(*[_unreminded_on(day, step) for day, step in days.items()], join_type=Q.OR)


def _unreminded_on(day: date, step: int) -> Q:
    """What comes back each week or month is reminded of once, some days before its last day.

    Of what an event asked for that same day its visitor was told when it was made.
    """
    again = Q(reminded__gt=step, kind__not_in=list(FROM_RHYTHMS))
    first = Q(reminded__isnull=True)
    is_fresh = Q(kind__in=list(FROM_EVENTS), made_at__gte=at_local(day - timedelta(days=step), time()))
    return (
        Q(due_on=day)
        & ~is_fresh
        & (again | (first if step <= REMINDED_ONCE_AT else first & Q(kind__not_in=list(FROM_RHYTHMS))))
    )


def _step_of(task: VisitTask, steps: Steps) -> int:
    place = task.subject.community_id
    return steps[place if place in steps else None][task.due_on]


@dataclass(frozen=True, slots=True)
class ToRemind:
    """One page of who has a reminder coming; `last` is where the next page begins, None after the last one."""

    visitors: frozenset[int]
    last: int | None


async def visitors_to_remind(
    rules: VisitRules, keepers: Keepers, *, now: datetime, after: int = 0, page: int = 200
) -> ToRemind:
    """The people who have a reminder coming now, from the next `page` duties.

    Before anybody is reminded it is looked up anew who keeps the person: an office may have ended meanwhile.
    """
    steps = _standing_steps(rules, now)
    if not any(steps.values()):
        return ToRemind(frozenset(), None)
    tasks = await VisitTask.filter(_unreminded(steps), id__gt=after).order_by("id").limit(page)
    await assign_anew(tasks, keepers, now=now)
    visitors = frozenset(task.assignee_id for task in tasks if task.assignee_id)
    return ToRemind(visitors, tasks[-1].id if len(tasks) == page else None)


async def remind(visitor: int, rules: VisitRules, *, now: datetime) -> int:
    """Post one notice to the visitor for all reminders that stand now, however many duties; 0 if there is none."""
    steps = _standing_steps(rules, now)
    if not any(steps.values()):
        return 0
    due = VisitTask.filter(_unreminded(steps), assignee_id=visitor).order_by("due_on", "id")
    tasks = await due.select_related("subject")
    if not tasks:
        return 0
    by_step: dict[int, list[int]] = defaultdict(list)
    for task in tasks:
        by_step[_step_of(task, steps)].append(task.id)
    for step, some in by_step.items():
        await VisitTask.filter(id__in=some).update(reminded=step)
    once = _once(visitor, tasks, _step_of(tasks[0], steps), now)
    return int(await post_notice(to_person(visitor), _reminder(tasks, local_day(now)), once=once, now=now) is not None)


def _once(visitor: int, tasks: Sequence[VisitTask], step: int, now: datetime) -> str:
    first = tasks[0]
    if len(tasks) > 1:
        return f"visits:{visitor}:remind:{local_day(now)}:{first.id}"
    return f"visit:{first.id}:remind:{step}:{first.due_on}"


def _reminder(tasks: Sequence[VisitTask], today: date) -> Letter:
    say, facts = reminder_words(tasks, today)
    end = max(task.due_on for task in tasks) + timedelta(days=1)
    asks = (Asked(texts.render("visits.see_list"), "visits.mine"),)
    return Letter(say, facts, topic="visit", useful_until=at_local(end, time()), asks=asks)


def reminder_words(tasks: Sequence[VisitTask], today: date) -> tuple[str, dict[str, Any]]:
    """Which sentence reminds of these duties, and its facts: names and days, nothing about health or money (V12)."""
    first = next((task for task in tasks if task.kind not in DISCREET), None)
    if first is None:
        return "visits.remind_discreet", {"count": len(tasks), "day": day_in_words(tasks[0].due_on)}
    facts: dict[str, Any] = {"name": first.subject.name, "day": day_in_words(first.due_on)}
    if len(tasks) > 1:
        return "visits.remind_many", facts | {"count": len(tasks)}
    facts["occasion"] = occasion_in_words(first.occasion)
    left = (first.due_on - today).days
    if left == 0:
        return "visits.remind_today", facts
    return ("visits.remind_tomorrow", facts) if left == 1 else ("visits.remind", facts | {"days": left})


async def greet_page(rules: VisitRules, *, now: datetime, page: int = _PAGE) -> tuple[int, int]:
    """Greet the next members whose day is today: (looked at, greeted); all done when fewer than `page` were seen.

    Only who writes to us from an own account, and never the dead or who does not want it; whether the visit
    was made, or wanted, does not matter.
    """
    today = local_day(now)
    if not rules.visits.greets or not _is_greeting_time(rules, today, now):
        return 0, 0
    rows = VisitTask.filter(due_on=today, greeted=False, subject__state=ACTIVE, kind__in=GREETED)
    wanted = rows.filter(Q(state__not="cancelled") | Q(reason__in=EXCUSED))
    tasks = await wanted.order_by("id").limit(page).select_related("subject")
    await VisitTask.filter(id__in=[task.id for task in tasks]).update(greeted=True)
    own = Binding.current().filter(relation="self", person_id__in=[task.subject_id for task in tasks])
    bound = await ids(own, "person_id")
    by_occasion: dict[str, list[Person]] = defaultdict(list)
    for task in tasks:
        if task.subject_id in bound and wants_greeting(task.subject):
            by_occasion[task.occasion].append(task.subject)
    greeted = 0
    for occasion, people in by_occasion.items():
        recipients = [to_person(one) for one in people]
        greeted += await post_many(recipients, _greeting(occasion, today), once=f"greeting:{occasion}", now=now)
    return len(tasks), greeted


def wants_greeting(person: Person) -> bool:
    """Whether the person has not declined greetings."""
    return GREETING not in (person.opted_out or ())


def _is_greeting_time(rules: VisitRules, today: date, now: datetime) -> bool:
    return at_local(today, rules.visits.greet_at) <= now < at_local(today, _GREETINGS_UNTIL)


def greeting_words(occasion: str) -> str:
    """Which sentence greets on this occasion."""
    rule = occasion.partition(":")[0]
    return f"visits.greet_{rule}" if not rule.endswith("birthday") else "visits.greet_birthday"


def _greeting(occasion: str, today: date) -> Letter:
    until = at_local(today, _GREETINGS_UNTIL)
    return Letter(greeting_words(occasion), {}, topic=GREETING, urgency=BULK, useful_until=until)
