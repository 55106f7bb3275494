"""The knock for looks: somebody who looks at far too many people's data is told to the county."""

from __future__ import annotations

from datetime import datetime

from scheduler.job import Deps, job
from services.people import looks


@job(every=300)
async def many_looks(now: datetime, deps: Deps) -> dict[str, int]:
    """Every five minutes: more unmasked looks within an hour than the county's number raises an alarm (V9)."""
    raised = 0
    for actor, count in (await looks.alarming(now, deps.county.looks)).items():
        async with deps.transaction():
            raised += await looks.raise_alarm(actor, count, now)
    return {"raised": raised}


JOBS = [many_looks]
