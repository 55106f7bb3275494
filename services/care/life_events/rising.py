"""What an unconfirmed report brings to the engine that lets things rise: nothing is said but that one waits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import texts
from delivery.outbox import Asked, Letter
from models.care.life_events import LifeEvent
from services.county.escalation import LEVELS, Ladder, Matter, Rung, Step, steps_of


@dataclass(frozen=True, slots=True)
class ReportRising:
    """Reports nobody has settled, after so many hours."""

    hours: tuple[int, int, int, int]

    @property
    def name(self) -> str:
        """Names a matter together with the report's id."""
        return "report"

    async def steps(self, now: datetime) -> list[Step]:
        """The four levels."""
        rungs = tuple(Rung(hours, level) for hours, level in zip(self.hours, LEVELS, strict=True))
        return steps_of("report", Ladder(rungs, "hours"), now)

    async def standing(self, step: Step, ids: Collection[int] | None = None) -> list[Matter]:
        """Open reports of that age that took the step before."""
        rows = LifeEvent.waiting().filter(reported_at__lte=step.until, risen_to=step.number - 1)
        rows = rows if ids is None else rows.filter(id__in=list(ids))
        return [
            Matter(event.id, event.person_id, (event.branch_id, event.community_id), event.keeper_id)
            for event in await rows.order_by("reported_at", "id")
        ]

    async def mark(self, ids: Collection[int], step: Step) -> None:
        """They have taken the step."""
        await LifeEvent.waiting().filter(id__in=list(ids)).update(risen_to=step.number)

    async def letter(self, ids: Sequence[int], step: Step) -> Letter:
        """Neither who nor what (promise V12)."""
        label = texts.render("life_events.see_report")
        if len(ids) == 1:
            asks = (Asked(label, "life_events.open", {"event": ids[0]}),)
            return Letter("life_events.still_to_check", {}, topic="work", asks=asks)
        asks = (Asked(label, "life_events.waiting"),)
        return Letter("life_events.still_to_check_many", {"count": len(ids)}, topic="work", asks=asks)

    async def letter_below(self, ids: Sequence[int], step: Step) -> Letter | None:
        """That somebody else was asked as well, and why."""
        facts = {"level": texts.section("visits", "levels")[step.level], "count": len(ids)}
        return Letter("life_events.rose", facts, topic="work")
