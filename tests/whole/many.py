"""Two web and two worker processes on PostgreSQL, made empty between stories without a new start."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
import asyncpg
from tortoise.exceptions import OperationalError

from models import database
from models.platform import JobRun
from services import seed as seeding
from tests.storm.scene import rows
from tests.whole.phones import Phones
from tests.whole.town import Town

MANY = ("web", "web", "worker", "worker")
_KEPT = ("procrastinate", "tortoise", "workday")
"""Tables that belong to the running processes and the calendar."""


async def begin_anew(
    town: Town, seed: Mapping[str, Any], at: datetime, county: str, http: aiohttp.ClientSession
) -> Phones:
    """An empty house with this seed at this moment; other county's numbers mean a new start of the processes."""
    file = town.folder / "county.toml"
    if file.read_text("utf-8") != county or not town.service:
        await town.stop()
        file.write_text(county, "utf-8")
        await town.start()
    phones = Phones(http, town.platform)
    for phone in await phones.call("GET", "/sim/phones"):
        await phones.call("DELETE", f"/sim/phones/{phone['openid']}")
    await phones.move_clock(to=(at - datetime.now(UTC)).total_seconds())
    async with rows(town):
        while not await _is_emptied_and_seeded(seed, at):
            await asyncio.sleep(0.2)
        await _planned()
    return phones


async def _is_emptied_and_seeded(seed: Mapping[str, Any], at: datetime) -> bool:
    """In one transaction: a job that knocks in between must not find an empty town and be done for today.

    False when it crossed a transaction of the running processes, which lock the same tables in another order.
    """
    try:
        async with database.transaction():
            await database.connection().execute_query(await _emptying())
            await seeding.load(seed, now=at)
    except (OperationalError, asyncpg.DeadlockDetectedError):
        return False
    return True


async def _planned() -> None:
    """Duties before reminders: two workers may do both at once, and the next knock is minutes off."""
    while not await JobRun.exists(job="plan_visits", ended_at__isnull=False):
        await asyncio.sleep(0.2)
    await JobRun.exclude(job="plan_visits").delete()


async def _emptying() -> str:
    found = await database.connection().execute_query_dict(
        "select tablename from pg_tables where schemaname = 'public'"
    )
    tables = [row["tablename"] for row in found if not row["tablename"].startswith(_KEPT)]
    return f"truncate {', '.join(tables)} restart identity cascade"
