"""What a timed job is: a name, a time to knock, and an async function of the moment and the tools it needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from apscheduler.triggers.cron import CronTrigger

from delivery.courier import Courier
from kit.clock import SHANGHAI
from kit.county import County
from kit.engine import Engine


@dataclass(frozen=True, slots=True)
class Deps:
    """What jobs are given: the process's tools, never the clock.

    `transaction` opens one (an edge owns it, one per item); `ping` reports that the house is alive to whoever
    watches from outside, or is None.
    """

    engine: Engine
    courier: Courier
    county: County
    transaction: Callable[[], AbstractAsyncContextManager[Any]]
    ping: Callable[[], Awaitable[None]] | None = None
    data_dir: Path = Path("data")


Run = Callable[[datetime, Deps], Awaitable[dict[str, int]]]


@dataclass(frozen=True, slots=True)
class Job:
    """A timed job. `trigger` only computes when it falls due; a job with `beat` runs every so many seconds anywhere.

    `after` names jobs whose rows it reads: while one of them is due or under way in any process, it waits. Of all
    processes one does it; of those with another `circle` one does it, too (a copy on every machine).
    """

    name: str
    run: Run
    trigger: CronTrigger | None = None
    beat: float | None = None
    period: timedelta = timedelta(days=1)
    after: tuple[str, ...] = ()
    circle: str = ""

    @property
    def entry(self) -> str:
        """Under which name its knocks stand in the book."""
        return f"{self.name}:{self.circle}" if self.circle else self.name

    def latest_due(self, after: datetime | None, now: datetime) -> datetime | None:
        """The last time up to `now` at which it fell due, if it was after `after`: what was missed is done once.

        A job that never ran looks back over its own period (promise R15).
        """
        if self.trigger is None:
            return None
        earliest = now - self.period - timedelta(hours=2)
        found, previous = None, max(after or earliest, earliest)
        while (due := _next(self.trigger, previous)) is not None and due <= now:
            found = previous = due
        return found

    def next_due(self, now: datetime) -> datetime | None:
        """When it falls due next."""
        return _next(self.trigger, now) if self.trigger else None


def _next(trigger: CronTrigger, previous: datetime) -> datetime | None:
    found: datetime | None = trigger.get_next_fire_time(previous, previous + timedelta(microseconds=1))
    return found


def job(
    *,
    daily: str | None = None,
    weekly: str | None = None,
    monthly: str | None = None,
    every: float | None = None,
    after: Sequence[str] = (),
) -> Callable[[Run], Job]:
    """Make a job of a function, named like it.

    `daily="08:00"`, `weekly="mon 08:00"`, `monthly="1 08:00"` (times in Asia/Shanghai), or `every` so many seconds:
    whole minutes are knocks of which one process takes each; less runs in every process and must be harmless there.
    `after`: the jobs that go first when both are due, also when another process does them.
    """

    def make(run: Run) -> Job:
        name = getattr(run, "__name__", "job")
        if every is not None and every < 60:
            return Job(name, run, beat=every)
        days = 31 if monthly else 7 if weekly else 1
        period = timedelta(days=days) if every is None else timedelta(seconds=every)
        return Job(name, run, _trigger(daily, weekly, monthly, every), period=period, after=tuple(after))

    return make


def _trigger(daily: str | None, weekly: str | None, monthly: str | None, every: float | None) -> CronTrigger:
    if every is not None:
        return _each_minutes(int(every // 60))
    words = (daily or weekly or monthly or "").split()
    hour, minute = words[-1].split(":")
    when: dict[str, str] = {"hour": hour, "minute": minute}
    if weekly:
        # By name: this library counts days from Monday = 0, a crontab from Sunday.
        when["day_of_week"] = words[0]
    elif monthly:
        when["day"] = words[0]
    return CronTrigger(**when, timezone=SHANGHAI)


def _each_minutes(minutes: int) -> CronTrigger:
    if minutes > 60 and minutes % 60 == 0:
        return CronTrigger(hour=f"*/{minutes // 60}", minute="0", timezone=SHANGHAI)
    if not 1 <= minutes <= 60:
        raise ValueError(f"{minutes} minutes is no even share of a day")
    return CronTrigger(minute=f"*/{minutes}" if minutes < 60 else "0", timezone=SHANGHAI)
