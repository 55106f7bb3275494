"""The bell between processes, on a real Redis; without one it says so and everything works without it."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis.asyncio as redis

from bot import bell
from bot.bell import Bell, answers, channel_of

URL = os.environ.get("JINQIU_TEST_REDIS", "redis://127.0.0.1:6379/0")
NOWHERE = "redis://127.0.0.1:9/0"


@pytest.fixture
async def channel() -> str:
    if not await answers(URL):
        pytest.skip(f"NOT RUN: no Redis answers at {URL}")
    return channel_of(secrets.token_hex(8))


@pytest.fixture
async def bells() -> AsyncIterator[Any]:
    made: list[Bell] = []

    def make(url: str, channel: str, heard: Any = None) -> Bell:
        made.append(Bell(url, channel))
        made[-1].start(heard)
        return made[-1]

    yield make
    for one in made:
        await one.stop()


async def until(fits: Any, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not fits():
            await asyncio.sleep(0.02)


async def rung_until(ringer: Bell, fits: Any, seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not fits():
            ringer.ring()
            await asyncio.sleep(0.05)


async def test_who_works_hears_who_rings_and_other_houses_do_not(channel: str, bells: Any) -> None:
    heard: list[str] = []
    bells(URL, channel, lambda: heard.append("worker"))
    bells(URL, channel_of("another"), lambda: heard.append("stranger"))
    await until(lambda: len(heard) == 2)
    await rung_until(bells(URL, channel), lambda: heard.count("worker") > 1)
    assert heard.count("stranger") == 1


async def test_many_rings_are_one(channel: str, bells: Any) -> None:
    heard: list[int] = []
    bells(URL, channel, lambda: heard.append(1))
    await until(lambda: bool(heard))
    ringer = bells(URL, channel)
    for _ in range(200):
        ringer.ring()
    await until(lambda: len(heard) > 1)
    await asyncio.sleep(2 * bell.QUIET_SECONDS)
    assert len(heard) < 5


async def test_a_cut_line_is_taken_up_again(channel: str, bells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "_FIRST_PAUSE", 0.01)
    heard: list[int] = []
    worker, ringer = bells(URL, channel, lambda: heard.append(1)), bells(URL, channel)
    await until(lambda: bool(heard))
    async with redis.from_url(URL) as hand:
        for one in (worker, ringer):
            for connection in one._redis.connection_pool._in_use_connections:
                await hand.client_kill_filter(_id=await _number(connection))
    heard.clear()
    await until(lambda: bool(heard))
    heard.clear()
    await rung_until(ringer, lambda: bool(heard))


async def _number(connection: Any) -> str:
    """The number Redis knows this line by: found by the port it is called from."""
    own = connection._writer.get_extra_info("sockname")
    async with redis.from_url(URL) as hand:
        clients = await hand.client_list()
    return next(one["id"] for one in clients if one["addr"].endswith(f":{own[1]}"))


async def test_without_redis_nothing_fails_and_nobody_waits(bells: Any) -> None:
    alone = bells(NOWHERE, "x", lambda: None)
    begun = asyncio.get_running_loop().time()
    for _ in range(1000):
        alone.ring()
    await asyncio.sleep(0.3)
    await alone.stop()
    assert asyncio.get_running_loop().time() - begun < bell.PATIENCE_SECONDS
    assert not await answers(NOWHERE)


def test_the_channel_tells_no_password() -> None:
    assert "secret" not in channel_of("postgres://jinqiu:secret@127.0.0.1/jinqiu")
