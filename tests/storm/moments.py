"""Time misbehaves: a process is stopped and wakes (R15), the clock jumps a day and back (R16)."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from tests.storm.scene import Scene, post_to, until, wishes_of
from tests.storm.sending import sent_so_far, sent_to, until_sent
from tests.whole.town import free_port

DAY = 86_400
LEASE_IS_OVER = 70
TAKE_OVER_SECONDS, TROUBLED_SECONDS = 60.0, 110.0
"""On a busy machine the beats come later; only the long form holds it to R15."""


async def r15_paused(scene: Scene) -> str:
    """A process that sends is stopped in the middle; another takes its work, and the sleeper wakes and harms nobody."""
    town, openids = scene.town, scene.people(30)
    stopped, other = _sender(scene), free_port()
    if not town.url:
        town.start_beside(other)
        await asyncio.sleep(3)
    before = await sent_so_far(scene)
    await scene.phones.call("POST", "/sim/faults", {"latency": 0.5})
    await post_to(town, openids, [1] * 30, "storm:paused")
    await until(lambda: _begun(scene, openids, before), 60, "the first sends")
    await _stop_between_transactions(scene, stopped)
    try:
        await scene.phones.call("DELETE", "/sim/faults")
        # The claims of the sleeper run out by the house's clock, its lease and its heartbeat by the machine's.
        await scene.phones.move_clock(by=LEASE_IS_OVER)
        _, seconds = await until_sent(scene, openids, TROUBLED_SECONDS, before)
    finally:
        stopped.send_signal(signal.SIGCONT)
    await asyncio.sleep(5)
    await _require_awake(scene)
    sent = Counter(await sent_to(scene, openids, before))
    assert set(sent.values()) == {1}, sent.most_common(3)
    assert seconds <= (TROUBLED_SECONDS if scene.length == "short" else TAKE_OVER_SECONDS), f"{seconds:.0f} s"
    if not town.url:
        await town.stop()
        await town.start()
    return f"30 sends, their process stopped: all out {seconds:.0f} s later by another, each once also after it woke"


async def _stop_between_transactions(scene: Scene, process: subprocess.Popen[bytes]) -> None:
    """Nobody can write to an SQLite file whose writer stands still; PostgreSQL ends such a transaction itself."""
    process.send_signal(signal.SIGSTOP)
    while not scene.town.url and not _is_free(scene.town.data / "jinqiu.sqlite3"):
        process.send_signal(signal.SIGCONT)
        await asyncio.sleep(0.02)
        process.send_signal(signal.SIGSTOP)


def _is_free(file: Path) -> bool:
    with closing(sqlite3.connect(file, timeout=0.3, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        other.execute("ROLLBACK")
        return True


def _sender(scene: Scene) -> subprocess.Popen[bytes]:
    roles = list(scene.town.roles)
    return scene.town.service[roles.index("worker") if "worker" in roles else 0]


async def _require_awake(scene: Scene) -> None:
    """With the sleeper back, what is posted goes out once as ever."""
    openids, before = scene.people(10), await sent_so_far(scene)
    await post_to(scene.town, openids, [1] * 10, "storm:awake")
    sent, _ = await until_sent(scene, openids, 90, before)
    assert set(Counter(sent).values()) == {1}, Counter(sent).most_common(3)


async def _begun(scene: Scene, openids: list[str], before: int) -> bool:
    return bool(await sent_to(scene, openids, before))


async def r16_steps(scene: Scene) -> str:
    """The house's clock is a day ahead, a day behind and right again; the platform's own goes on as it was."""
    openids, strangers, before = scene.people(30), scene.accounts(20), await sent_so_far(scene)
    right = scene.pusher.now()
    packets = [scene.pusher.text(openid, "帮忙", created=right) for openid in strangers]
    first = [(await scene.pusher.until_acknowledged(packet)).words for packet in packets]
    await post_to(scene.town, openids[:10], [1] * 10, "storm:step:now")
    await until_sent(scene, openids[:10], 60, before)
    await post_to(scene.town, openids[10:20], [1] * 10, "storm:step:later", later=timedelta(hours=2))
    for step in (DAY, -2 * DAY, DAY):
        await scene.phones.move_clock(by=step)
        answers = [await scene.pusher.send(packet, at=right) for packet in packets]
        assert [one.status for one in answers] == [200] * 20, Counter(one.status for one in answers)
        assert all(one.words in ("", said) for one, said in zip(answers, first, strict=True)), "another answer"
        if step == DAY and not await sent_to(scene, openids[10:20], before):
            await until_sent(scene, openids[10:20], 90, before)
        if step < 0:
            await post_to(scene.town, openids[20:], [1] * 10, "storm:step:back")
            await until_sent(scene, openids[20:], 90, before)
    await asyncio.sleep(3)
    sent, effects = Counter(await sent_to(scene, openids, before)), await wishes_of(scene.town, strangers)
    assert (len(sent), set(sent.values())) == (30, {1}), sent.most_common(3)
    assert (len(effects), set(effects.values())) == (20, {1}), effects.most_common(3)
    return "clock +1 day, −1 day, right: 20 messages four times each, 20 effects; 30 notices each once"
