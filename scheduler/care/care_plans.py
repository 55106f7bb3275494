"""一对一服务专班 by the clock: an empty seat is put before the community."""

from __future__ import annotations

from datetime import datetime

from scheduler.job import Deps, job
from services.care import care_plans as plans


@job(daily="09:05")
async def care_plans(now: datetime, deps: Deps) -> dict[str, int]:
    """Each morning."""
    async with deps.transaction():
        return {"empty_seats": await plans.alert_empty_seats(now=now)}
