"""What became of a visit: done, not at home, called instead, not wanted; by one digit and a line, to be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from delivery import waiting
from kit.clock import local_day
from kit.errors import Refusal
from models.care.visits import OPEN, VisitRecord, VisitTask
from models.columns import seal, unseal
from models.people.members import Person
from services.care.visits.adapting import give
from services.care.visits.confirming import ask_visited
from services.care.visits.listing import behind_the_same_door, open_task
from services.care.visits.opening import tell_visitor
from services.people import audit
from services.people.access import Reach

Result = Literal["visited", "not_home", "called", "not_needed"]

RESULTS: tuple[Result, ...] = ("visited", "not_home", "called", "not_needed")
"""In the order of their digits. Nobody at home leaves the duty open: nobody was seen yet."""
UNDO_WITHIN = timedelta(minutes=10)
_STATE_AFTER: dict[str, str] = {"visited": "done", "called": "done", "not_needed": "cancelled"}
_LINE_SCOPE = "visit.findings"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was kept: `is_late` when the day had passed, `is_settled` when the duty is over.

    `also` are other duties of this visitor behind the same door.
    """

    record_id: int
    task_id: int
    name: str
    is_late: bool
    is_settled: bool
    also: tuple[int, ...] = ()


async def record(task_id: int, result: Result, line: str, *, by: Person, reach: Reach, now: datetime) -> Recorded:
    """Keep what became of a visit (VisitRecord); late is accepted as late.

    The person visited, or the family, is asked whether somebody came. Raises `visits.unknown` for what is not
    theirs, `visits.settled` when somebody else was faster.
    """
    task, _ = await open_task(task_id, by, reach, local_day(now))
    if result in _STATE_AFTER:
        reason = "not_needed" if result == "not_needed" else None
        mine = VisitTask.filter(id=task.id, state__in=OPEN)
        if not await mine.update(
            state=_STATE_AFTER[result], done_at=now, reason=reason, answer=None, doubt_risen_to=None
        ):
            raise Refusal("visits.settled", name=task.subject.name)
        await waiting.cancel(f"visit:{task.id}", now)
    kept = await VisitRecord.create(
        task_id=task.id, visitors=[by.id], at=now, result=result, findings=line.strip(), entered_by_id=by.id
    )
    if result == "visited":
        await ask_visited(task, by, kept.id, now=now)
    also = await behind_the_same_door(task, by, today=local_day(now)) if result in ("visited", "called") else []
    return Recorded(
        kept.id,
        task.id,
        task.subject.name,
        _is_late(task, now),
        result in _STATE_AFTER,
        tuple(other.id for other in also),
    )


async def undo(record_id: int, *, by: Person, now: datetime) -> str:
    """Take the own record back within ten minutes; the name of the visited. Raises `visits.undo_too_late`."""
    kept = await VisitRecord.filter(id=record_id, entered_by_id=by.id).select_related("task__subject").first()
    if kept is None or now - kept.at > UNDO_WITHIN:
        raise Refusal("visits.undo_too_late")
    task = kept.task
    if kept.result in _STATE_AFTER:
        task.state, task.done_at, task.reason, task.answer = state_before(task), None, None, None
        task.doubt_risen_to = None
        await task.save(update_fields=["state", "done_at", "reason", "answer", "doubt_risen_to"])
    await waiting.cancel(f"visit:{task.id}:came", now)
    await waiting.answered_elsewhere(f"visit:{task.id}:came", now)
    await kept.delete()
    return task.subject.name


async def take_over(task_id: int, *, by: Person, reach: Reach, now: datetime) -> str:
    """Anybody it rose to may make a duty their own (接手); the name of whom it concerns.

    Raises `visits.unknown` and `visits.settled`.
    """
    task, is_own = await open_task(task_id, by, reach, local_day(now))
    if not is_own:
        await waiting.cancel(f"visit:{task.id}:remind", now)
        give(task, by.id, by_hand=True)
        await task.save(update_fields=["assignee_id", "is_given", "state", "reminded"])
        await audit.note(audit.by_person(by), "visit.taken_over", now=now, subject=f"visit:{task.id}")
    return task.subject.name


async def send_again(task_id: int, *, by: Person, now: datetime) -> None:
    """A visit that did not come after all: open again for its visitor, who is told. Raises `visits.unknown`."""
    task = await VisitTask.filter(id=task_id, answer="not_came").select_related("subject").first()
    if task is None:
        raise Refusal("visits.unknown")
    task.state, task.done_at, task.answer, task.reminded = state_before(task), None, None, None
    task.doubt_risen_to = None
    await task.save(update_fields=["state", "done_at", "answer", "reminded", "doubt_risen_to"])
    await audit.note(audit.by_person(by), "visit.sent_again", now=now, subject=f"visit:{task.id}")
    if task.assignee_id:
        await tell_visitor(task, now=now, round_=f"again-{int(now.timestamp())}")


def sealed_line(line: str) -> str:
    """What was found, unreadable, for a read-back that has to wait in a row (promise V8)."""
    return seal(line, _LINE_SCOPE)


def opened_line(sealed: str) -> str:
    """The line behind `sealed_line`."""
    return unseal(sealed, _LINE_SCOPE)


def state_before(task: VisitTask) -> str:
    """Where a duty stands that is open again."""
    if task.risen_to:
        return "overdue" if task.risen_to == 1 else "escalated"
    return "assigned" if task.assignee_id else "planned"


def _is_late(task: VisitTask, now: datetime) -> bool:
    return task.due_at < now if task.due_at else local_day(now) > task.due_on
