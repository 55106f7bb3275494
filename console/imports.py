"""The branch's own spreadsheet: dropped, read row by row, looked at, applied, taken back."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from aiohttp.web_request import FileField

import texts
from console.desk import Desk
from console.guard import staff
from kit.clock import local_day, machine_now
from kit.errors import Refusal
from kit.spreadsheets import read_table_apart
from services import audit, desk, roster
from services.roster import Prepared, Run
from services.roster_reading import RowReading, heading_words, read_roster

PATH = "/console/imports"
MOST_BYTES = 5 * 2**20


async def sheet(at: Desk) -> web.Response:
    """Where to drop the file."""
    return at.show("import.html", prepared=None, rows=(), columns=(), kept="", counted=None)


async def look(at: Desk) -> web.Response:
    """The file as it was understood: columns, doubles, errors, row by row; nothing is stored of it but the file."""
    name, content = await _uploaded(at)
    prepared = await _prepared(at, name, content)
    kept = at.doors.shelf.keep(at.opened.row.id, name, content)
    return _shown(at, prepared, kept)


async def apply(at: Desk) -> web.StreamResponse:
    """All rows or none; those ticked off stay out."""
    form = await at.request.post()
    kept = str(form.get("kept", ""))
    name, content = at.doors.shelf.take(at.opened.row.id, kept)
    skipping = frozenset(int(str(one)) for one in form.getall("skip", []) if str(one).isdigit())
    prepared = await _prepared(at, name, content, skipping)
    if prepared.is_blocked:
        return _shown(at, prepared, at.doors.shelf.keep(at.opened.row.id, name, content))
    by, run = audit.by_person(at.opened.person), _run(at)
    try:
        counted = await roster.apply(prepared, by=by, file_name=name, now=at.now, run=run)
    except BaseException:
        await roster.take_back_unfinished(by=by, now=at.now, run=run)
        raise
    return at.show("import.html", prepared=None, rows=(), columns=(), kept="", counted=counted)


async def undo(at: Desk) -> web.StreamResponse:
    """The own last import, taken back; who was touched since stays and is named."""
    by, run = audit.by_person(at.opened.person), _run(at)
    undone = await roster.undo_last(by=by, now=at.now, run=run, only_own=True)
    return at.show("import_undone.html", undone=undone)


def _run(at: Desk) -> Run:
    return Run(f"console:{at.opened.row.id}", at.doors.portion, machine_now)


async def _uploaded(at: Desk) -> tuple[str, bytes]:
    file = (await at.request.post()).get("file")
    if not isinstance(file, FileField):
        raise Refusal("console.file_wanted")
    return file.filename[-80:], file.file.read(MOST_BYTES + 1)


async def _prepared(at: Desk, name: str, content: bytes, skipping: frozenset[int] = frozenset()) -> Prepared:
    table = await read_table_apart(content, name, heading_words())
    reading = read_roster(table, today=local_day(at.now))
    prepared = await roster.prepare(reading, at=await desk.home_place(at.reach), skipping=skipping)
    await desk.require_within(prepared, at.reach)
    return prepared


def _shown(at: Desk, prepared: Prepared, kept: str) -> web.Response:
    verdicts = {row.number: row.match.verdict for row in prepared.rows}
    rows = [(row, _verdict(row, verdicts), _why(row)) for row in prepared.reading.rows]
    fields = texts.section("roster", "fields")
    columns = [(one.heading, fields.get(one.field, one.field), one.guessed) for one in prepared.reading.columns]
    return at.show("import.html", prepared=prepared, rows=rows, columns=columns, kept=kept, counted=None)


def _verdict(row: RowReading, verdicts: Mapping[int, str]) -> str:
    said: str = texts.section("commands", "words")[verdicts.get(row.number, row.status)]
    return said


def _why(row: RowReading) -> str:
    return "".join(texts.render(problem.key, **problem.facts) for problem in row.problems)


def routes() -> list[web.AbstractRouteDef]:
    """Drop, look, apply, take back. Long work opens its own short transactions."""
    return [
        web.get(PATH, staff(sheet)),
        web.post(PATH, staff(look, saves=False, most_bytes=MOST_BYTES + 2**16)),
        web.post(PATH + "/apply", staff(apply, saves=False)),
        web.post(PATH + "/undo", staff(undo, saves=False)),
    ]
