"""The clockwork: every two seconds it compares the house's clock with the book of knocks and runs what is due.

APScheduler's triggers only compute times. The house's clock may be moved by days while it runs, so no timer is set
for a time of day: the knock comes by a monotonic clock, and the rows decide (promises R15, R16).
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine, Sequence
from contextvars import Context
from datetime import datetime
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from kit.clock import machine_now
from scheduler.job import Deps, Job
from services.county.knocks import Knock, end_knock, last_knock, present, take_over, win_knock

log = structlog.get_logger()

KNOCK_SECONDS = 2
_STOP_SECONDS = 10.0

Counted = dict[str, dict[str, int]]


class Clockwork:
    """Runs jobs when they fall due. Several processes may each have one: the unique row of a knock lets one win."""

    def __init__(self, jobs: Sequence[Job], deps: Deps, now: Callable[[], datetime], holder: str) -> None:
        self._jobs, self._deps, self._now, self._holder = list(jobs), deps, now, holder
        self._unended: dict[int, dict[str, int]] = {}
        self._beaten: dict[str, float] = {}
        self._timed, self._beats = asyncio.Lock(), asyncio.Lock()
        self._scheduler: AsyncIOScheduler | None = None
        self._running: set[asyncio.Task[Counted]] = set()

    async def start(self) -> None:
        """Begin to knock."""
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(
            self._knock, "interval", seconds=KNOCK_SECONDS, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        self._scheduler.start()
        await self._knock()

    async def stop(self) -> None:
        """No more knocks; what runs is finished, within some seconds. (The library would cancel it.)"""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
        _, late = await asyncio.wait(self._running, timeout=_STOP_SECONDS) if self._running else ((), ())
        for task in late:
            task.cancel()

    def look_now(self, name: str) -> None:
        """Somebody says that there is work for this beat: it need not wait for its time."""
        self._beaten.pop(name, None)
        self._launch(self._beats, self._beat_round())

    async def _knock(self) -> None:
        """Timed jobs and beats go side by side: a long night's work must not hold the outbox up."""
        self._launch(self._timed, self._timed_round())
        self._launch(self._beats, self._beat_round())

    def _launch(self, lock: asyncio.Lock, work: Coroutine[Any, Any, Counted]) -> None:
        if lock.locked():
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Counted]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            # The database went away in the middle; the next knock begins anew.
            log.error("round.broken", error=type(task.exception()).__name__)

    async def _timed_round(self) -> Counted:
        async with self._timed:
            await self._end_late()
            found = {job.name: await self._run_if_due(job, self._now()) for job in self._jobs if job.trigger}
            return {name: counted for name, counted in found.items() if counted is not None}

    async def _beat_round(self) -> Counted:
        async with self._beats:
            due = [job for job in self._jobs if job.beat is not None and self._is_beat_due(job)]
            return {job.name: await self._run(job, self._now()) for job in due}

    async def round(self, now: datetime) -> Counted:
        """Run whatever is due at `now`, and then every beat: for a driver that moves the clock itself."""
        async with self._timed, self._beats:
            counted: Counted = {}
            for job in sorted(self._jobs, key=lambda job: job.beat is not None):
                found = await self._run_if_due(job, now)
                if found is not None:
                    counted[job.name] = found
            return counted

    async def tick(self, name: str | None = None) -> Counted:
        """Run all jobs, or one, now, due or not. Raises `KeyError` for a job that does not exist."""
        chosen = [job for job in self._jobs if name in (None, job.name)]
        if not chosen:
            raise KeyError(name)
        async with self._timed, self._beats:
            return {job.name: await self._run(job, self._now()) for job in chosen}

    async def _run_if_due(self, job: Job, now: datetime) -> dict[str, int] | None:
        if job.beat is not None:
            return await self._run(job, now)
        try:
            knock = await self._win(job, now)
        except Exception:
            # The database is away: the next round asks again.
            log.exception("job.not_asked", job=job.name)
            return None
        if knock is None:
            return None
        counted = await self._run(job, now)
        self._unended[knock] = counted
        await self._end_late()
        return counted

    async def _end_late(self) -> None:
        """Write down what has ended; what the database did not take is written down with the next round."""
        for knock in list(self._unended):
            await end_knock(knock, self._unended[knock], self._now())
            del self._unended[knock]

    def _is_beat_due(self, job: Job) -> bool:
        last, moment = self._beaten.get(job.name, float("-inf")), time.monotonic()
        if moment - last < (job.beat or 0) - 0.5:
            return False
        self._beaten[job.name] = moment
        return True

    async def _win(self, job: Job, now: datetime) -> int | None:
        """The knock if it is this process's to do: due, nothing it follows unfinished, or left by a dead process."""
        last = await last_knock(job.entry)
        due = job.latest_due(last.fire_at if last else None, now)
        if due is None and (last is None or last.is_ended):
            return None
        alive = await present(machine_now())
        if (last and last.is_under_way(alive, now)) or await self._must_wait(job, alive, now):
            return None
        if due is not None:
            return await win_knock(job.entry, due, now, self._holder)
        return await self._inherit(job, last, alive, now)

    async def _must_wait(self, job: Job, alive: set[str], now: datetime) -> bool:
        """Whether a job that goes first is due or under way: this one is asked again in two seconds."""
        for first in (one for one in self._jobs if one.name in job.after):
            last = await last_knock(first.entry)
            if first.latest_due(last.fire_at if last else None, now) or (last and last.is_under_way(alive, now)):
                return True
        return False

    async def _inherit(self, job: Job, last: Knock | None, alive: set[str], now: datetime) -> int | None:
        if last is None or not last.is_orphaned(alive, now):
            return None
        log.warning("job.taken_over", job=job.name, knock=last.id)
        return await take_over(last, now, self._holder)

    async def _run(self, job: Job, now: datetime) -> dict[str, int]:
        """An edge: a job that breaks is told once with an incident number, and the others go on."""
        begun = time.monotonic()
        try:
            counted = await job.run(now, self._deps)
        except Exception:
            incident = secrets.token_hex(4)
            log.exception("job.broken", job=job.name, incident=incident)
            return {"broken": 1}
        if job.beat is None or any(counted.values()):
            log.debug("job.done", job=job.name, seconds=round(time.monotonic() - begun, 3), **counted)
        return counted
