"""Alarms nobody took over go to the next people until a human does; who took one over tells how it ended (R25)."""

from __future__ import annotations

from datetime import datetime

import structlog

from scheduler.job import Deps, job
from services.care import alarms

log = structlog.get_logger()


@job(every=5)
async def emergency(now: datetime, deps: Deps) -> dict[str, int]:
    """Every few seconds: a look at open alarms; the rows say which are due. One that breaks keeps no other waiting."""
    counted = {"next_round": 0, "broken": 0}
    for alarm in await alarms.due(now):
        try:
            async with deps.transaction():
                counted["next_round"] += await alarms.go_on(alarm, now=now)
        except Exception:
            # An edge: the next look in a few seconds tries again.
            log.exception("alarm.broken", alarm=alarm)
            counted["broken"] += 1
    return counted
