"""Spreads broadcasts whose window to cancel is over, page by page, each page in its own transaction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from delivery import mass
from scheduler.job import Deps, job
from services.outreach import broadcasts

Transaction = Callable[[], AbstractAsyncContextManager[Any]]


async def spread(now: datetime, transaction: Transaction) -> dict[str, int]:
    """One knock; a kill between two pages loses nothing, since the mark of each broadcast stands in its row."""
    counted = {"broadcasts": 0, "notices": 0}
    for broadcast_id in await broadcasts.due(now):
        while True:
            async with transaction():
                page = await broadcasts.spread_page(broadcast_id, now)
            if page is None:
                break
            counted["notices"] += page.posted
            if page.is_last:
                counted["broadcasts"] += 1
                break
    return counted


@job(every=60)
async def mass_jobs(now: datetime, deps: Deps) -> dict[str, int]:
    """Each minute: what waits for a mass job is gathered and sent; the network is in no transaction."""
    counted = {"made": 0, "sent": 0}
    policy = deps.courier.policy
    if not policy.mass_a_month or not await deps.courier.is_reachable():
        return counted
    for key in await mass.waiting_keys(now):
        while True:
            async with deps.transaction():
                made = await mass.make_job(key, policy, now)
            if made is None:
                break
            counted["made"] += 1
    for row in await mass.due_jobs(now):
        counted["sent"] += await mass.send_job(deps.courier.client, row, policy, now) == "sent"
    return counted


@job(every=60)
async def spread_broadcasts(now: datetime, deps: Deps) -> dict[str, int]:
    """Each minute: whose window is over goes out."""
    return await spread(now, deps.transaction)


@job(every=300, after=["spread_broadcasts"])
async def count_standings(now: datetime, deps: Deps) -> dict[str, int]:
    """Every five minutes: where the people of each notice stand; looked up outside of the transaction that keeps it."""
    due = await broadcasts.to_count(now)
    for broadcast_id in due:
        counted = await broadcasts.count(broadcast_id)
        async with deps.transaction():
            await broadcasts.keep(broadcast_id, counted, now=now)
    return {"counted": len(due)}
