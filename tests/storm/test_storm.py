"""The storm in its short form: crashes, repeats, outages and full places, each with one figure."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.storm import ground
from tests.storm.course import COURSE, SMALL_DISK_MEGABYTES, scene_of
from tests.whole.servers import create, private_server

pytestmark = pytest.mark.storm
SEED = int(os.environ.get("JINQIU_TEST_SEED") or 20_261_012)
"""The gate sails the same course each time; `python -m tests.storm` takes another one with each run."""


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """A database for one town: none for SQLite, else a fresh one on the server the tests were given."""
    named = os.environ.get("JINQIU_TEST_DATABASE", "")
    if not named:
        yield ""
        return
    yield await create(os.environ["JINQIU_TEST_SERVER"], f"{named.rsplit('/', 1)[1]}_town")


async def test_the_house_stands_the_storm(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One town, one check after the other: each leaves the house as well as it found it."""
    broken = []
    _tell(capsys, f"\nseed {SEED}")
    async with scene_of(url, SEED) as scene:
        for check in COURSE:
            begun = time.monotonic()
            try:
                _tell(capsys, f"{check.__name__:18} {await check(scene)} [{time.monotonic() - begun:.0f} s]")
            except Exception as exc:  # noqa: BLE001  # told below: one check that breaks must not hide the others
                broken.append(f"{check.__name__}: {type(exc).__name__} {exc}")
                _tell(capsys, f"{check.__name__:18} FAILED")
    assert not broken, "\n".join([f"seed {SEED}", *broken])


def _tell(capsys: pytest.CaptureFixture[str], line: str) -> None:
    """At once, so that a run that is cut short says how far it came."""
    with capsys.disabled():
        print(line, flush=True)


@pytest.mark.skipif(bool(os.environ.get("JINQIU_TEST_DATABASE")), reason="the disk is SQLite's matter")
async def test_a_full_disk_takes_nothing_that_was_acknowledged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not ground.small_disk(tmp_path / "data", SMALL_DISK_MEGABYTES):
        pytest.skip("mounting a small disk is not allowed here")
    try:
        async with scene_of("", SEED, folder=tmp_path) as scene:
            line = await ground.r18_full(scene)
    finally:
        ground.take_away(tmp_path / "data")
    _tell(capsys, f"\n{'r18_full':18} {line}")


@pytest.mark.postgres
@pytest.mark.skipif(not os.environ.get("JINQIU_TEST_DATABASE"), reason="runs with the tests on PostgreSQL")
def test_a_stall_and_a_restart_of_the_database_lose_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    async def shaken() -> list[str]:
        async with scene_of(await create(server.url, "shaken"), SEED, roles=("web", "worker")) as scene:
            return [f"{shake.__name__:18} {await shake(scene, server)}" for shake in ground.SHAKES]

    with private_server() as server:
        if server is None:
            pytest.skip("no private server could be started")
        lines = asyncio.run(shaken())
    _tell(capsys, "\n".join(["", *lines]))
