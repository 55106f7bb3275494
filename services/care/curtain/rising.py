"""What a missing sign of life brings to the engine that lets things rise: minutes instead of days."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import texts
from delivery.outbox import URGENT, Asked, Letter
from models.care.curtain import MISSING, WAITING, CurtainResult
from models.people.members import Person
from services.care.curtain.rules import CurtainPolicy
from services.county.escalation import Matter, Step, steps_of
from services.people.members import ACTIVE

NAMES: Mapping[str, str] = MappingProxyType({MISSING: "curtain", WAITING: "curtain_watch"})
"""The name of a matter by its state: who was told that nobody looked is told anew that a sign is missing."""


def risings(policy: CurtainPolicy) -> tuple[CurtainRising, ...]:
    """Both states by their own ladders."""
    return tuple(CurtainRising(state, policy) for state in NAMES)


@dataclass(frozen=True, slots=True)
class CurtainRising:
    """Half-days in one state: nobody heard of the person, or nobody has looked."""

    state: str
    policy: CurtainPolicy

    @property
    def name(self) -> str:
        """Names a matter together with the half-day's id."""
        return NAMES[self.state]

    async def steps(self, now: datetime) -> list[Step]:
        """Those of the state's ladder that stand now; none where nobody is in this state."""
        if not await CurtainResult.exists(state=self.state):
            return []
        ladder = self.policy.rise if self.state == MISSING else self.policy.unwatched_rise
        return steps_of(self.state, ladder, now)

    async def standing(self, step: Step, ids: Collection[int] | None = None) -> list[Matter]:
        """Half-days in this state since then that took the step before; of nobody who is gone."""
        rows = CurtainResult.filter(
            state=self.state, since__lte=step.until, risen_to=step.number - 1, person__state=ACTIVE
        )
        rows = rows if ids is None else rows.filter(id__in=list(ids))
        found = await rows.order_by("id").values_list(
            "id", "person_id", "person__branch_id", "person__community_id", "person__curtain__watcher_id"
        )
        return [Matter(one, person, (branch, place), watcher) for one, person, branch, place, watcher in found]

    async def mark(self, ids: Collection[int], step: Step) -> None:
        """They have taken the step."""
        await CurtainResult.filter(id__in=list(ids), state=self.state).update(risen_to=step.number)

    async def letter(self, ids: Sequence[int], step: Step) -> Letter:
        """Who it is and that it is urgent, never what (promises V12, R25)."""
        row = await CurtainResult.get(id=ids[0])
        person = await Person.get(id=row.person_id)
        do, args = ("curtain.show", {"result": row.id}) if len(ids) == 1 else ("curtain.waiting", {})
        say = f"curtain.rise_{self.state}" if len(ids) == 1 else "curtain.rise_many"
        asks = (Asked(texts.render("curtain.ask_label"), do, args),)
        facts = {"name": person.name, "count": len(ids)}
        return Letter(say, facts, topic="missing_sign_of_life", urgency=URGENT, asks=asks)

    async def letter_below(self, ids: Sequence[int], step: Step) -> Letter | None:
        """That somebody else was asked as well."""
        row = await CurtainResult.get(id=ids[0])
        person = await Person.get(id=row.person_id)
        facts = {"level": texts.section("visits", "levels")[step.level], "name": person.name}
        return Letter("curtain.rose", facts, topic="missing_sign_of_life")
