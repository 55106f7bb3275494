"""Hands out work over several machines: procrastinate on the same PostgreSQL, with jobs that carry only row ids."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextvars import Context
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import procrastinate
import structlog

from delivery.handout import QUEUE, TASK, URGENT_QUEUE, defer, engine_is_ready
from kit.engine import Handler, Work

log = structlog.get_logger()

_STOP_SECONDS = 10.0
_STALLED_SECONDS = 30.0
_AGAIN_SECONDS = 1.0


class ProcrastinateEngine:
    """Any number of processes may run one; a lane is procrastinate's `lock`, once-only its `queueing_lock`.

    `works` is False for a process that only hands out (a `web` one).
    """

    def __init__(self, url: str, *, workers: int = 8, kept_for_urgent: int = 2, works: bool = True) -> None:
        self._workers, self._kept, self._works = workers, kept_for_urgent, works
        self._handlers: dict[str, Handler] = {}
        self._app = procrastinate.App(connector=_connector(url, workers))
        self._app.task(name=TASK)(self._row)
        self._tasks: list[asyncio.Task[Any]] = []

    def register(self, kind: str, handler: Handler) -> None:
        """Who works on rows of this kind."""
        self._handlers[kind] = handler

    async def hand_out(self, work: Sequence[Work]) -> None:
        """Defer these rows in the running transaction, or at once when none is open."""
        await defer(work)

    async def prepare(self) -> None:
        """Make the engine's tables if they are not there yet; `init` calls this."""
        if await engine_is_ready():
            return
        async with self._app.open_async():
            await self._app.schema_manager.apply_schema_async()

    async def start(self) -> None:
        """Begin to work, in tasks that inherit nobody's transaction."""
        await self._app.open_async()
        if not self._works:
            return
        self._begin([URGENT_QUEUE], self._kept)
        self._begin([URGENT_QUEUE, QUEUE], self._workers - self._kept)

    def _begin(self, queues: list[str], concurrency: int) -> None:
        work = self._keep_working(queues, concurrency)
        self._tasks.append(asyncio.get_running_loop().create_task(work, context=Context()))

    async def _keep_working(self, queues: list[str], concurrency: int) -> None:
        """One worker after the other: one ends when the database is away for half a minute (promise R17)."""
        while True:
            try:
                await self._app.run_worker_async(
                    queues=queues,
                    concurrency=concurrency,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=0.5,
                    shutdown_graceful_timeout=_STOP_SECONDS,
                    delete_jobs="always",
                )
            except Exception:
                log.exception("engine.worker_ended")
            await asyncio.sleep(_AGAIN_SECONDS)

    async def stop(self) -> None:
        """Finish what is under way, within some seconds, and end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._app.close_async()

    async def sweep(self) -> int:
        """Give back what a killed worker was doing: without this its lanes would stay shut for ever."""
        manager = self._app.job_manager
        stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS))
        for job in stalled:
            # The row is the truth: finished here, handed out again by the next knock if it is still due.
            await manager.finish_job(job, procrastinate.jobs.Status.FAILED, delete_job=True)
        await manager.prune_stalled_workers(seconds_since_heartbeat=_STALLED_SECONDS)
        if stalled:
            log.warning("engine.stalled", jobs=len(stalled))
        return len(stalled)

    async def _row(self, kind: str, id: int) -> None:  # noqa: A002  # the job's argument has this name
        handler = self._handlers.get(kind)
        if handler is None:
            log.error("engine.unknown_kind", kind=kind)
            return
        await handler(id)


def _connector(url: str, workers: int) -> procrastinate.PsycopgConnector:
    """procrastinate's own small pool beside ours; psycopg wants the long name of the scheme."""
    parts = urlsplit(url)
    conninfo = urlunsplit(("postgresql", *parts[1:]))
    return procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=max(4, workers // 2))
