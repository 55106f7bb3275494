"""A duty is given to a visitor by hand (派人): who is near, why they are named, and how much they have in hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from tortoise.functions import Count

from delivery import waiting
from kit.clock import local_day
from kit.errors import Refusal
from models.care.visits import VisitRecord, VisitTask
from models.people.members import Person
from models.people.organisation import Role
from services.care.visits.adapting import give
from services.care.visits.listing import open_task
from services.care.visits.opening import tell_visitor
from services.people import audit, members, organisation
from services.people.access import Reach

Why = Literal["liaison", "went_before", "group_leader", "secretary", "community"]
MOST_SUGGESTED = 5
_OFFICES: tuple[tuple[Why, tuple[str, ...]], ...] = (
    ("group_leader", organisation.GROUP_LEADERS),
    ("secretary", organisation.SECRETARIES),
    ("community", organisation.WORKERS),
)


@dataclass(frozen=True, slots=True)
class Suggested:
    """Somebody who could go, the plainest reason, and how many visits they have open."""

    person: Person
    why: Why
    open: int


async def suggestions(
    task_id: int, *, by: Person, reach: Reach, today: date
) -> tuple[VisitTask, list[Suggested]]:  # fmt: skip
    """The duty and who could go, the nearest first; never the person visited, nor whoever has it already.

    A handful of statements. Raises `visits.unknown`, `visits.settled`.
    """
    task, _ = await open_task(task_id, by, reach, today)
    reasons: dict[int, Why] = {}
    for person_id, why in [*await _before(task), *await _in_office(task.subject, today)]:
        reasons.setdefault(person_id, why)
    for gone in (task.subject_id, task.assignee_id):
        reasons.pop(gone or 0, None)
    people = {one.id: one for one in await Person.filter(id__in=list(reasons), state=members.ACTIVE)}
    chosen = [one for one in reasons if one in people][:MOST_SUGGESTED]
    loads = await _loads(chosen)
    return task, [Suggested(people[one], reasons[one], loads.get(one, 0)) for one in chosen]


async def _before(task: VisitTask) -> list[tuple[int, Why]]:
    """The liaison, and whoever was there the last times."""
    rows = VisitRecord.filter(task__subject_id=task.subject_id, result="visited").order_by("-id").limit(3)
    went = [int(one) for row in await rows for one in row.visitors if str(one).isdigit()]
    near: list[tuple[int, Why]] = [(task.subject.liaison_id, "liaison")] if task.subject.liaison_id else []
    return [*near, *((one, "went_before") for one in went)]


async def _in_office(person: Person, today: date) -> list[tuple[int, Why]]:
    """Who holds an office in the branch of the person, beneath it, or in the community."""
    await person.fetch_related("branch", "community")
    branch, community = person.branch, person.community
    held: list[Role] = []
    if branch:
        beneath = Role.held(today).filter(organisation__path__startswith=branch.path)
        held += await beneath.order_by("id").limit(50)
    if community:
        held += await Role.held(today).filter(organisation_id=community.id).order_by("id").limit(20)
    return [(office.person_id, why) for why, roles in _OFFICES for office in held if office.role in roles]


async def _loads(ids: Collection[int]) -> dict[int, int]:
    open_now = VisitTask.open_tasks().filter(assignee_id__in=list(ids)).annotate(many=Count("id"))
    counted = await open_now.group_by("assignee_id").values_list("assignee_id", "many")
    return {int(str(one)): int(str(many)) for one, many in counted}


async def assign(task_id: int, visitor: Person, *, by: Person, reach: Reach, now: datetime) -> VisitTask:
    """The duty is this visitor's from now on, and they are told; planning leaves it there.

    Raises `visits.unknown`, `visits.settled`, and `visits.not_themselves` since nobody visits themselves.
    """
    task, _ = await open_task(task_id, by, reach, local_day(now))
    if visitor.id == task.subject_id:
        raise Refusal("visits.not_themselves")
    await waiting.cancel(f"visit:{task.id}:remind", now)
    give(task, visitor.id, by_hand=True)
    await task.save(update_fields=["assignee_id", "is_given", "state", "reminded"])
    await audit.note(
        audit.by_person(by), "visit.assigned", now=now, subject=f"visit:{task.id}", to=visitor.id
    )  # fmt: skip
    await tell_visitor(task, now=now)
    return task
