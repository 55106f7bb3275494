"""A lease lets one process of several do what only one may do; another takes over within a minute (promise R15)."""

from __future__ import annotations

import asyncio
import time
from contextvars import Context
from datetime import UTC, datetime, timedelta

import structlog

from kit.folder_lock import FolderLock
from services.county.knocks import free_lease, let_go, take_lease

log = structlog.get_logger()

SECONDS = 30.0
MARGIN = 10.0
"""A lease ends for its holder so much earlier than in the database: a paused holder that wakes does no harm."""
RENEW = 5.0
LOOK = 1.0


class StandBy:
    """One name, many processes: `wait` returns when this one may work; `is_held` says whether it still may.

    Measured by the machine's own clock and not the house's: a rehearsal that moves days must not change hands.
    """

    def __init__(self, name: str, holder: str, lock: FolderLock | None = None) -> None:
        """Whoever has the `lock` knows that no other process lives: a dead one's lease need not run out (R20)."""
        self.name, self.holder, self._lock = name, holder, lock
        self._held_until = float("-inf")
        self._task: asyncio.Task[None] | None = None

    @property
    def is_held(self) -> bool:
        """Whether this process may go on; turns False by itself when it could not renew in time."""
        return time.monotonic() < self._held_until

    async def acquire(self) -> bool:
        """Take or renew it once."""
        begun, now = time.monotonic(), datetime.now(UTC)
        taken = await take_lease(self.name, self.holder, now + timedelta(seconds=SECONDS), now)
        if taken:
            self._held_until = begun + SECONDS - MARGIN
        return taken

    async def wait(self) -> None:
        """Stand by until it is ours, then keep it."""
        while True:
            if self._is_alone():
                await free_lease(self.name)
            if await self.acquire():
                break
            await asyncio.sleep(LOOK)
        log.info("lease.taken", lease=self.name)
        self._task = asyncio.get_running_loop().create_task(self._keep(), context=Context())

    async def give_back(self) -> None:
        """An orderly end: the next one need not wait."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._held_until = float("-inf")
        await let_go(self.name, self.holder)
        if self._lock is not None:
            self._lock.give_back()

    def _is_alone(self) -> bool:
        return self._lock is not None and self._lock.take()

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(RENEW)
            try:
                self._is_alone()
                if not await self.acquire():
                    log.error("lease.lost", lease=self.name)
            except Exception:
                # The database is away: `is_held` turns False by itself if this lasts.
                log.exception("lease.not_renewed", lease=self.name)
