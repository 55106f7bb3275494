"""The human half of the ladder by the clock: calls move on when nobody did anything, and lists are announced."""

from __future__ import annotations

from datetime import datetime

from scheduler.job import Deps, job
from services.outreach import calls

_PAGE = 200


@job(every=300)
async def move_calls(now: datetime, deps: Deps) -> dict[str, int]:
    """Every five minutes, page by page: from the liaison to the telephone list, to paper, upwards."""
    last, looked_at, moved = 0, 0, 0
    while True:
        async with deps.transaction():
            last, seen, some = await calls.move_on(deps.courier.policy, now=now, after=last, page=_PAGE)
        looked_at, moved = looked_at + seen, moved + some
        if seen < _PAGE:
            return {"looked_at": looked_at, "moved": moved}


@job(every=600, after=["move_calls"])
async def announce_calls(now: datetime, deps: Deps) -> dict[str, int]:
    """Every ten minutes: whoever has people to tell hears of it, once for all of them.

    After the lists have moved: whoever is new on one need not wait for the next ten minutes.
    """
    announced = 0
    for keeper in await calls.to_announce(now):
        async with deps.transaction():
            announced += await calls.announce(keeper, now=now)
    return {"announced": announced}
