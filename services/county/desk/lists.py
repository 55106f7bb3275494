"""The lists behind the lines of the first page, a page at a time, names masked for those whose task it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise.queryset import QuerySet

from kit.clock import local_day
from models.care.visits import VisitTask
from models.help.posts import ServicePost
from models.help.wishes import Wish
from services.county.desk import scope
from services.county.desk.morning import BIRTHDAY, HOSPITAL
from services.people import access, members

LISTED = 50
"""Rows of a list on one page: more are turned over."""


@dataclass(frozen=True, slots=True)
class DueVisit:
    """One open duty in a list; `name` is masked for those whose task it is not."""

    task_id: int
    subject_id: int
    name: str
    occasion: str
    due_on: date
    is_overdue: bool
    assignee: str
    risen_to: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One wish or call for a human on a list."""

    wish_id: int
    kind: str
    name: str
    keeper: str
    since: datetime
    is_mine: bool


async def due_visits(reach: access.Reach, which: str, *, now: datetime, after: int = 0) -> list[DueVisit]:
    """Open duties: `overdue`, `hospital`, `birthdays` of this week or `all`, the earliest first, a page at a time."""
    today = local_day(now)
    rows = _narrowed(await scope.tasks(reach), which, today).order_by("due_on", "id").offset(after).limit(LISTED)
    found = await rows.select_related("subject")
    readable = await scope.readable(reach, [task.subject_id for task in found])
    keepers = await scope.names([task.assignee_id for task in found if task.assignee_id])
    return [_due_visit(task, today, readable, keepers) for task in found]


def _narrowed(tasks: QuerySet[VisitTask], which: str, today: date) -> QuerySet[VisitTask]:
    if which == "overdue":
        return tasks.filter(due_on__lt=today)
    if which == "hospital":
        return tasks.filter(kind=HOSPITAL)
    if which == "birthdays":
        sunday = today + timedelta(days=6 - today.weekday())
        return tasks.filter(kind=BIRTHDAY, due_on__gte=today, due_on__lte=sunday)
    return tasks


def _due_visit(task: VisitTask, today: date, readable: set[int], keepers: Mapping[int, str]) -> DueVisit:
    name = members.shown_name(task.subject.name, is_plain=task.subject_id in readable)
    keeper = keepers.get(task.assignee_id, "") if task.assignee_id else ""
    is_overdue = task.due_on < today
    return DueVisit(task.id, task.subject_id, name, task.occasion, task.due_on, is_overdue, keeper, task.risen_to)


async def open_posts(reach: access.Reach) -> list[ServicePost]:
    """Posts with places left, by their numbers."""
    rows = scope.posts_with_places(reach).order_by("organisation_id", "number").limit(LISTED)
    return await rows.select_related("organisation")


async def asked(reach: access.Reach) -> list[Asked]:
    """Open wishes and calls for a human, the oldest first."""
    rows = await (await scope.wishes(reach)).order_by("made_at", "id").limit(LISTED)
    people = await scope.names([row.person_id for row in rows if row.person_id])
    readable = await scope.readable(reach, list(people))
    keepers = await scope.names([row.keeper_id for row in rows if row.keeper_id])
    return [_asked(row, reach, people, readable, keepers) for row in rows]


def _asked(
    row: Wish, reach: access.Reach, people: Mapping[int, str], readable: set[int], keepers: Mapping[int, str]
) -> Asked:
    is_mine = row.keeper_id == reach.person_id
    known = people.get(row.person_id, "") if row.person_id else ""
    name = members.shown_name(known, is_plain=is_mine or row.person_id in readable) if known else ""
    keeper = keepers.get(row.keeper_id, "") if row.keeper_id else ""
    return Asked(row.id, row.kind, name, keeper, row.made_at, is_mine)
