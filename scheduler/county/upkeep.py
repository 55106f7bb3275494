"""The house's own timed jobs: a heartbeat, a fresh token, and the nightly deletion of what was kept long enough."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime

import structlog

from kit.clock import machine_now
from scheduler.job import Deps, job
from services.county import pulse, upkeep
from services.people import roster
from services.people.roster import Run

log = structlog.get_logger()


@job(every=60)
async def heartbeat(now: datetime, deps: Deps) -> dict[str, int]:
    """Each minute: a mark in the database, and a word to whoever watches from outside."""
    async with deps.transaction():
        await pulse.beat(now, machine_now())
    if deps.ping is None:
        return {"beats": 1}
    await deps.ping()
    return {"beats": 1, "pinged": 1}


@job(every=600)
async def after_outage(now: datetime, deps: Deps) -> dict[str, int]:
    """Every ten minutes: after a long silence whoever is in office gets one line about it."""
    silence = await pulse.outage_to_tell(now)
    if silence is None:
        return {"told": 0}
    async with deps.transaction():
        return {"told": await pulse.tell_outage(*silence, now)}


@job(every=600)
async def token_care(now: datetime, deps: Deps) -> dict[str, int]:
    """Every ten minutes: a harmless call, so that the token is renewed before anybody waits for it."""
    return {"reachable": int(await deps.courier.touch())}


@job(daily="03:20")
async def retention(now: datetime, deps: Deps) -> dict[str, int]:
    """Each night: rows past their time go, in portions; the counts are the report (promise V10)."""

    async def each(portion: Awaitable[int]) -> int:
        async with deps.transaction():
            return await portion

    return await upkeep.delete_old(now, upkeep.KeepPolicy(), each)


@job(every=600)
async def unfinished_imports(now: datetime, deps: Deps) -> dict[str, int]:
    """Every ten minutes: a roster whose import was killed half way is taken back, all or nothing."""
    undone = await roster.take_back_unfinished(
        by="job:roster", now=now, run=Run("job:roster", deps.transaction, machine_now)
    )
    return {"taken_back": undone.removed + undone.restored if undone else 0}
