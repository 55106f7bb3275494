"""The ground shakes: the database is locked, restarted or away (P10), the disk is full (R18)."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
from collections import Counter
from pathlib import Path

from simulator.push.packets import Packet
from tests.storm.pushing import Answer
from tests.storm.scene import Scene, post_to, wishes_of
from tests.storm.sending import until_sent
from tests.whole.servers import PrivateServer

BACK_SECONDS, TROUBLED_BACK_SECONDS = 10.0, 60.0
"""A busy test machine comes back slower; only the long form holds it to R17."""


async def p10_locked(scene: Scene) -> str:
    """Another process holds SQLite's write lock for seconds: nothing is lost, and it works again by itself."""
    if scene.town.url:
        return "not on PostgreSQL"
    locked = scene.of(5, 8)
    held = sqlite3.connect(scene.town.data / "jinqiu.sqlite3", timeout=10, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    packets = [scene.pusher.text(openid, "帮忙") for openid in scene.accounts(20)]
    sending = [asyncio.ensure_future(scene.pusher.until_acknowledged(packet)) for packet in packets]
    await asyncio.sleep(locked)
    early = sum(one.done() for one in sending)
    held.execute("COMMIT")
    held.close()
    back = await _first_of(sending)
    await asyncio.gather(*sending)
    await _require_each_once(scene, packets)
    assert early == 0, f"{early} acknowledged that were not saved"
    _require_back(scene, back)
    return f"locked for {locked} s: 20 messages, back after {back:.1f} s, lost 0, doubled 0; {NO_CACHE}"


NO_CACHE = "no cache to flush: nothing is kept in Redis"


async def p10_stall(scene: Scene, server: PrivateServer) -> str:
    """PostgreSQL stands still for eight seconds in a stream of messages, and goes on."""
    stalled = scene.of(5, 8)
    packets, sending = _stream(scene, scene.of(40, 200))
    await asyncio.sleep(0.3)
    with server.standing_still():
        await asyncio.sleep(stalled)
    back = await _back(scene)
    await asyncio.gather(*sending)
    await _require_each_once(scene, packets)
    _require_back(scene, back)
    return f"stalled for {stalled} s: {len(packets)} messages, back after {back:.1f} s, lost 0, doubled 0"


async def p10_restart(scene: Scene, server: PrivateServer) -> str:
    """PostgreSQL is restarted as by a power cut, and is away for a while, in a stream of messages and notices."""
    away, openids = scene.of(3, 60), scene.people(20)
    packets, sending = _stream(scene, scene.of(60, 300))
    await post_to(scene.town, openids, [1] * 20, "storm:restart")
    await asyncio.to_thread(server.stop)
    await asyncio.sleep(away)
    await asyncio.to_thread(server.start)
    back = await _back(scene)
    await asyncio.gather(*sending)
    await _require_each_once(scene, packets)
    sent, _ = await until_sent(scene, openids, 120)
    later = scene.people(5)
    await post_to(scene.town, later, [1] * 5, "storm:restarted")
    _, seconds = await until_sent(scene, later, 60)
    assert set(Counter(sent).values()) == {1}, Counter(sent).most_common(3)
    _require_back(scene, back)
    return (
        f"away for {away} s: back {back:.1f} s later, {len(packets)} messages and 20 notices each once; "
        f"new notices after {seconds:.1f} s; {NO_CACHE}"
    )


SHAKES = (p10_stall, p10_restart)
"""What is done to a server of PostgreSQL under a running house."""


def _stream(scene: Scene, count: int) -> tuple[list[Packet], list[asyncio.Task[None]]]:
    """So many messages, ten at a time, each repeated until it is acknowledged."""
    packets = [scene.pusher.text(openid, "帮忙") for openid in scene.accounts(count)]
    gate, pauses = asyncio.Semaphore(10), [scene.chance.uniform(0, 0.2) for _ in packets]

    async def deliver(number: int) -> None:
        async with gate:
            await asyncio.sleep(pauses[number])
            await scene.pusher.until_acknowledged(packets[number], 240)

    return packets, [asyncio.ensure_future(deliver(number)) for number in range(count)]


async def _back(scene: Scene) -> float:
    """Seconds until the house is ready and takes a message again."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await scene.town.until_ready(f"{scene.town.address}/readyz", 60)
    await scene.pusher.until_acknowledged(scene.pusher.text(scene.accounts(1)[0], "帮忙"), 60, pause=0.1)
    return loop.time() - begun


async def _first_of(sending: list[asyncio.Task[Answer]]) -> float:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
    return loop.time() - begun


def _require_back(scene: Scene, seconds: float) -> None:
    most = TROUBLED_BACK_SECONDS if scene.length == "short" else BACK_SECONDS
    assert seconds <= most, f"back after {seconds:.1f} s"


async def _require_each_once(scene: Scene, packets: list[Packet]) -> None:
    effects = await wishes_of(scene.town, [packet.openid for packet in packets])
    assert (len(effects), set(effects.values())) == (len(packets), {1}), effects


def small_disk(folder: Path, megabytes: int) -> bool:
    """Mount a small disk of its own at this folder; False where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def take_away(folder: Path) -> None:
    """Unmount it."""
    subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


async def r18_full(scene: Scene) -> str:
    """The disk is full: nothing is acknowledged that is not saved, not ready; well again when space returns."""
    filler = scene.town.data / "filler"
    await _fill(filler)
    packets = [scene.pusher.text(openid, "帮忙") for openid in scene.accounts(40)]
    answers = [await scene.pusher.send(packet) for packet in packets]
    acknowledged = [packet.openid for packet, answer in zip(packets, answers, strict=True) if answer.is_acknowledged]
    ready, _ = await _status(scene, "/readyz")
    filler.unlink()
    await asyncio.gather(*(scene.pusher.until_acknowledged(packet) for packet in packets))
    await scene.town.until_ready(f"{scene.town.address}/readyz", 10)
    effects = await wishes_of(scene.town, [packet.openid for packet in packets])
    sound = sqlite3.connect(scene.town.data / "jinqiu.sqlite3").execute("PRAGMA integrity_check").fetchone()[0]
    assert ready == 503, ready
    assert len(acknowledged) < len(packets), "the disk was not full"
    assert (len(effects), set(effects.values()), sound) == (40, {1}, "ok"), (effects, sound)
    return f"full: {len(acknowledged)} of 40 acknowledged, all saved; not ready; sound and complete afterwards"


async def _status(scene: Scene, path: str) -> tuple[int, str]:
    async with scene.http.get(f"{scene.town.address}{path}") as answer:
        return answer.status, await answer.text()


async def _fill(filler: Path) -> None:
    block = b"\0" * 65536
    try:
        with filler.open("wb", buffering=0) as file:
            while file.write(block) == len(block):
                await asyncio.sleep(0)
    except OSError:
        return
