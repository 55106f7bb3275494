"""Makes checked copies of the running house, keeps a few of them, and puts one into an empty house."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag

from bot import postgres_tools as tools
from bot.house import database
from kit import journal
from kit.clock import local_day
from kit.errors import Refusal
from kit.settings import Settings
from models import backup as copies
from models.columns import unseal
from models.database import close_database, transaction
from models.people.members import Person
from models.schema import pending, upgrade
from services.county import backup as house_copies

SQLITE, TOOL, PORTABLE = "sqlite", "pg_dump", "portable"
_SIGNS = ((b"SQLite format 3\0", SQLITE), (b"PGDMP", TOOL), (b"\x1f\x8b", PORTABLE))
DAILY, WEEKLY = 7, 4
JOURNAL = "erasures.jsonl"
_FOLDER, _NAME = "backups", "jinqiu-{day}.backup"


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that stands and was checked."""

    path: Path
    rows: int
    size: int


async def make(settings: Settings, file: Path, *, by: str, now: datetime) -> Copy:
    """Copy the open database into `file` while others write; checked, whole or not there at all, mode 0600.

    The field key is never part of it. Raises `commands.file_exists`, `commands.backup_broken`.
    """
    if file.exists():
        raise Refusal("commands.file_exists", file=file.name)
    async with transaction():
        await house_copies.begin(now)
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        rows = await _copied(settings, part)
        _settle(part, file)
    except (ValueError, sqlite3.Error) as exc:
        raise Refusal("commands.backup_broken", problem=str(exc)) from exc
    finally:
        part.unlink(missing_ok=True)
    async with transaction():
        await house_copies.made(file.name, rows, by=by, now=now)
    return Copy(file, rows, file.stat().st_size)


async def _copied(settings: Settings, part: Path) -> int:
    """Copy and look into the copy; how many rows it holds."""
    if settings.is_sqlite:
        await asyncio.to_thread(copies.copy_sqlite, settings.database_file, part)
        return sum((await asyncio.to_thread(copies.look_into_sqlite, part)).values())
    if await tools.dump(settings.database_url, part):
        return await tools.row_count()
    return sum((await copies.write_portable(part, await pending())).values())


def _settle(part: Path, file: Path) -> None:
    """Under its name only when it is whole on disk."""
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def nightly(settings: Settings, now: datetime) -> dict[str, int]:
    """Tonight's copy in the data folder unless it stands already, and the old ones gone: 7 days, 4 weeks."""
    folder = settings.data_dir / _FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / _NAME.format(day=local_day(now).isoformat())
    is_new = not file.exists()
    if is_new:
        await make(settings, file, by="job:backup", now=now)
    standing = _standing(folder)
    gone = [path for day, path in standing.items() if day not in kept_days(standing)]
    for path in gone:
        path.unlink()
    return {"made": int(is_new), "deleted": len(gone)}


def _standing(folder: Path) -> dict[date, Path]:
    found = {}
    before, after = _NAME.split("{day}")
    for path in folder.glob(_NAME.format(day="*")):
        with suppress(ValueError):
            found[date.fromisoformat(path.name.removeprefix(before).removesuffix(after))] = path
    return found


def kept_days(days: Mapping[date, object]) -> set[date]:
    """The newest seven, and the newest of each of the newest four weeks."""
    newest = sorted(days, reverse=True)
    weeks: dict[tuple[int, int], date] = {}
    for day in newest:
        weeks.setdefault(day.isocalendar()[:2], day)
    return {*newest[:DAILY], *list(weeks.values())[:WEEKLY]}


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of a copy: when it was made, its rows, notices stopped, accounts erased again."""

    made_at: datetime | None
    rows: int
    stopped: int
    erased: int


async def restore(settings: Settings, file: Path, *, erasures: Path | None, by: str, now: datetime) -> Restored:
    """Put a copy into an empty database; afterwards it sends nothing old and has forgotten whom the journal names.

    Raises `commands.restore_not_empty`, `commands.backup_not_ours`, `commands.backup_wrong_key` and their like;
    then the database is as empty as before.
    """
    kind, rows = await _looked_into(file)
    _require_fitting(settings, kind)
    entries = _read_journal(settings, erasures)
    await _require_empty(settings)
    try:
        await _put_in(settings, kind, file)
        async with database(settings):
            await _require_key()
            await upgrade()
            stopped, erased, made_at = await _made_harmless(entries, by, now)
    except BaseException:
        await _take_out(settings)
        raise
    return Restored(made_at, rows, stopped, erased)


async def rehearse(settings: Settings, file: Path, *, by: str, now: datetime) -> int:
    """Read a copy as a restore would, without touching the open database but for the mark; how many rows."""
    kind, rows = await _looked_into(file)
    sealed: list[str] = []
    if kind == SQLITE:
        sealed = await asyncio.to_thread(copies.sealed_values_of_sqlite, file)
    elif kind == TOOL:
        _, sealed = await tools.read_through(file)
    if not _opens(sealed):
        raise Refusal("commands.backup_wrong_key")
    async with transaction():
        await house_copies.proved(by=by, now=now)
    return rows


async def _looked_into(file: Path) -> tuple[str, int]:
    with file.open("rb") as opened:
        head = opened.read(16)
    kind = next((kind for sign, kind in _SIGNS if head.startswith(sign)), None)
    try:
        if kind == SQLITE:
            return kind, sum((await asyncio.to_thread(copies.look_into_sqlite, file)).values())
        if kind == PORTABLE:
            return kind, sum((await asyncio.to_thread(copies.read_portable, file)).values())
        if kind == TOOL and await tools.is_whole(file):
            return kind, (await tools.read_through(file))[0]
    except ValueError as exc:
        raise Refusal("commands.backup_not_ours", file=file.name) from exc
    raise Refusal("commands.backup_not_ours", file=file.name)


def _require_fitting(settings: Settings, kind: str) -> None:
    if settings.is_sqlite and kind != SQLITE:
        raise Refusal("commands.backup_other_database", kind="PostgreSQL")
    if not settings.field_key and not (settings.data_dir / "field.key").exists():
        raise Refusal("commands.backup_no_key")


def _read_journal(settings: Settings, erasures: Path | None) -> list[dict[str, str]]:
    """The journal named, else the one in the data folder if there is one."""
    path = erasures or settings.data_dir / JOURNAL
    return list(journal.entries(path)) if erasures or path.exists() else []


async def _require_empty(settings: Settings) -> None:
    if settings.is_sqlite:
        if settings.database_file.exists():
            raise Refusal("commands.restore_not_empty")
        return
    async with database(settings):
        if not await copies.is_empty():
            raise Refusal("commands.restore_not_empty")


async def _put_in(settings: Settings, kind: str, file: Path) -> None:
    if kind == SQLITE and not settings.is_sqlite:
        await _put_across(settings, file)
    elif kind == SQLITE:
        await asyncio.to_thread(_place_file, file, settings.database_file)
    elif kind == TOOL:
        await tools.restore(settings.database_url, file)
    else:
        async with database(settings):
            await upgrade()
            async with transaction():
                await copies.restore_portable(file)


async def _put_across(settings: Settings, file: Path) -> None:
    """From the embedded database to PostgreSQL."""
    async with database(settings):
        await upgrade()
        try:
            async with transaction():
                await copies.restore_from_sqlite(file)
        except ValueError as exc:
            raise Refusal("commands.backup_other_release", problem=str(exc)) from exc


def _place_file(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        shutil.copyfile(file, part)
        _settle(part, target)
    finally:
        part.unlink(missing_ok=True)


async def _require_key() -> None:
    """A copy whose sealed fields don't open would serve with empty hands: better now than at the first call."""
    rows = Person.filter(phone__isnull=False).order_by("-id").limit(20)
    try:
        await rows
    except (InvalidTag, KeyError) as exc:
        raise Refusal("commands.backup_wrong_key") from exc


def _opens(sealed: list[str]) -> bool:
    try:
        for value in sealed:
            unseal(value, "person.phone")
    except (InvalidTag, KeyError):
        return False
    return True


async def _made_harmless(entries: list[dict[str, str]], by: str, now: datetime) -> tuple[int, int, datetime | None]:
    stopped = 0
    while True:
        async with transaction():
            portion = await house_copies.silence(now)
        stopped += portion
        if not portion:
            break
    async with transaction():
        erased = await house_copies.erase_again(entries, now=now)
        await house_copies.restored(by=by, now=now, erased=erased, stopped=stopped)
        return stopped, erased, await house_copies.made_at()


async def _take_out(settings: Settings) -> None:
    """A restore that failed leaves nothing half done behind."""
    await close_database()
    if settings.is_sqlite:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{settings.database_file}{suffix}").unlink(missing_ok=True)
    else:
        async with database(settings):
            await copies.empty_out()
