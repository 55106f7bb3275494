"""A visit that was noted and, says the person, did not come: looked into by the secretary, else it rises."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import texts
from delivery.outbox import Asked, Letter
from kit.clock import local_day
from kit.errors import Refusal
from models.care.visits import VisitRecord, VisitTask
from models.people.members import Person
from services.care.visits.confirming import CAME, NOT_CAME
from services.county import escalation
from services.county.escalation import LEVELS, Ladder, Matter, Rung, Step, steps_of
from services.people import access
from services.people.access import Reach

_NAME = "visit_doubt"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A visit that was noted and, says the person, did not come."""

    task_id: int
    name: str
    visitor: str
    on: date


async def doubt_of(task_id: int, reach: Reach) -> Doubt:
    """What somebody is asked to look into; raises `visits.unknown` for others and for what is settled."""
    task = await VisitTask.filter(id=task_id, answer=NOT_CAME).select_related("subject").first()
    if task is None or not await _may_look(task, reach):
        raise Refusal("visits.unknown")
    return await _shown(task)


async def doubts_for(reach: Reach, limit: int) -> list[Doubt]:
    """What rose to this person and nobody has looked into, the oldest first."""
    heard = await escalation.heard_by(reach.person_id, _NAME)
    rows = VisitTask.filter(id__in=heard, answer=NOT_CAME).order_by("answered_at", "id").limit(limit)
    return [await _shown(task) for task in await rows.select_related("subject")]


async def settle_doubt(task_id: int, reach: Reach, *, now: datetime) -> None:
    """Whoever looked into it asked: they did come. Raises `visits.unknown`."""
    await doubt_of(task_id, reach)
    await VisitTask.filter(id=task_id).update(answer=CAME, answered_at=now, doubt_risen_to=None)


async def _may_look(task: VisitTask, reach: Reach) -> bool:
    """Whoever has the person's affairs in hand, and whoever it rose to; never the visitor."""
    if await escalation.has_heard(reach.person_id, f"{_NAME}:{task.id}"):
        return True
    return await access.may(reach, "check_in", task.subject)


async def _shown(task: VisitTask) -> Doubt:
    kept = await VisitRecord.filter(task_id=task.id).order_by("-id").first()
    visitor = await Person.get_or_none(id=kept.entered_by_id) if kept and kept.entered_by_id else None
    on = local_day(kept.at) if kept else task.due_on
    return Doubt(task.id, task.subject.name, visitor.name if visitor else "", on)


@dataclass(frozen=True, slots=True)
class DoubtRising:
    """What a no that nobody looks into brings to the engine that lets things rise."""

    hours: tuple[int, int, int, int]

    @property
    def name(self) -> str:
        """Names a matter together with the task's id."""
        return _NAME

    async def steps(self, now: datetime) -> list[Step]:
        """The four levels."""
        rungs = tuple(Rung(hours, level) for hours, level in zip(self.hours, LEVELS, strict=True))
        return steps_of(_NAME, Ladder(rungs, "hours"), now)

    async def standing(self, step: Step, ids: Collection[int] | None = None) -> list[Matter]:
        """Doubts of that age that took the step before; never put to the visitor, who would judge their own word."""
        rows = VisitTask.filter(doubt_risen_to=step.number - 1, answered_at__lte=step.until, answer=NOT_CAME)
        rows = (rows if ids is None else rows.filter(id__in=list(ids))).order_by("answered_at", "id")
        return [
            Matter(
                task.id,
                task.subject_id,
                (task.subject.branch_id, task.subject.community_id),
                not_to=(task.assignee_id,) if task.assignee_id else (),
            )
            for task in await rows.select_related("subject")
        ]

    async def mark(self, ids: Collection[int], step: Step) -> None:
        """They have taken the step."""
        await VisitTask.filter(id__in=list(ids), answer=NOT_CAME).update(doubt_risen_to=step.number)

    async def letter(self, ids: Sequence[int], step: Step) -> Letter:
        """How many; whose is read in answer to a digit (promise V12)."""
        do, args = ("visits.doubt", {"visit": ids[0]}) if len(ids) == 1 else ("visits.doubts", {})
        asks = (Asked(texts.render("visits.see_doubt"), do, args),)
        return Letter("visits.doubt_still", {"count": len(ids)}, topic="work", asks=asks)

    async def letter_below(self, ids: Sequence[int], step: Step) -> Letter | None:
        """That somebody else was asked as well, and why."""
        facts = {"level": texts.section("visits", "levels")[step.level], "count": len(ids)}
        return Letter("visits.doubt_rose", facts, topic="work")
