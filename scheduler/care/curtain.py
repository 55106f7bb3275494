"""窗帘行动 by the clock: greets, looks whose sign has not come, tells who must know until somebody has seen them."""

from __future__ import annotations

from datetime import datetime

from scheduler.county.escalation import all_steps
from scheduler.job import Deps, job
from services.care import curtain as curtains


@job(every=60)
async def curtain(now: datetime, deps: Deps) -> dict[str, int]:
    """Each minute: the ladder counts in minutes; the rows say what is due."""
    policy = curtains.CurtainPolicy.of(deps.county.curtain)
    async with deps.transaction():
        greeted = await curtains.greet(policy, now=now)
    async with deps.transaction():
        counted = {"greeted": greeted, "unseen": await curtains.look(policy, now=now)}
    async with deps.transaction():
        counted["settled"] = await curtains.settle_by_signs(now=now)
    async with deps.transaction():
        counted["told"] = await curtains.take_steps(policy, now=now)
    counted["risen"] = 0
    for rising in curtains.risings(policy):
        counted["risen"] += await all_steps(rising, now, deps)
    return counted
