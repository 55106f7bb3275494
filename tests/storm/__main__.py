"""`python -m tests.storm [SEED]`: the crash-and-fault checks at full length, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import secrets
import sys
import tempfile
import traceback
from collections.abc import Awaitable
from pathlib import Path

from tests.storm import broadcast, ground
from tests.storm.course import COURSE, SMALL_DISK_MEGABYTES, scene_of
from tests.storm.scene import FULL
from tests.whole.servers import create, private_server

failed: list[str] = []


async def told(name: str, check: Awaitable[str]) -> None:
    """One line with the figure, or what failed."""
    try:
        print(f"{name:28} {await check}", flush=True)
    except Exception as exc:  # noqa: BLE001  # told and counted: one check that breaks must not hide the others
        failed.append(name)
        print(f"{name:28} FAILED: {type(exc).__name__} {exc}", flush=True)
        traceback.print_exc(limit=-2)


async def course(database: str, url: str, seed: int) -> None:
    """All checks in one town."""
    async with scene_of(url, seed, length=FULL) as scene:
        for check in COURSE:
            await told(f"{database} {check.__name__}", check(scene))


async def on_postgres(seed: int) -> None:
    """The same with two web and two worker processes, and a server that is restarted under them."""
    with private_server() as server:
        if server is None:
            print("!!! NOT RUN: the storm on PostgreSQL: no private server could be started", flush=True)
            return
        await course("postgres", await create(server.url, "storm"), seed)
        async with scene_of(await create(server.url, "shaken"), seed, length=FULL) as scene:
            for shake in ground.SHAKES:
                await told(f"postgres {shake.__name__}", shake(scene, server))


async def to_a_whole_county(seed: int) -> None:
    """A town of its own: a hundred thousand more people would burden every other check."""
    async with scene_of("", seed, length=FULL) as scene:
        await told("sqlite r15_broadcast", broadcast.r15_broadcast(scene))


async def on_a_full_disk(seed: int) -> None:
    """A town on a small disk of its own."""
    folder = Path(tempfile.mkdtemp(prefix="jinqiu-disk-"))
    if not ground.small_disk(folder / "data", SMALL_DISK_MEGABYTES):
        print("!!! NOT RUN: the full disk: mounting a small one is not allowed here", flush=True)
        return
    try:
        async with scene_of("", seed, length=FULL, folder=folder) as scene:
            await told("sqlite r18_full", ground.r18_full(scene))
    finally:
        ground.take_away(folder / "data")


async def main(seed: int) -> int:
    """1 when anything failed."""
    print(f"seed {seed}", flush=True)
    await course("sqlite", "", seed)
    await to_a_whole_county(seed)
    await on_a_full_disk(seed)
    await on_postgres(seed)
    print(f"failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else secrets.randbelow(10**6))))
