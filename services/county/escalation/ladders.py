"""The ladder of one kind of duty: how long after it is due which level hears of it, in days, hours or minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from kit.clock import at_local, local, local_day
from services.people.access.duty import LEVELS, Level

__all__ = ["LEVELS", "Ladder", "Level", "Rung", "step_reached"]

Unit = Literal["days", "hours", "minutes"]


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: who is told, how many days (hours, minutes) after the matter was due."""

    after: int
    level: Level


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of one kind, lowest first. In days each step comes in the evening, at `at` (Asia/Shanghai)."""

    rungs: tuple[Rung, ...]
    unit: Unit = "days"
    at: time = time(18, 30)

    def until(self, rung: Rung, now: datetime) -> datetime:
        """What was due at this moment or before has reached the rung at `now`; in days: the day's beginning."""
        if self.unit != "days":
            return now - timedelta(**{self.unit: rung.after})
        return at_local(self.last_day(rung, now), time())

    def last_day(self, rung: Rung, now: datetime) -> date:
        """The last due day that has reached the rung at `now`, where the ladder counts days."""
        is_evening = local(now).time() >= self.at
        return local_day(now) - timedelta(days=rung.after if is_evening else rung.after + 1)

    def moment(self, rung: Rung, due: date | datetime) -> datetime:
        """When (UTC) what is due then reaches the rung."""
        if isinstance(due, datetime):
            return due + timedelta(**{self.unit: rung.after})
        return at_local(due + timedelta(days=rung.after), self.at)


def step_reached(ladder: Ladder, due: date | datetime, now: datetime) -> Level | None:
    """How far something undone has risen by `now`: the highest level reached, None while it is not overdue."""
    reached = [rung.level for rung in ladder.rungs if ladder.moment(rung, due) <= now]
    return reached[-1] if reached else None
