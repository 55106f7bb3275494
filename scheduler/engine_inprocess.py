"""Hands out work inside this one process: the engine of the embedded database."""

from __future__ import annotations

import asyncio
import heapq
from collections import defaultdict
from collections.abc import Sequence
from contextvars import Context
from itertools import count

import structlog

from kit.engine import URGENT, Handler, Work

log = structlog.get_logger()

_MOST_HELD = 5000
_STOP_SECONDS = 10.0
_FLOOD = 3
"""From so many waiting behind one of the same person on, they are that person's queue and nobody else's."""


class InProcessEngine:
    """A bounded group of tasks. Urgent rows go first, and two of the tasks take nothing else.

    What exceeds the bound is left to its row: the next knock finds it due.
    """

    def __init__(self, workers: int = 8, kept_for_urgent: int = 2) -> None:
        self._workers, self._kept = workers, kept_for_urgent
        self._handlers: dict[str, Handler] = {}
        self._heap: list[tuple[int, int, Work]] = []
        self._parked: defaultdict[str, list[tuple[int, int, Work]]] = defaultdict(list)
        self._order = count()
        self._held: set[tuple[str, int]] = set()
        self._running: dict[tuple[str, int], Work] = {}
        self._bell = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_stopping = False

    def register(self, kind: str, handler: Handler) -> None:
        """Who works on rows of this kind."""
        self._handlers[kind] = handler

    async def hand_out(self, work: Sequence[Work]) -> None:
        """Queue these rows. A handler's first statement waits for the transaction that is open here, if any."""
        async with self._bell:
            for one in work:
                self._push(one)
            self._bell.notify_all()

    def _push(self, one: Work) -> None:
        key = (one.kind, one.id)
        is_full = len(self._held) >= _MOST_HELD and one.urgency != URGENT
        if key in self._held or is_full:
            return
        self._held.add(key)
        heapq.heappush(self._heap, (one.urgency, next(self._order), one))

    async def start(self) -> None:
        """Begin to work, in tasks that inherit nobody's transaction."""
        loop = asyncio.get_running_loop()
        for number in range(self._workers):
            only_urgent = number < self._kept
            self._tasks.append(loop.create_task(self._work(only_urgent), context=Context()))

    async def stop(self) -> None:
        """Take nothing new, finish what is under way, end; what is left stands in its rows."""
        self._is_stopping = True
        async with self._bell:
            self._bell.notify_all()
        _, late = await asyncio.wait(self._tasks, timeout=_STOP_SECONDS) if self._tasks else ((), ())
        for task in late:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def sweep(self) -> int:
        """Nothing to do: what this process held ends with it."""
        return 0

    async def drain(self) -> None:
        """Wait until nothing is queued or under way."""
        async with self._bell:
            await self._bell.wait_for(lambda: not self._heap and not self._running)

    async def _work(self, only_urgent: bool) -> None:
        while True:
            async with self._bell:
                one = await self._next(only_urgent)
            if one is None:
                return
            try:
                await self._handle(one)
            finally:
                async with self._bell:
                    self._finish(one)
                    self._bell.notify_all()

    async def _next(self, only_urgent: bool) -> Work | None:
        while not self._is_stopping:
            one = self._pick(only_urgent)
            if one is not None:
                self._running[one.kind, one.id] = one
                return one
            await self._bell.wait()
        return None

    def _pick(self, only_urgent: bool) -> Work | None:
        """The first in order whose lane is free; nothing overtakes something more urgent that is under way."""
        busy = {one.lane for one in self._running.values() if one.lane is not None}
        while self._heap:
            urgency, _, one = self._heap[0]
            if urgency > self._least_under_way() or (only_urgent and urgency != URGENT):
                return None
            entry = heapq.heappop(self._heap)
            if one.lane not in busy:
                return one
            self._parked[str(one.lane)].append(entry)
        return None

    def _least_under_way(self) -> int:
        """The most urgent thing under way; a flood of messages to one person holds up nobody but that person."""
        alone = (one for one in self._running.values() if len(self._parked.get(str(one.lane), ())) < _FLOOD)
        return min((one.urgency for one in alone), default=99)

    def _finish(self, one: Work) -> None:
        self._held.discard((one.kind, one.id))
        del self._running[one.kind, one.id]
        for entry in self._parked.pop(str(one.lane), ()):
            heapq.heappush(self._heap, entry)

    async def _handle(self, one: Work) -> None:
        handler = self._handlers.get(one.kind)
        if handler is None:
            log.error("engine.unknown_kind", kind=one.kind)
            return
        try:
            await handler(one.id)
        except Exception:
            # An edge: a handler that breaks must not take its worker along; the row is found due again.
            log.exception("engine.handler_broke", kind=one.kind, row=one.id)
