"""A copy is taken under load, is whole, and a restored house has every row and sends nothing old."""

from __future__ import annotations

import asyncio
import base64
import os
import sqlite3
import stat
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cast import arrange
from furnished import KEY, furnished, settings_of

from bot import backup as copies
from bot.commands import backup as commands
from bot.house import database
from bot.nightly import backup_job
from delivery.outbox import Asked, Letter, post_notice, to_openid
from kit import clock, journal
from kit.errors import Refusal
from kit.settings import Settings
from models.database import connection, spawn, transaction
from models.inbox import InboxMessage
from models.outreach.notices import Notice
from models.people.accounts import Account
from models.people.members import Person
from models.platform import Mark
from models.schema import upgrade
from services.people.erasure import erase_account

POSTGRES = os.environ.get("JINQIU_TEST_DATABASE", "")


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """A house of its own on disk (or on the PostgreSQL under test), with the cast in it."""
    if not POSTGRES.startswith("postgres"):
        return await furnished(tmp_path / "data")
    found = settings_of(tmp_path / "data", database_url=POSTGRES)
    found.data_dir.mkdir()
    await _emptied(found)
    async with database(found):
        await upgrade()
        async with transaction():
            await arrange(clock.now())
    return found


async def _emptied(settings: Settings) -> None:
    if settings.is_sqlite:
        settings.database_file.unlink(missing_ok=True)
        return
    async with database(settings):
        await connection().execute_script("drop schema public cascade; create schema public;")


async def moved_to(settings: Settings, folder: Path) -> Settings:
    """An empty house: another data folder, or the same PostgreSQL emptied."""
    folder.mkdir()
    found = settings.model_copy(update={"data_dir": folder})
    await _emptied(found)
    return found


async def rows_of(table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in await connection().execute_query_dict(f'SELECT * FROM "{table}" ORDER BY 1')]


TABLES = ("organisation", "person", "role", "consent", "binding", "emergency_contact", "post", "account")


@pytest.mark.postgres
async def test_a_copy_taken_under_load_restores_to_equal_rows_and_sends_nothing_old(
    settings: Settings, tmp_path: Path
) -> None:
    now, file = clock.now(), tmp_path / "one.backup"
    async with database(settings):
        async with transaction():
            await post_notice(to_openid("oZhao"), Letter("binding.checked"), once="old", now=now - timedelta(hours=1))
            await post_notice(to_openid("oZhao"), Letter("binding.checked"), once="next", now=now,
                              due_at=now + timedelta(days=2))  # fmt: skip
        before = {table: await rows_of(table) for table in TABLES}
        writing = spawn(_write_until_cancelled())
        await asyncio.sleep(0.05)
        await copies.make(settings, file, by="console", now=now)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        written = await Mark.filter(name__startswith="load:").count()
    assert written
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    fresh = await moved_to(settings, tmp_path / "fresh")
    assert await commands.restore(fresh, file) == 0
    async with database(fresh):
        assert {table: await rows_of(table) for table in TABLES} == before
        states = {row.business_key: row.state for row in await Notice.all()}
        assert states == {"old": "expired", "next": "waiting"}
        assert not await Notice.due(clock.now()).exists()
        assert await Mark.filter(name="restored").exists()
        assert await Person.by_phone("19900000001")
        await Person.create(name="新来的")
        assert await Mark.filter(name__startswith="load:").count() <= written


async def _write_until_cancelled() -> None:
    number = 0
    while True:
        async with transaction():
            await Mark.create(name=f"load:{number}", value="", at=clock.now())
        number += 1
        await asyncio.sleep(0)


async def test_who_was_erased_after_the_copy_is_erased_again_and_who_came_back_is_not(
    settings: Settings, tmp_path: Path
) -> None:
    now, file, book = clock.now(), tmp_path / "one.backup", tmp_path / "erasures.jsonl"
    async with database(settings):
        async with transaction():
            earlier = await erase_account("oQian", now=now - timedelta(days=2))
            await Account.create(openid="oQian", first_seen=now - timedelta(days=1))
        journal.append(book, {"at": (now - timedelta(days=2)).isoformat(), "account": earlier})
        await copies.make(settings, file, by="console", now=now)
        async with transaction():
            later = await erase_account("oZhao", now=now)
        journal.append(book, {"at": (now + timedelta(minutes=1)).isoformat(), "account": later})
    fresh = await moved_to(settings, tmp_path / "fresh")
    assert await commands.restore(fresh, file, erasures=book) == 0
    async with database(fresh):
        assert not await Account.filter(openid="oZhao").exists()
        assert await Account.filter(openid="oQian").exists()


async def test_messages_that_waited_for_another_try_are_parked(settings: Settings, tmp_path: Path) -> None:
    now = clock.now()
    async with database(settings):
        await InboxMessage.create(openid="oZhao", identity="1", kind="text", created=now, received_at=now,
                                  state="failed", retry_at=now)  # fmt: skip
        await copies.make(settings, tmp_path / "one.backup", by="console", now=now)
    fresh = await moved_to(settings, tmp_path / "fresh")
    assert await commands.restore(fresh, tmp_path / "one.backup") == 0
    async with database(fresh):
        assert (await InboxMessage.get(identity="1")).state == "parked"


async def test_nothing_sealed_is_readable_in_a_copy_and_no_key_is_in_it(settings: Settings, tmp_path: Path) -> None:
    async with database(settings):
        await copies.make(settings, tmp_path / "one.backup", by="console", now=clock.now())
    content = (tmp_path / "one.backup").read_bytes()
    assert b"19900000001" not in content
    assert KEY.encode() not in content


async def test_a_copy_is_never_written_over_another_file(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert await commands.backup(settings, tmp_path / "mine.txt") == 1
    assert (tmp_path / "mine.txt").read_text() == "mine"


async def test_a_house_with_rows_is_never_overwritten(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with database(settings):
        await copies.make(settings, tmp_path / "one.backup", by="console", now=clock.now())
    assert await commands.restore(settings, tmp_path / "one.backup") == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    async with database(settings):
        assert await Person.filter(name="赵一禾").exists()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"hello", id="something else"),
        pytest.param(b"SQLite format 3\0" + b"\0" * 4096, id="damaged"),
        pytest.param(b"\x1f\x8b\x08\x00", id="cut off"),
        pytest.param(b"", id="empty"),
    ],
)
async def test_what_is_no_copy_of_ours_is_refused(settings: Settings, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    fresh = await moved_to(settings, tmp_path / "fresh")
    assert await commands.restore(fresh, tmp_path / "x") == 1
    assert [path.name for path in fresh.data_dir.iterdir()] == []


async def test_a_copy_of_another_key_is_refused_and_leaves_nothing(settings: Settings, tmp_path: Path) -> None:
    async with database(settings):
        await copies.make(settings, tmp_path / "one.backup", by="console", now=clock.now())
    fresh = await moved_to(settings, tmp_path / "fresh")
    wrong = fresh.model_copy(update={"field_key": base64.b64encode(b"x" * 32).decode()})
    with pytest.raises(Refusal, match="backup_wrong_key"):
        await copies.restore(wrong, tmp_path / "one.backup", erasures=None, by="console", now=clock.now())
    assert await commands.restore(fresh, tmp_path / "one.backup") == 0


async def test_without_any_key_nothing_begins(settings: Settings, tmp_path: Path) -> None:
    async with database(settings):
        await copies.make(settings, tmp_path / "one.backup", by="console", now=clock.now())
    fresh = await moved_to(settings, tmp_path / "fresh")
    with pytest.raises(Refusal, match="backup_no_key"):
        await copies.restore(fresh.model_copy(update={"field_key": ""}), tmp_path / "one.backup", erasures=None,
                             by="console", now=clock.now())  # fmt: skip
    assert not (fresh.data_dir / "field.key").exists()


async def test_a_rehearsal_reads_the_copy_and_is_remembered(settings: Settings, tmp_path: Path) -> None:
    async with database(settings):
        await copies.make(settings, tmp_path / "one.backup", by="console", now=clock.now())
    assert await commands.rehearse(settings, tmp_path / "one.backup") == 0
    async with database(settings):
        assert (await Mark.get(name="restored")).value == "rehearsed"


async def test_each_night_makes_one_copy_and_lets_old_ones_go(settings: Settings) -> None:
    folder = settings.data_dir / "backups"
    folder.mkdir()
    today = clock.local_day(clock.now())
    for back in range(1, 60):
        (folder / f"jinqiu-{today - timedelta(days=back)}.backup").write_bytes(b"x")
    (folder / "mine.txt").write_text("mine")
    async with database(settings):
        counted = await copies.nightly(settings, clock.now())
        again = await copies.nightly(settings, clock.now())
    assert counted["made"] == 1
    assert again == {"made": 0, "deleted": 0}
    assert 7 <= len(list(folder.glob("*.backup"))) <= 11
    assert (folder / "mine.txt").exists()


def test_machines_each_make_a_copy_and_processes_of_one_machine_one(tmp_path: Path) -> None:
    marks = []
    for name in ("here", "here", "there"):
        (tmp_path / name).mkdir(exist_ok=True)
        house: Any = SimpleNamespace(settings=settings_of(tmp_path / name))
        marks.append(backup_job(house).entry)
    assert marks[0] == marks[1] != marks[2]
    assert all(len(mark) <= 40 for mark in marks)


def test_seven_days_and_four_weeks_are_kept() -> None:
    days = dict.fromkeys(date(2026, 10, 12) - timedelta(days=back) for back in range(40))
    kept = copies.kept_days(days)
    assert min(kept) == date(2026, 9, 27)
    assert len(kept) == 9


def test_a_journal_is_private_and_survives_an_unfinished_line(tmp_path: Path) -> None:
    path = tmp_path / "erasures.jsonl"
    journal.append(path, {"account": "a"})
    with path.open("a") as file:
        file.write('{"acc')
    assert list(journal.entries(path)) == [{"account": "a"}]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_plain_sqlite_file_is_not_ours(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x") as book:
        book.execute("create table t (a)")
    book.close()
    with pytest.raises(ValueError, match="not ours"):
        copies.copies.look_into_sqlite(tmp_path / "x")


@pytest.mark.postgres
@pytest.mark.skipif(not POSTGRES.startswith("postgres"), reason="JINQIU_TEST_DATABASE names no PostgreSQL")
async def test_where_the_tools_of_postgresql_are_missing_a_copy_of_our_own_serves(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    file = tmp_path / "one.backup"
    async with database(settings):
        async with transaction():
            await post_notice(to_openid("oZhao"), Letter("binding.checked"), once="old", now=clock.now())
        before = {table: await rows_of(table) for table in TABLES}
        await copies.make(settings, file, by="console", now=clock.now())
    assert b"19900000001" not in file.read_bytes()
    file_cut = tmp_path / "cut.backup"
    file_cut.write_bytes(file.read_bytes()[:-200])
    fresh = await moved_to(settings, tmp_path / "fresh")
    assert await commands.restore(fresh, file_cut) == 1
    assert await commands.restore(fresh, file) == 0
    async with database(fresh):
        assert {table: await rows_of(table) for table in TABLES} == before
        await Person.create(name="新来的")
        assert (await Notice.get()).state == "expired"


@pytest.mark.postgres
@pytest.mark.skipif(not POSTGRES.startswith("postgres"), reason="JINQIU_TEST_DATABASE names no PostgreSQL")
async def test_a_house_moves_from_the_embedded_database_to_postgresql(tmp_path: Path) -> None:
    small, file, now = await furnished(tmp_path / "small"), tmp_path / "one.backup", clock.now()
    async with database(small):
        async with transaction():
            await post_notice(to_openid("oZhao"), Letter("binding.checked"), once="old", now=now - timedelta(hours=1))
            await post_notice(to_openid("oZhao"), Letter("binding.checked", asks=(Asked("好", "a.b"),)),
                              once="next", now=now, due_at=now + timedelta(days=2))  # fmt: skip
        before = {table: await rows_of(table) for table in await _tables()}
        await copies.make(small, file, by="console", now=now)
    large = settings_of(tmp_path / "large", database_url=POSTGRES)
    large.data_dir.mkdir()
    await _emptied(large)
    assert await commands.restore(large, file) == 0
    async with database(large):
        for table, rows in before.items():
            assert len(await rows_of(table)) >= len(rows) or table == "lease", table
        assert {row.business_key: row.state for row in await Notice.all()} == {"old": "expired", "next": "waiting"}
        assert (await Notice.get(business_key="next")).asks == [{"label": "好", "do": "a.b", "args": {}}]
        zhao = (await Person.by_phone("19900000001"))[0]
        assert (zhao.name, zhao.phone, zhao.birth_leap) == ("赵一禾", "19900000001", False)
        await Person.create(name="新来的")


async def _tables() -> list[str]:
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> ?1"
    return [row["name"] for row in await connection().execute_query_dict(sql, ["tortoise_migrations"])]


@pytest.mark.postgres
@pytest.mark.skipif(not POSTGRES.startswith("postgres"), reason="JINQIU_TEST_DATABASE names no PostgreSQL")
async def test_the_embedded_database_of_another_release_does_not_move(tmp_path: Path) -> None:
    small, file = await furnished(tmp_path / "small"), tmp_path / "one.backup"
    async with database(small):
        await connection().execute_script("ALTER TABLE person ADD COLUMN later TEXT")
        await copies.make(small, file, by="console", now=clock.now())
    large = settings_of(tmp_path / "large", database_url=POSTGRES)
    large.data_dir.mkdir()
    await _emptied(large)
    with pytest.raises(Refusal, match="backup_other_release"):
        await copies.restore(large, file, erasures=None, by="console", now=clock.now())
    async with database(large):
        assert await copies.copies.is_empty()
