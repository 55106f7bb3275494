"""`backup` and `restore`: the whole house into one file and back."""

from __future__ import annotations

from pathlib import Path

from bot import backup as copies
from bot.commands.desk import DONE, command, operator, say
from bot.house import database
from kit import clock
from kit.settings import Settings


@command
async def backup(settings: Settings, /, file: Path) -> int:
    """`backup FILE`: while the service runs or not; the field key is not in it."""
    async with database(settings):
        made = await copies.make(settings, file, by=operator(), now=clock.now())
    say("backup_done", file=file.name, rows=made.rows, kilobytes=-(-made.size // 1024))
    return DONE


@command
async def restore(settings: Settings, /, file: Path, *, erasures: Path | None = None) -> int:
    """`restore FILE [--erasures FILE]`: into an empty data folder and database, with the service stopped."""
    done = await copies.restore(settings, file, erasures=erasures, by=operator(), now=clock.now())
    made = clock.local(done.made_at).strftime("%Y-%m-%d %H:%M") if done.made_at else "?"
    say("restore_done", made=made, rows=done.rows, stopped=done.stopped, erased=done.erased)
    return DONE


@command
async def rehearse(settings: Settings, /, file: Path) -> int:
    """`restore FILE --rehearse`: reads a copy through with the key at hand, beside the running service."""
    async with database(settings):
        rows = await copies.rehearse(settings, file, by=operator(), now=clock.now())
    say("rehearsed", rows=rows)
    return DONE
