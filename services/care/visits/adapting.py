"""What a change of a person, a plan or the rules does to one duty that is open: its day, its visitor, or its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

import structlog

from models.care.care_plans import CarePlan
from models.care.visits import OPEN, VisitTask
from models.people.members import Person
from services.care.visit_rules import (
    FROM_EVENTS,
    KINDS,
    Care,
    Celebrant,
    Rhythm,
    VisitKind,
    VisitPolicy,
    VisitRules,
    occasion_day,
    period_of,
    rhythms_of,
    window,
)
from services.care.visits.keepers import Keepers
from services.people import members

log = structlog.get_logger()

PRESENT = (members.ACTIVE, members.HELD)
"""States whose duties stand; a reported, unconfirmed death holds them back but cancels nothing."""
UNMARKED = "rule_changed"
VERY_OLD_FROM = 80
LATEST_MOVE = timedelta(days=3 * 366)
ADAPTED = ("due_on", "window_from", "assignee_id", "is_given", "way", "state", "reason", "reminded")
"""The columns of a duty that a change may touch."""


def is_due(person: Person) -> bool:
    """All members on the roster who are there and belong somewhere."""
    has_place = person.branch_id is not None or person.community_id is not None
    return person.state in PRESENT and person.is_member and has_place


def celebrant(person: Person) -> Celebrant:
    """What the rules need to know; an unreadable date of birth counts as unknown and is reported."""
    try:
        birth = members.birth_of(person)
    except ValueError:
        log.warning("visit.birth_unreadable", person=person.id)
        birth = None
    return Celebrant(birth, person.sex or "", person.birthday_offset)


def rhythms_for(person: Person, plan: CarePlan | None, policy: VisitPolicy, today: date) -> tuple[Rhythm, ...]:
    """The rhythms of somebody's care plan; nobody without one has any."""
    if plan is None:
        return ()
    care = Care(len(risks_of(person, plan, today)), tuple(plan.tiers), plan.home_round, plan.home_study)
    return rhythms_of(care, policy)


def risks_of(person: Person, plan: CarePlan, today: date) -> set[str]:
    """高龄、独居、空巢、失能: what the plan says, and the age."""
    birth = celebrant(person).birth
    is_very_old = birth is not None and birth.full_age(today) >= VERY_OLD_FROM
    return {tag for tag in (plan.tags or "").split(",") if tag} | ({"very_old"} if is_very_old else set())


async def bring_up_to_date(
    people: Iterable[Person],
    standing: Mapping[int, Mapping[str, VisitTask]],
    rules: VisitRules,
    keepers: Keepers,
    today: date,
) -> int:
    """Move, hand over or cancel the open duties of people who changed."""
    changed = []
    for person in people:
        for task in standing.get(person.id, {}).values():
            if task.state in OPEN and await _adapt(task, person, rules, keepers, today):
                changed.append(task)
    if changed:
        await VisitTask.bulk_update(changed, ADAPTED, batch_size=200)
    return len(changed)


async def _adapt(task: VisitTask, person: Person, rules: VisitRules, keepers: Keepers, today: date) -> bool:
    if task.kind in FROM_EVENTS:
        return await _adapt_visitor(task, person, keepers)
    if not is_due(person):
        reason = person.state if person.state not in PRESENT else "off_roster"
        task.state, task.reason = "cancelled", reason
        return True
    if KINDS[kind_of_task(task)].source == "rhythm":
        return await _adapt_rhythm(task, person, rules, keepers, today)
    day = occasion_day(celebrant(person), rules, task.occasion)
    if day is None or (day < today and task.due_on - day > LATEST_MOVE):
        task.state, task.reason = "cancelled", UNMARKED
        return True
    is_changed = False
    # A day that the new rule sees in the past stays as announced: moving it would lose the visit.
    if day != task.due_on and day >= today:
        task.due_on, task.reminded, is_changed = day, None, True
    opens = window(kind_of_task(task), task.due_on, rules.visits_at(person.community_id)).opens
    if opens != task.window_from:
        task.window_from, is_changed = opens, True
    return await _adapt_visitor(task, person, keepers) or is_changed


async def _adapt_rhythm(task: VisitTask, person: Person, rules: VisitRules, keepers: Keepers, today: date) -> bool:
    """What the care plan asks for no more is off once; what is late already stays."""
    rhythms = rhythms_for(person, keepers.plan_of(person), rules.visits, today)
    wanted = {period_of(rhythm, task.window_from).key for rhythm in rhythms}
    if task.occasion not in wanted and task.due_on >= today:
        task.state, task.reason = "cancelled", UNMARKED
        return True
    return await _adapt_visitor(task, person, keepers)


async def _adapt_visitor(task: VisitTask, person: Person, keepers: Keepers) -> bool:
    is_called = is_called_then(person, keepers, task.due_on) and task.way == "visit"
    task.way = "call" if is_called else task.way
    return await _adapt_keeper(task, person, keepers) or is_called


def is_called_then(person: Person, keepers: Keepers, on: date) -> bool:
    """Whether the person lives far away on that day."""
    home = keepers.home_of(person, on)
    return home is not None and home.community_id is None


async def _adapt_keeper(task: VisitTask, person: Person, keepers: Keepers) -> bool:
    keeper = await keepers.visitor(person, task.due_on, task.occasion)
    if keeper == task.assignee_id or task.is_given:
        return False
    give(task, keeper)
    return True


def kind_of_task(task: VisitTask) -> VisitKind:
    """The kind of a duty, as the rules name it."""
    return next(kind for kind in KINDS if kind == task.kind)


def give(task: VisitTask, keeper: int | None, *, by_hand: bool = False) -> None:
    """The duty has another visitor, or none yet; reminders begin anew."""
    task.assignee_id, task.is_given, task.reminded = keeper, by_hand, None
    if task.state in ("planned", "assigned"):
        task.state = "assigned" if keeper else "planned"
