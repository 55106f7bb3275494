"""Reports and stays in hospital by the clock: holds end, and who stays long is visited again."""

from __future__ import annotations

from datetime import datetime

from scheduler.job import Deps, job
from services.care import life_events as events
from services.care import visits


@job(every=300)
async def life_events(now: datetime, deps: Deps) -> dict[str, int]:
    """Every five minutes."""
    policy = (await visits.rules_now(deps.county)).visits.events
    async with deps.transaction():
        released = await events.release_holds(now=now)
    async with deps.transaction():
        return {"released": released, "again": await events.visit_again(now=now, policy=policy)}
