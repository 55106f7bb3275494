"""Hand-written statements that queue rows with the work engine of PostgreSQL, inside the running transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.exceptions import IntegrityError

from models.database import connection, transaction

_NEW = (
    "SELECT wanted.* FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[]) "
    "AS wanted (queue, priority, lane, once, args) WHERE NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS job "
    "WHERE job.queueing_lock = wanted.once AND job.status = 'todo')"
)
_DEFER = (
    f"SELECT procrastinate_defer_jobs_v1(array_agg(ROW(queue, $6, priority, lane, once, args::jsonb, NULL)"
    f"::procrastinate_job_to_defer_v1)) FROM ({_NEW}) AS fresh"
)


@dataclass(frozen=True, slots=True)
class Handout:
    """One job for the engine: `once` keeps it from being queued twice, `args` are JSON with nothing but ids."""

    queue: str
    priority: int
    lane: str | None
    once: str
    args: str


async def defer_jobs(task: str, jobs: Sequence[Handout]) -> None:
    """Queue what is not queued yet, through the engine's own function on our connection: one commit for both."""
    try:
        await _defer(task, jobs)
    except IntegrityError:
        # Another process queued one of them at this moment; the savepoint is undone, the rest goes singly.
        for job in jobs:
            await _defer_or_skip(task, job)


async def _defer_or_skip(task: str, job: Handout) -> bool:
    try:
        await _defer(task, [job])
    except IntegrityError:
        return False
    return True


async def _defer(task: str, jobs: Sequence[Handout]) -> None:
    columns = [
        [job.queue for job in jobs], [job.priority for job in jobs], [job.lane for job in jobs],
        [job.once for job in jobs], [job.args for job in jobs],
    ]  # fmt: skip
    async with transaction():
        await connection().execute_query(_DEFER, [*columns, task])


async def engine_is_ready() -> bool:
    """Whether the engine's tables stand in this database."""
    rows = await connection().execute_query_dict("SELECT to_regclass('procrastinate_jobs') IS NOT NULL AS is_there")
    return bool(rows[0]["is_there"])
