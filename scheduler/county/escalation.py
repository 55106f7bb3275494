"""What stays undone rises by the clock: visits, reports, registrations, wishes; each to a named person."""

from __future__ import annotations

from datetime import datetime

from scheduler.job import Deps, job
from services.care import visits
from services.county import escalation, rising


@job(every=300, after=["plan_visits"])
async def rise(now: datetime, deps: Deps) -> dict[str, int]:
    """Every five minutes: what is undone is told to the next level; after an outage level by level."""
    counted = {}
    for kind in rising.all_of(deps.county, await visits.rules_now(deps.county)):
        counted[kind.name] = await all_steps(kind, now, deps)
    return counted


async def all_steps(kind: escalation.Rising, now: datetime, deps: Deps) -> int:
    """Every level that is due to hear of this kind; how many matters rose."""
    risen = 0
    while tellings := await escalation.due(kind, now=now):
        before = risen
        for telling in tellings:
            async with deps.transaction():
                risen += await escalation.tell(kind, telling, now=now)
        if risen == before:
            break
    return risen
