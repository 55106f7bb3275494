"""The duties behind one bar of the pictures of visits, by name, for those who may read names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from models.care.visits import VisitTask
from services.county.desk import scope
from services.county.desk.visit_figures import DONE, EXCUSED, Days
from services.people import access


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty behind a bar: who was to be visited, until when, and whether it was done."""

    id: int
    name: str
    due_on: date
    is_done: bool


async def visits_behind(reach: access.Reach, days: Days, *, home: int = 0, most: int) -> list[Duty]:
    """What was due in these days, of one branch (or community) or of all, what is still open first; at most `most`."""
    named = Subquery((await scope.people(reach, "see_name")).values("id"))
    due = VisitTask.filter(subject_id__in=named, due_on__gte=days.first, due_on__lte=days.last)
    rows = _at_home(due.exclude(state__in=EXCUSED), home).order_by("due_on", "id").select_related("subject")
    found = await rows.exclude(state=DONE).limit(most)
    if len(found) < most:
        found += await rows.filter(state=DONE).limit(most - len(found))
    return [Duty(one.subject_id, one.subject.name, one.due_on, one.state == DONE) for one in found]


def _at_home(rows: QuerySet[VisitTask], home: int) -> QuerySet[VisitTask]:
    if not home:
        return rows
    without_branch = Q(subject__branch_id__isnull=True, subject__community_id=home)
    return rows.filter(Q(Q(subject__branch_id=home), without_branch, join_type=Q.OR))
