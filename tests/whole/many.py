"""Two web and two worker processes on PostgreSQL, made empty between stories without a new start."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
import asyncpg
from tortoise.exceptions import OperationalError

from delivery.waiting import due_work
from models import database
from models.platform import JobRun
from scheduler.job import Job
from scheduler.jobs import JOBS
from services.county import seed as seeding
from services.county.knocks import last_knock
from tests.storm.scene import town_now
from tests.whole.phones import Phones
from tests.whole.town import Town

MANY = ("web", "web", "worker", "worker")
REST_SECONDS = 30.0
_FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)
_KEPT = ("procrastinate", "tortoise", "workday")
"""Tables that belong to the running processes and the calendar."""


async def begin_anew(
    town: Town, seed: Mapping[str, Any], at: datetime, county: str, http: aiohttp.ClientSession
) -> Phones:
    """An empty house with this seed at this moment, whose clock does not knock until `let_go`.

    Other county's numbers mean a new start of the processes. The town's rows are open in this process
    (`tests.storm.scene.rows`).
    """
    await _hold()
    await _until(_is_idle)
    file = town.folder / "county.toml"
    if file.read_text("utf-8") != county or not town.service:
        await town.stop()
        file.write_text(county, "utf-8")
        await town.start()
    phones = Phones(http, town.platform)
    for phone in await phones.call("GET", "/sim/phones"):
        await phones.call("DELETE", f"/sim/phones/{phone['openid']}")
    await phones.move_clock(to=(at - datetime.now(UTC)).total_seconds())
    while not await _is_emptied_and_seeded(seed, at):
        await asyncio.sleep(0.2)
    return phones


async def _hold() -> None:
    """No timed job falls due: each has a knock that lies far ahead."""
    moment = datetime.now(UTC)
    entries = [job.entry for job in JOBS if job.trigger]
    await JobRun.filter(fire_at=_FAR_AHEAD).delete()
    await JobRun.bulk_create(
        [JobRun(job=one, fire_at=_FAR_AHEAD, started_at=moment, ended_at=moment, holder="story") for one in entries]
    )


async def let_go(town: Town) -> None:
    """Everybody is in their place: the clock knocks, and what it makes due is done."""
    await JobRun.filter(fire_at=_FAR_AHEAD).delete()
    await at_rest(town)


async def at_rest(town: Town) -> None:
    """Wait until every timed job has done what the clock says and nothing due is left to deliver.

    Only then may the clock move on: a job that ran a minute late would find rows of another hour.
    """

    async def is_at_rest() -> bool:
        now = town_now(town)
        if not await _is_idle() or await due_work(now, 1):
            return False
        return all([await _has_knocked(job, now) for job in JOBS if job.trigger])

    await _until(is_at_rest)


async def _until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Wait for it; not for ever, since what can't leave while the platform is away stays due."""
    until = asyncio.get_running_loop().time() + REST_SECONDS
    while not await is_so() and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(0.1)


async def _is_idle() -> bool:
    """Whether no job is under way and nothing handed out waits for a worker."""
    if await JobRun.exists(ended_at__isnull=True):
        return False
    return not await database.connection().execute_query_dict("select 1 from procrastinate_jobs limit 1")


async def _has_knocked(job: Job, now: datetime) -> bool:
    last = await last_knock(job.entry)
    is_due = job.latest_due(last.fire_at if last else None, now) is not None
    return not is_due and (last is None or last.is_ended)


async def _is_emptied_and_seeded(seed: Mapping[str, Any], at: datetime) -> bool:
    """In one transaction: a job that knocks in between must not find an empty town.

    False when it crossed a transaction of the running processes, which lock the same tables in another order.
    """
    try:
        async with database.transaction():
            await database.connection().execute_query(await _emptying())
            await seeding.load(seed, now=at)
            await _hold()
    except (OperationalError, asyncpg.DeadlockDetectedError):
        return False
    return True


async def _emptying() -> str:
    found = await database.connection().execute_query_dict(
        "select tablename from pg_tables where schemaname = 'public'"
    )
    tables = [row["tablename"] for row in found if not row["tablename"].startswith(_KEPT)]
    return f"truncate {', '.join(tables)} restart identity cascade"
