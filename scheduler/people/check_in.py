"""报到: applications without an answer are reminded of, retirements announced and followed."""

from __future__ import annotations

from datetime import datetime

from scheduler.job import Deps, job
from services.people import ceremonies
from services.people import check_in as checking_in


@job(daily="08:40")
async def check_in(now: datetime, deps: Deps) -> dict[str, int]:
    """Each morning: who still waits for an answer, who retires soon, who retired and was not greeted."""
    async with deps.transaction():
        counted = await checking_in.remind(now, deps.county.check_in)
    async with deps.transaction():
        counted["announced"] = await ceremonies.announce(now, deps.county.check_in)
    async with deps.transaction():
        counted["followed"] = await ceremonies.follow(now)
    return counted
