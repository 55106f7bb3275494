"""The one clock of the house: wall time with a movable offset, days in Asia/Shanghai."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def offset() -> timedelta:
    """How far the house's clock is moved, read anew from JINQIU_CLOCK_FILE; zero when unset or missing."""
    name = os.environ.get("JINQIU_CLOCK_FILE")
    if not name:
        return timedelta()
    try:
        return timedelta(seconds=float(Path(name).read_text("utf-8").strip() or 0))
    except (FileNotFoundError, ValueError):
        # A half-written number must not stop the house; the next look reads it whole.
        return timedelta()


def now() -> datetime:
    """The house's moment, aware, in UTC. Only the edges ask; everything else is told."""
    return datetime.now(UTC) + offset()


def machine_now() -> datetime:
    """The machine's own clock, which no rehearsal moves: for leases, and for who lives."""
    return datetime.now(UTC)


def is_moved() -> bool:
    """Whether a rehearsal has moved the clock (shown by /readyz and the pages)."""
    return bool(os.environ.get("JINQIU_CLOCK_FILE"))


def local(moment: datetime) -> datetime:
    """The same moment as a clock on the wall in the county shows it."""
    return moment.astimezone(SHANGHAI)


def local_day(moment: datetime) -> date:
    """The calendar day in Asia/Shanghai that `moment` falls on."""
    return local(moment).date()


def at_local(day: date, clock: time) -> datetime:
    """The UTC moment at which the wall clock shows `clock` on `day`."""
    return datetime.combine(day, clock, SHANGHAI).astimezone(UTC)
