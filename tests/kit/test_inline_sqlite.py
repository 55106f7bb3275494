"""The SQLite backend under bad conditions: cancelled, locked by another process, rolled back, nested."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import TEST_VAULT
from tortoise import Tortoise
from tortoise.exceptions import TransactionManagementError

from kit import inline_sqlite
from models import database
from models.database import transaction
from models.platform import Mark

NOW = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Path]:
    path = tmp_path / "house.sqlite3"
    await database.open_database(f"sqlite://{path}", TEST_VAULT)
    await Tortoise.generate_schemas(safe=False)
    yield path
    await database.close_database()


async def put(name: str) -> None:
    await Mark.create(name=name, value="x", at=NOW)


async def names() -> list[str]:
    return sorted([row.name for row in await Mark.all()])


def outside(path: Path) -> list[str]:
    """What another process sees: only what is committed."""
    with sqlite3.connect(path) as other:
        return sorted(row[0] for row in other.execute("SELECT name FROM mark"))


async def test_the_file_is_safe_against_a_power_cut(file: Path) -> None:
    rows = await database.connection().execute_query_dict("PRAGMA synchronous")
    journal = await database.connection().execute_query_dict("PRAGMA journal_mode")
    assert (rows[0]["synchronous"], journal[0]["journal_mode"]) == (2, "wal")


async def test_a_failed_transaction_leaves_nothing(file: Path) -> None:
    with pytest.raises(LookupError):
        await _fails("a")
    assert await names() == []


async def _fails(name: str) -> None:
    async with transaction():
        await put(name)
        raise LookupError


async def test_a_savepoint_takes_back_its_own_part(file: Path) -> None:
    async with transaction():
        await put("a")
        with pytest.raises(LookupError):
            await _fails("b")
        async with transaction():
            await put("c")
            with pytest.raises(LookupError):
                await _fails("d")
    assert await names() == outside(file) == ["a", "c"]


async def test_cancelled_in_the_middle_leaves_nothing_and_lets_others_work(file: Path) -> None:
    is_open = asyncio.Event()

    async def long() -> None:
        async with transaction():
            await put("a")
            is_open.set()
            await asyncio.sleep(60)

    task = database.spawn(long())
    await is_open.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.wait_for(put("b"), 60)
    assert outside(file) == ["b"]


async def test_cancelled_during_the_flush_however_often_the_connection_stays_whole(file: Path) -> None:
    async def one(number: int) -> None:
        async with transaction():
            await put(f"n{number}")

    for number in range(20):
        task = database.spawn(one(number))
        for _ in range(number % 7):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await asyncio.wait_for(put("last"), 60)
    assert await names() == outside(file)
    assert "last" in outside(file)


async def test_another_processes_lock_is_waited_for_without_blocking_the_loop(file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with transaction():
            await put("a")

    writing = database.spawn(write())
    # Whoever waited inside SQLite would keep this loop from ever coming to the commit.
    for _ in range(20):
        await asyncio.sleep(0.01)
    assert not writing.done()
    other.execute("COMMIT")
    other.close()
    await asyncio.wait_for(writing, 60)
    assert outside(file) == ["a"]


async def test_a_lock_that_never_ends_is_an_error_and_frees_the_connection(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inline_sqlite, "LOCK_WAIT_SECONDS", 0.05)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(TransactionManagementError):
        await _fails("a")
    other.execute("ROLLBACK")
    other.close()
    await asyncio.wait_for(put("b"), 60)
    assert await names() == ["b"]


async def test_writers_of_one_process_wait_for_each_other(file: Path) -> None:
    async def one(number: int) -> None:
        async with transaction():
            await put(f"a{number}")
            await asyncio.sleep(0.001)
            await put(f"b{number}")

    await asyncio.gather(*(database.spawn(one(number)) for number in range(10)))
    assert len(outside(file)) == 20
