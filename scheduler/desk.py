"""Monday at eight: the lines of the first page go to everybody in office, before the week begins."""

from __future__ import annotations

from datetime import datetime

from kit.clock import local_day
from scheduler.job import Deps, job
from services import desk


@job(weekly="mon 08:00")
async def monday_lines(now: datetime, deps: Deps) -> dict[str, int]:
    """One notice for each of them, with numbers and no names."""
    told = 0
    for person_id in await desk.in_office(local_day(now)):
        async with deps.transaction():
            told += await desk.tell_lines(person_id, now=now)
    return {"told": told}
