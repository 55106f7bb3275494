"""The rules of the sign of life, without a row: which half-day is due, who is told after how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from kit.clock import at_local, local
from kit.county import CurtainNumbers
from services.county.escalation import LEVELS, Ladder, Level, Rung

Half = Literal["open", "close"]
Telling = Literal["self", "call", "knock", "family", "duty", "ask", "backup"]
"""One first step: the person is asked, the watcher calls, two knock, family, duty; watcher asked, then the second."""
MESSAGE = "message"
"""The sign that is a word in the chat; every other one is seen from outside."""
_NOON = time(12)


@dataclass(frozen=True, slots=True)
class CurtainPolicy:
    """The county's numbers; times of day are Asia/Shanghai. `steps` are minutes after a state began, by state."""

    open_by: time
    close_by: time
    hello: timedelta
    most_watched: int
    steps: Mapping[str, tuple[tuple[int, Telling], ...]]
    rise: Ladder
    unwatched_rise: Ladder

    @classmethod
    def of(cls, numbers: CurtainNumbers) -> CurtainPolicy:
        """The county's numbers as a policy."""
        missing: tuple[tuple[int, Telling], ...] = (
            (0, "self"),
            (0, "call"),
            (numbers.knock_minutes, "knock"),
            (numbers.family_minutes, "family"),
            (numbers.duty_minutes, "duty"),
        )
        waiting: tuple[tuple[int, Telling], ...] = ((0, "ask"), (numbers.backup_minutes, "backup"))
        return cls(
            numbers.open_by,
            numbers.close_by,
            timedelta(minutes=numbers.hello_minutes),
            numbers.most_watched,
            {"missing": missing, "waiting": waiting},
            _ladder(numbers.rise_minutes, LEVELS),
            _ladder(numbers.unwatched_rise_minutes, LEVELS[1:]),
        )


def _ladder(minutes: Sequence[int], levels: Sequence[Level]) -> Ladder:
    return Ladder(tuple(Rung(after, level) for after, level in zip(minutes, levels, strict=True)), "minutes")


def clock_of(moment: datetime) -> str:
    """`09:05` of the county's wall clock; such times compare as they follow each other in a day."""
    return local(moment).strftime("%H:%M")


def half_begins(half: Half, day: date) -> datetime:
    """From when (UTC) a sign counts for this half-day: midnight, or noon."""
    return at_local(day, time() if half == "open" else _NOON)


def first_state(sign: str) -> str:
    """Where a half-day without a sign begins: the person is missed, or the watcher has yet to look."""
    return "missing" if sign == MESSAGE else "waiting"


def steps_due(state: str, since: datetime, taken: int, now: datetime, policy: CurtainPolicy) -> tuple[Telling, ...]:
    """The first steps that stand at `now` and have not been taken, the earliest first."""
    steps = policy.steps.get(state, ())
    return tuple(name for minutes, name in steps[taken:] if since + timedelta(minutes=minutes) <= now)
