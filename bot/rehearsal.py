"""A rehearsal: while the clock is moved by hand, what a move makes due is done at once, and it is told when it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context

import structlog

from delivery.courier import DATABASE_AWAY
from kit import clock
from scheduler.rounds import Clockwork

log = structlog.get_logger()

_LOOK_SECONDS = 0.02
_MOST_ROUNDS = 50

Finish = Callable[[], Awaitable[None]]


class Rehearsal:
    """Follows the clock file of one process that works; does nothing where no rehearsal is on.

    `caught_up` is the offset in seconds whose due work is done, None before that: whoever moves the clock waits for
    it instead of for some seconds. `finish` waits for what was handed out in this process.
    """

    def __init__(self, clockwork: Clockwork, finish: Finish) -> None:
        self._clockwork, self._finish = clockwork, finish
        self._task: asyncio.Task[None] | None = None
        self.caught_up: float | None = None

    def start(self) -> None:
        """Begin to follow, in a task that inherits nobody's transaction."""
        if clock.is_moved():
            self._task = asyncio.get_running_loop().create_task(self._follow(), context=Context())

    async def stop(self) -> None:
        """No more looks."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _follow(self) -> None:
        while True:
            moved = clock.offset().total_seconds()
            if moved != self.caught_up:
                await self._catch_up()
                self.caught_up = moved
            await asyncio.sleep(_LOOK_SECONDS)

    async def _catch_up(self) -> None:
        """What is due now, and then what that made due in turn."""
        try:
            await self._clockwork.round(clock.now())
            await self._finish()
            for _ in range(_MOST_ROUNDS):
                counted = await self._clockwork.tick("outbox")
                if not counted["outbox"].get("due"):
                    return
                await self._finish()
        except DATABASE_AWAY as exc:
            # The next knock, or the next move, begins anew.
            log.warning("rehearsal.database_away", error=type(exc).__name__)
