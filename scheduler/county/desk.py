"""For the desk: on Monday at eight its first page goes to everybody in office; at night past months are counted."""

from __future__ import annotations

from datetime import datetime

from kit.clock import local_day
from scheduler.job import Deps, job
from services.county import desk


@job(weekly="mon 08:00")
async def monday_lines(now: datetime, deps: Deps) -> dict[str, int]:
    """One notice for each of them, with numbers and no names."""
    told = 0
    for person_id in await desk.in_office(local_day(now)):
        async with deps.transaction():
            told += await desk.tell_lines(person_id, now=now)
    return {"told": told}


@job(daily="03:50")
async def count_past_months(now: datetime, deps: Deps) -> dict[str, int]:
    """Each night: the visits of the months that are over, so that no picture counts them while somebody waits."""
    counted = 0
    for first in desk.months_to_count(local_day(now)):
        async with deps.transaction():
            counted += await desk.count_month(first)
    return {"duties": counted}


@job(every=3600)
async def count_members(now: datetime, deps: Deps) -> dict[str, int]:
    """Each hour: the members of a large house, so that no picture counts them while somebody waits."""
    async with deps.transaction():
        return {"members": await desk.count_members(local_day(now))}
