"""Says that this process works and knows how many do: they share the platform's pace (promise R12)."""

from __future__ import annotations

import asyncio
import time
from contextvars import Context
from datetime import timedelta

import structlog

from delivery.courier import DATABASE_AWAY
from kit.clock import machine_now
from services.county import knocks

log = structlog.get_logger()

SECONDS = 30.0
"""For how long a process that went silent is counted among those that work."""
MARGIN = 10.0
RENEW = 5.0


class Presence:
    """One working process among any number; `is_alone` where the embedded database lets only one work.

    Measured by the machine's own clock and not the house's: a rehearsal that moves days changes nobody's life.
    """

    def __init__(self, holder: str, *, is_alone: bool = False) -> None:
        self._holder, self._is_alone = holder, is_alone
        self._many = 1
        self._known_until = self._young_until = float("-inf")
        self._task: asyncio.Task[None] | None = None

    def share(self) -> float:
        """This process's part of the pace; 0 while it cannot know it.

        A newcomer waits until the others have counted it; one that was paused waits until it has counted again. A
        command that only asks the platform something never shows up and has no part.
        """
        if self._is_alone or self._task is None:
            return 1.0
        moment = time.monotonic()
        return 1 / self._many if self._young_until < moment < self._known_until else 0.0

    async def begin(self) -> None:
        """Show up and go on doing so."""
        if self._is_alone:
            await knocks.are_gone()
        if await knocks.present(machine_now()) - {self._holder}:
            self._young_until = time.monotonic() + RENEW + 1
        await self._renew()
        self._task = asyncio.get_running_loop().create_task(self._keep(), context=Context())

    async def end(self) -> None:
        """An orderly end: the others share what was ours at once."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await knocks.leave(self._holder)

    async def _renew(self) -> None:
        begun, now = time.monotonic(), machine_now()
        await knocks.show_up(self._holder, now + timedelta(seconds=SECONDS), now)
        self._many = max(1, len(await knocks.present(now)))
        self._known_until = begun + SECONDS - MARGIN

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(RENEW)
            try:
                await self._renew()
            except DATABASE_AWAY as exc:
                # `share` turns 0 by itself if this lasts.
                log.warning("presence.not_renewed", error=type(exc).__name__)
