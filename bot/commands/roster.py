"""`import`: a branch's own spreadsheet into the house, with a report per row, and back out again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import texts
from bot.commands.desk import DONE, REFUSED, command, complain, operator, say
from bot.house import database, process_name
from bot.portions import portion
from kit import clock
from kit.settings import Settings
from kit.spreadsheets import read_table_apart
from services.people import organisation, roster
from services.people.roster import Prepared, Run
from services.people.roster_reading import RosterReading, RowReading, heading_words, read_roster


@command
async def import_file(
    settings: Settings,
    /,
    file: Path,
    *,
    at: str | None = None,
    dry_run: bool = False,
    skip: frozenset[int] = frozenset(),
) -> int:
    """`import FILE [--at ORGANISATION] [--dry-run] [--skip 3,7]`: all or nothing, a line per row."""
    content = file.read_bytes()
    now = clock.now()
    table = await read_table_apart(content, file.name, heading_words())
    reading = read_roster(table, today=clock.local_day(now))
    run = Run(process_name(), portion, clock.machine_now)
    async with database(settings):
        if not dry_run:
            await roster.take_back_unfinished(by=operator(), now=now, run=run)
        place = await organisation.find(at) if at else None
        prepared = await roster.prepare(reading, at=place, skipping=skip)
        _report(prepared)
        if dry_run:
            verdicts = [row.match.verdict for row in prepared.rows]
            say("import_dry", **{name: verdicts.count(name) for name in ("new", "update", "same")})
            return REFUSED if prepared.is_blocked else DONE
        counted = await _whole_or_not_at_all(prepared, file.name, now, run)
    say("import_done", **counted)
    return DONE


async def _whole_or_not_at_all(prepared: Prepared, name: str, now: datetime, run: Run) -> dict[str, int]:
    """Every row, or none: what breaks on the way, or is broken off with Ctrl-C, is taken back here.

    A process that is killed takes nothing back; the service does, some minutes later.
    """
    try:
        return await roster.apply(prepared, by=operator(), file_name=name, now=now, run=run)
    except BaseException:
        await roster.take_back_unfinished(by=operator(), now=now, run=run)
        raise


@command
async def undo(settings: Settings, /) -> int:
    """`import --undo`: takes the last import back; who was touched since stays and is named."""
    async with database(settings):
        undone = await roster.undo_last(
            by=operator(), now=clock.now(), run=Run(process_name(), portion, clock.machine_now)
        )
    for one in undone.kept:
        say("undo_kept", name=one.name, why=texts.render(f"commands.kept_{one.reason}"))
    counted = {"removed": undone.removed, "restored": undone.restored, "kept": len(undone.kept)}
    say("undone", file=undone.file_name, **counted)
    return DONE


def _report(prepared: Prepared) -> None:
    _report_columns(prepared.reading)
    verdicts = {row.number: row.match.verdict for row in prepared.rows}
    for row in prepared.reading.rows:
        what = "skipped" if row.number in prepared.skipped else verdicts.get(row.number, row.status)
        print(_line(row, what))
    complain("roster.summary", **prepared.reading.counts())


def _report_columns(reading: RosterReading) -> None:
    fields = texts.section("roster", "fields")
    for column in reading.columns:
        key = "roster.column_guessed" if column.guessed else "roster.column_taken"
        print(
            texts.render(
                key, column=column.letter, heading=column.heading, field=fields.get(column.field, column.field)
            )
        )
    for ignored in reading.ignored:
        print(texts.render(f"roster.column_{ignored.reason}", column=ignored.letter, heading=ignored.heading))


def _line(row: RowReading, what: str) -> str:
    words = texts.section("commands", "words")
    said = "".join(texts.render(problem.key, **problem.facts) for problem in row.problems)
    key = "commands.import_row_why" if said else "commands.import_row"
    return texts.render(key, number=row.number, what=words[what], why=said)
