"""Takes duties away from who is gone: those towards people who died or left, and those of visitors who did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime

from tortoise.expressions import Q

from delivery import waiting
from kit.clock import local_day
from models.care.visits import VisitTask
from models.people.members import STAFF, Person
from services.care.visit_rules import FOR_FAMILY, FROM_EVENTS
from services.care.visits.adapting import PRESENT, give
from services.care.visits.keepers import READ, Keepers, ids
from services.care.visits.opening import call_off, tell_visitor
from services.people import members

NEVER = date(9999, 12, 31)
"""In `next_occasions_from`: no duties towards this person; whoever comes (again) is looked at anew."""


async def clear_up(*, now: datetime) -> int:
    """Cancel the open duties towards people who are gone, and look again at those who came; how many cancelled."""
    rows = VisitTask.open_tasks().exclude(subject__state__in=PRESENT)
    of_the_dead = Q(kind__not_in=list(FOR_FAMILY)) | ~Q(subject__state=members.DECEASED)
    gone = await rows.filter(of_the_dead).values_list("id", "subject__state")
    by_state: dict[str, list[int]] = defaultdict(list)
    for task_id, state in gone:
        by_state[str(state)].append(task_id)
    for state, tasks in by_state.items():
        await _cancel(tasks, state, now)
    came = Person.filter(Q(branch_id__isnull=False) | Q(community_id__isnull=False), next_occasions_from=NEVER)
    await came.filter(state__in=PRESENT).exclude(standing=STAFF).update(next_occasions_from=None)
    return len(gone)


async def stop_for(person_id: int, reason: str, *, now: datetime) -> int:
    """At once: cancel the open duties towards somebody who died or left, with what waits about them (R23)."""
    tasks = await VisitTask.open_tasks().filter(subject_id=person_id).exclude(kind__in=FOR_FAMILY).order_by("id")
    await call_off(tasks, reason, now=now)
    return len(tasks)


async def _cancel(tasks: Collection[int], reason: str, now: datetime) -> None:
    await VisitTask.filter(id__in=tasks).update(state="cancelled", reason=reason)
    for task_id in tasks:
        await waiting.cancel(f"visit:{task_id}", now)


async def hand_over(keepers: Keepers, *, now: datetime) -> int:
    """Give the open duties of visitors who are gone, and those without a visitor, to whoever keeps the person now."""
    rows = VisitTask.open_tasks().filter(assignee_id__isnull=False).distinct()
    assigned = await ids(rows, "assignee_id")
    lost = assigned - await ids(Person.filter(id__in=assigned, state=members.ACTIVE), "id")
    tasks = await VisitTask.open_tasks().filter(Q(assignee_id__in=lost) | Q(assignee_id__isnull=True))
    return await assign_anew(tasks, keepers, now=now)


async def leave_to_others(person_id: int, *, now: datetime) -> int:
    """Somebody is gone: their open duties go to whoever keeps each person now; how many changed."""
    tasks = await VisitTask.open_tasks().filter(assignee_id=person_id)
    return await assign_anew(tasks, Keepers(local_day(now)), now=now)


async def assign_anew(tasks: Sequence[VisitTask], keepers: Keepers, *, now: datetime) -> int:
    """Set the visitor of each task to whoever keeps the person now; how many changed."""
    subjects = await Person.filter(id__in={task.subject_id for task in tasks}).only(*READ)
    by_id = {person.id: person for person in subjects}
    await keepers.learn(subjects)
    changed = []
    there = await ids(Person.filter(id__in={task.assignee_id for task in tasks}, state=members.ACTIVE), "id")
    for task in tasks:
        if task.is_given and task.assignee_id in there:
            continue
        asked = (by_id[task.subject_id], task.due_on, task.occasion)
        is_kept = task.assignee_id in there
        keeper, is_passed_on = (await keepers.visitor(*asked), False) if is_kept else await keepers.share(*asked)
        if keeper != task.assignee_id:
            if task.reminded is not None:
                await waiting.cancel(f"visit:{task.id}:remind", now)
            give(task, keeper, by_hand=is_passed_on)
            changed.append(task)
    if changed:
        await VisitTask.bulk_update(changed, ["assignee_id", "is_given", "state", "reminded"], batch_size=200)
    for task in changed:
        # An event does not wait for the next reminder: some hours are all there is.
        if task.kind in FROM_EVENTS and task.assignee_id and task.window_from <= local_day(now):
            await tell_visitor(task, now=now)
    return len(changed)
