"""What is kept: the lock of what is installed (P21), a backup under load and the house that comes out of it (P22)."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from models.outreach.notices import Notice
from tests.house import lock_read
from tests.storm.pushing import Answer
from tests.storm.scene import Scene, post_to, rows
from tests.whole.phones import Phones
from tests.whole.servers import create, drop, with_database
from tests.whole.town import Row, Town

WATCHED_SECONDS = 5.0
STILL = ("organisation", "member", "post", "role", "consent", "staff", "binding", "duty_person", "emergency_contact")
"""Kinds of rows that nobody changes while the copy is made."""


async def p21_lock(scene: Scene) -> str:
    """Every component has its hash, none is older than its known holes, what is installed is what the lock says."""
    assert not lock_read.without_hash(), lock_read.without_hash()
    assert not lock_read.below_floor(), lock_read.below_floor()
    found = lock_read.installed()
    wrong = {name: (found[name], pinned) for name, pinned in lock_read.MEANT.items() if found[name] != pinned}
    assert not wrong, wrong
    anew = "" if scene.length == "short" else await asyncio.to_thread(_installed_anew)
    return f"{len(found)} components exactly as locked, each with a hash, none below its floor{anew}"


def _installed_anew() -> str:
    """Once more from nothing, every download held against its hash."""
    with tempfile.TemporaryDirectory(prefix="jinqiu-lock-") as folder:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--require-hashes", "--target", folder, "-r", str(lock_read.FILE)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode and "HASHES" not in done.stderr.upper():
        return "; NOT installed anew: no package index answers"
    assert done.returncode == 0, done.stderr[-500:]
    return "; installed anew with hashes"


async def p22_backup(scene: Scene) -> str:
    """A copy made in a stream of messages: the rows are there, and the house that starts from it sends nothing old."""
    folder, waiting = Path(tempfile.mkdtemp(prefix="jinqiu-copy-")), scene.people(20)
    await scene.phones.call("POST", "/sim/faults", {"outage": 3600.0})
    await post_to(scene.town, waiting, [0, 1] * 10, "storm:old")
    before, kept = await scene.town.dump(), asyncio.Event()
    writing = asyncio.ensure_future(_write_until(scene, kept))
    await asyncio.sleep(0.5)
    await scene.town.command("backup", str(folder / "copy"))
    kept.set()
    written = await writing
    after = await scene.town.dump()
    await scene.phones.call("DELETE", "/sim/faults")
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        restored = await _restored(scene, folder, stack)
        found = await restored.dump()
        _require_equal(before, found, after)
        sent = await _old_ones_sent(restored, waiting)
    assert sent == 0, f"{sent} old notices sent"
    return f"{len(found)} rows out of a copy made during {written} messages: equal, 0 of 20 old notices sent"


async def _write_until(scene: Scene, enough: asyncio.Event) -> int:
    """Messages one after the other in three rows; how many were acknowledged."""

    async def write() -> int:
        count = 0
        while not enough.is_set():
            packet = scene.pusher.text(scene.accounts(1)[0], "帮忙")
            answer: Answer = await scene.pusher.until_acknowledged(packet)
            count += answer.is_acknowledged
        return count

    return sum(await asyncio.gather(*(write() for _ in range(3))))


async def _restored(scene: Scene, folder: Path, stack: AsyncExitStack) -> Town:
    """An empty house with the same key, filled from the copy."""
    url = ""
    if scene.town.url:
        server, name = with_database(scene.town.url, "postgres"), f"{scene.town.url.rsplit('/', 1)[1]}_copy"
        url = await create(server, name)
        stack.push_async_callback(drop, server, name)
    town = Town(folder / "town", url=url, roles=("web", "worker") if url else ("all",))
    shutil.copyfile(scene.town.data / "field.key", town.data / "field.key")
    town.clock_file.write_text(scene.town.clock_file.read_text("utf-8"), "ascii")
    await town.command("restore", str(folder / "copy"))
    if url:
        await town.command("init")
    return town


def _require_equal(before: list[Row], found: list[Row], after: list[Row]) -> None:
    """What nobody touched is the same row for row; of what grew, the copy has all that stood when it was begun."""
    for kind in STILL:
        assert _of(found, kind) == _of(before, kind), f"{kind} differs"
    first, copied, last = (_ids(one, "inbox") for one in (before, found, after))
    assert first <= copied <= last, f"inbox: {len(first)}, {len(copied)}, {len(last)}"
    assert _ids(before, "notice") <= _ids(found, "notice"), "notices are missing"
    assert Counter(_of(found, "wish")) >= Counter(_of(before, "wish"))


def _of(dumped: list[Row], kind: str) -> list[str]:
    return [repr(sorted(row.items())) for row in dumped if row["kind"] == kind]


def _ids(dumped: list[Row], kind: str) -> set[str]:
    return {str(row["id"]) for row in dumped if row["kind"] == kind}


async def _old_ones_sent(town: Town, waiting: list[str]) -> int:
    """Start it with a platform of its own, and watch."""
    phones = [{"openid": openid, "name": openid, "following": True} for openid in waiting]
    try:
        await town.open(phones)
        async with aiohttp.ClientSession() as http:
            await asyncio.sleep(WATCHED_SECONDS)
            sent = await Phones(http, town.platform).call("GET", "/sim/sent")
        async with rows(town):
            stopped = await Notice.filter(business_key="storm:old", state="expired", reason="restored").count()
        assert stopped == len(waiting), f"{stopped} of {len(waiting)} stopped"
        return len(sent)
    finally:
        await town.close()
