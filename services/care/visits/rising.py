"""What an undone visit brings to the engine that lets things rise (`services/county/escalation`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from tortoise.expressions import Q

import texts
from delivery.outbox import Asked, Letter
from kit.clock import local_day
from models.care.visits import OPEN, VisitTask
from services.care.visit_rules import DISCREET, KINDS, VisitKind, VisitRules, ladder_of
from services.care.visits.naming import day_in_words, occasion_in_words
from services.care.visits.standing import towards_the_present
from services.county.escalation import Matter, Step, steps_of

_COLUMNS = ("id", "subject_id", "subject__branch_id", "subject__community_id", "assignee_id")


@dataclass(frozen=True, slots=True)
class VisitRising:
    """Undone visits by the county's ladders."""

    rules: VisitRules

    @property
    def name(self) -> str:
        """Names a matter together with the task's id."""
        return "visit"

    async def steps(self, now: datetime) -> list[Step]:
        """The steps of every kind that stand now and have something due before them: one question for all."""
        late = VisitTask.filter(towards_the_present(), state__in=OPEN, due_on__lte=local_day(now))
        before = set(await late.distinct().values_list("kind", "risen_to"))
        steps = (
            step for kind in get_args(VisitKind) for step in steps_of(kind, ladder_of(kind, self.rules.visits), now)
        )
        return [step for step in steps if (step.kind, step.number - 1) in before]

    async def standing(self, step: Step, ids: Collection[int] | None = None) -> list[Matter]:
        """Open duties of the step's kind, due by then, that took the step before."""
        in_hours = KINDS[_kind(step)].climb == "hours"
        due = Q(due_at__lte=step.until) if in_hours else Q(due_on__lte=local_day(step.until))
        rows = VisitTask.filter(due, towards_the_present(), kind=step.kind, risen_to=step.number - 1, state__in=OPEN)
        if ids is not None:
            rows = rows.filter(id__in=list(ids))
        found = await rows.order_by("due_on", "id").values_list(*_COLUMNS)
        return [Matter(task, subject, (branch, place), holder) for task, subject, branch, place, holder in found]

    async def mark(self, ids: Collection[int], step: Step) -> None:
        """The duty is overdue, then escalated."""
        state = "overdue" if step.number == 1 else "escalated"
        await VisitTask.filter(id__in=list(ids), state__in=OPEN).update(risen_to=step.number, state=state)

    async def letter(self, ids: Sequence[int], step: Step) -> Letter:
        """Names and days; of what no push may tell only that there is something (promise V12)."""
        return await self._letter(ids, step, "overdue")

    async def letter_below(self, ids: Sequence[int], step: Step) -> Letter | None:
        """That it rose, and because nothing was noted."""
        return await self._letter(ids, step, "rose")

    async def _letter(self, ids: Sequence[int], step: Step, what: str) -> Letter:
        first = await VisitTask.get(id=ids[0]).select_related("subject")
        asks = (Asked(texts.render("visits.see_list"), "visits.mine"),)
        facts: dict[str, Any] = {"level": texts.section("visits", "levels")[step.level], "count": len(ids)}
        if _kind(step) in DISCREET:
            return Letter(f"visits.{what}_discreet", facts, topic="visit", asks=asks)
        facts |= {"name": first.subject.name, "day": day_in_words(first.due_on)}
        facts["occasion"] = occasion_in_words(first.occasion)
        say = f"visits.{what}" if len(ids) == 1 else f"visits.{what}_many"
        return Letter(say, facts, topic="visit", asks=asks)


def _kind(step: Step) -> VisitKind:
    return next(kind for kind in KINDS if kind == step.kind)
