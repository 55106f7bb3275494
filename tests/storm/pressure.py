"""More than can be done (R19): refused fast, within bounded memory, and soon as before."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from simulator.push.packets import Packet
from tests.storm.pushing import Answer
from tests.storm.scene import Scene, wishes_of

MOST_MEBIBYTES = 300
NORMAL_SECONDS, TROUBLED_NORMAL_SECONDS = 10.0, 40.0
"""A busy test machine works off two thousand messages slower; only the long form holds it to R19."""
FLOOD, LATE_COMERS, CHECKED = 2300, 20, 40
SIDE_BY_SIDE = 800


async def r19_overload(scene: Scene) -> str:
    """The database is held while more comes in than may wait; then it is let go."""
    words = ["帮忙"] * CHECKED + ["谢谢"] * (FLOOD - CHECKED)
    packets = [scene.pusher.text(*one) for one in zip(scene.accounts(FLOOD), words, strict=True)]
    async with _held(scene):
        answers = await _flooded(scene, packets)
        late = await _late_comers(scene)
    normal = await _normal(scene)
    await asyncio.gather(*(scene.pusher.until_acknowledged(packet) for packet in packets[:CHECKED]))
    effects = await wishes_of(scene.town, [packet.openid for packet in packets])
    most = max(_peak(process.pid) for process in scene.town.service)
    refusing = sorted(one.seconds for one in late)[LATE_COMERS // 2]
    _require(scene, answers, late, effects, packets)
    assert most <= MOST_MEBIBYTES, f"{most} MiB"
    assert normal <= (TROUBLED_NORMAL_SECONDS if scene.length == "short" else NORMAL_SECONDS), f"{normal:.1f} s"
    refused = "turned away at the deadline" if scene.town.url else "refused"
    return (
        f"{FLOOD} messages at once on a held database: 0 acknowledged, the next ones {refused} in "
        f"{refusing * 1000:.0f} ms, at most {most} MiB, normal again after {normal:.1f} s, 0 doubled"
    )


def _require(
    scene: Scene, answers: list[Answer], late: list[Answer], effects: Counter[str], packets: list[Packet]
) -> None:
    """Nothing acknowledged that was not saved; what is repeated has its effect once."""
    assert not [one for one in [*answers, *late] if one.is_acknowledged], "acknowledged without a database"
    assert not [openid for openid, times in effects.items() if times > 1], effects.most_common(3)
    assert all(effects[packet.openid] == 1 for packet in packets[:CHECKED])
    if not scene.town.url:
        # One lane that is full; on PostgreSQL four lanes of two processes have room, and the deadline answers.
        assert sorted(one.seconds for one in late)[LATE_COMERS // 2] <= 2.0, "not refused fast"


@asynccontextmanager
async def _held(scene: Scene) -> AsyncIterator[None]:
    """Nobody else can write while the block runs."""
    if scene.town.url:
        other = await asyncpg.connect(scene.town.url)
        try:
            async with other.transaction():
                await other.execute("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
                yield
        finally:
            await other.close()
        return
    held = sqlite3.connect(scene.town.data / "jinqiu.sqlite3", timeout=10, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        held.execute("COMMIT")
        held.close()


async def _flooded(scene: Scene, packets: list[Packet]) -> list[Answer]:
    """All of them, without waiting for an answer before the next; nobody waits longer than the platform would."""
    gate = asyncio.Semaphore(SIDE_BY_SIDE)

    async def push(packet: Packet) -> Answer:
        async with gate:
            return await scene.pusher.send(packet, 1.5)

    return await asyncio.gather(*(push(packet) for packet in packets))


async def _late_comers(scene: Scene) -> list[Answer]:
    """Those who come when it is full: one after the other, so that each is timed alone, where they are refused."""
    packets = [scene.pusher.text(one, "帮忙") for one in scene.accounts(LATE_COMERS)]
    if scene.town.url:
        return await asyncio.gather(*map(scene.pusher.send, packets))
    return [await scene.pusher.send(packet) for packet in packets]


async def _normal(scene: Scene) -> float:
    """Seconds until a new message is answered as if nothing had been."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await scene.pusher.until_acknowledged(scene.pusher.text(scene.accounts(1)[0], "帮忙"), 120, pause=0.1)
    return loop.time() - begun


def _peak(process: int) -> int:
    """The most memory it ever held, in MiB."""
    told = Path(f"/proc/{process}/status").read_text("ascii")
    return int(next(line for line in told.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024
