"""A bell between processes through Redis: work that became due is looked at now and not at the next knock.

Rows are the truth. A ring that is lost, or a Redis that is away or has forgotten everything, costs the two seconds
until the next knock and nothing else; so nobody waits for Redis, and no error of it reaches anybody.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context
from hashlib import sha256

import redis.asyncio as redis
import structlog
from redis.exceptions import RedisError

log = structlog.get_logger()

SETTLING_SECONDS = 0.05
"""Rung for inside a transaction, heard after its commit, mostly: what is heard too early finds nothing."""
QUIET_SECONDS = 0.25
"""Under load one ring stands for many."""
PATIENCE_SECONDS = 1.0
_LISTEN_SECONDS = 5.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0

Heard = Callable[[], None]


def channel_of(database_url: str) -> str:
    """One house, one channel: houses may share a Redis, and its address tells nobody a password."""
    return f"jinqiu:{sha256(database_url.encode()).hexdigest()[:16]}"


async def answers(url: str) -> bool:
    """Whether Redis answers (`doctor`)."""
    try:
        async with redis.from_url(url, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS) as one:
            return bool(await one.ping())
    except (RedisError, OSError, ValueError):
        return False


class Bell:
    """Rings for all processes of one house; those that work hear it."""

    def __init__(self, url: str, channel: str) -> None:
        self._channel = channel
        self._redis = redis.from_url(
            url, socket_connect_timeout=PATIENCE_SECONDS, socket_timeout=PATIENCE_SECONDS, retry=None
        )
        self._wanted = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_away = False

    def ring(self) -> None:
        """Let the others know. Costs nothing and never fails."""
        self._wanted.set()

    def start(self, heard: Heard | None) -> None:
        """Begin to ring, and to call `heard` when somebody rings."""
        loop = asyncio.get_running_loop()
        steps: list[Callable[[], Awaitable[None]]] = [self._ring_on]
        if heard is not None:
            steps.append(lambda: self._listen(heard))
        self._tasks = [loop.create_task(self._through_outages(step), context=Context()) for step in steps]

    async def stop(self) -> None:
        """No more rings."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(RedisError, OSError):
            await self._redis.aclose()

    async def _through_outages(self, step: Callable[[], Awaitable[None]]) -> None:
        """Begin the step anew whenever Redis was away, with pauses that grow and differ; told once an outage."""
        pause = _FIRST_PAUSE
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                await step()
            except (RedisError, OSError) as exc:
                if not self._is_away:
                    log.warning("bell.away", error=type(exc).__name__)
                self._is_away = True
            lasted = asyncio.get_running_loop().time() - begun
            pause = _FIRST_PAUSE if lasted > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))

    async def _ring_on(self) -> None:
        while True:
            await self._wanted.wait()
            await asyncio.sleep(SETTLING_SECONDS)
            self._wanted.clear()
            await self._redis.publish(self._channel, "work")
            self._is_back()
            await asyncio.sleep(QUIET_SECONDS)

    async def _listen(self, heard: Heard) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as line:
            await line.subscribe(self._channel)
            self._is_back()
            # What was rung for while nobody could hear it.
            heard()
            while True:
                if await line.get_message(timeout=_LISTEN_SECONDS) is not None:
                    heard()

    def _is_back(self) -> None:
        if self._is_away:
            self._is_away = False
            log.info("bell.back")
