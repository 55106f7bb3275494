"""The branch's own spreadsheet: dropped, read row by row, corrected on the page, applied, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from aiohttp import web
from aiohttp.web_request import FileField

import texts
from console.desk import Desk
from console.guard import staff
from kit.clock import local_day, machine_now
from kit.errors import Refusal
from kit.spreadsheets import Table, read_table_apart
from services.county import desk
from services.people import audit, roster
from services.people.roster import Prepared, Run
from services.people.roster_reading import (
    Cell,
    RosterReading,
    RowReading,
    cells_to_mend,
    corrected,
    corrections,
    heading_words,
    read_roster,
    wants_mending,
)

PATH = "/console/imports"
MOST_BYTES = 5 * 2**20
_CELL = "cell-"
_MOST_CARDS = 50
"""Rows to correct on one page; the next ones come up as these are done."""
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was read: with the words corrected on the page, by address, already in its table."""

    name: str
    table: Table
    words: Mapping[str, str]
    prepared: Prepared

    @property
    def reading(self) -> RosterReading:
        """Its rows and columns, every problem found."""
        return self.prepared.reading

    def parted(self, most: int) -> tuple[list[RowReading], list[RowReading]]:
        """Rows to correct, those that were corrected among them, and all others."""
        touched = {int("".join(filter(str.isdigit, address))) for address in self.words}
        first = [row for row in self.reading.rows if row.number in touched]
        waiting = [row for row in self.reading.rows if wants_mending(row) and row.number not in touched]
        chosen = sorted([*first, *waiting[:most]], key=lambda row: row.number)
        shown = {row.number for row in chosen}
        return chosen, [row for row in self.reading.rows if row.number not in shown]

    def cells(self, row: RowReading) -> tuple[Cell, ...]:
        """The fields its card shows."""
        return cells_to_mend(row, self.reading, self.table, self.words)


async def sheet(at: Desk) -> web.Response:
    """Where to drop the file."""
    return at.show("import.html", seen=None, counted=None)


async def look(at: Desk) -> web.Response:
    """The file as it was understood: columns, doubles, errors, row by row; nothing is stored of it but the file."""
    name, content = await _uploaded(at)
    seen = await _seen(at, name, content)
    return _shown(at, seen, at.doors.shelf.keep(at.opened.person.id, name, content))


async def again(at: Desk) -> web.Response:
    """The same file once more, with the cells that were corrected on the page."""
    mark, seen = await _from_the_shelf(at)
    return _shown(at, seen, mark, is_again=True)


async def apply(at: Desk) -> web.StreamResponse:
    """All rows or none, with the corrections; those ticked off stay out."""
    mark, seen = await _from_the_shelf(at)
    if seen.prepared.is_blocked:
        return _shown(at, seen, mark, is_again=True)
    at.doors.shelf.drop(at.opened.person.id, mark)
    by, run = audit.by_person(at.opened.person), _run(at)
    try:
        counted = await roster.apply(seen.prepared, by=by, file_name=seen.name, now=at.now, run=run)
    except BaseException:
        await roster.take_back_unfinished(by=by, now=at.now, run=run)
        raise
    return at.show("import.html", seen=None, counted=counted)


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


async def _from_the_shelf(at: Desk) -> tuple[str, Seen]:
    form = await at.request.post()
    mark = str(form.get("kept", ""))
    name, content = at.doors.shelf.read(at.opened.person.id, mark)
    skipping = frozenset(int(str(one)) for one in form.getall("skip", []) if str(one).isdigit())
    sent = {field.removeprefix(_CELL): str(said) for field, said in form.items() if field.startswith(_CELL)}
    return mark, await _seen(at, name, content, skipping, sent)


async def _seen(
    at: Desk, name: str, content: bytes, skipping: frozenset[int] = frozenset(), sent: Mapping[str, str] = _NOTHING
) -> Seen:
    table = await read_table_apart(content, name, heading_words())
    words = corrections(table, sent)
    mended = corrected(table, words)
    reading = read_roster(mended, today=local_day(at.now))
    prepared = await roster.prepare(reading, at=await desk.home_place(at.reach), skipping=skipping)
    await desk.require_within(prepared, at.reach)
    return Seen(name, mended, words, prepared)


def _shown(at: Desk, seen: Seen, kept: str, *, is_again: bool = False) -> web.Response:
    fields = texts.section("roster", "fields")
    columns = [(one.heading, fields.get(one.field, one.field), one.guessed) for one in seen.reading.columns]
    verdicts = {one.number: str(one.match.verdict) for one in seen.prepared.rows}
    verdicts |= dict.fromkeys(seen.prepared.skipped, "skipped")
    to_mend, others = seen.parted(_MOST_CARDS)
    left = [row.number for row in seen.reading.rows if row.status == "error"
            and row.number not in seen.prepared.skipped]  # fmt: skip
    return at.show(
        "import.html",
        seen=seen, kept=kept, columns=columns, is_again=is_again, counted=None, left=left,
        cards=[(row, _why(row), seen.cells(row)) for row in to_mend],
        rows=[(row, _verdict(row, verdicts), _why(row)) for row in others],
    )  # fmt: skip


def _verdict(row: RowReading, verdicts: Mapping[int, str]) -> str:
    said: str = texts.section("commands", "words")[verdicts.get(row.number, row.status)]
    return said


def _why(row: RowReading) -> str:
    """What to look at; a page says otherwise what for a command ends in the names of its options."""
    here = texts.section("console", "say")
    keys = [(problem, f"console.{problem.key.partition('.')[2]}") for problem in row.problems]
    return "".join(
        texts.render(own if own.partition(".")[2] in here else problem.key, **problem.facts) for problem, own in keys
    )


def routes() -> list[web.AbstractRouteDef]:
    """Drop, look, correct, apply, take back. Long work opens its own short transactions."""
    return [
        web.get(PATH, staff(sheet)),
        web.post(PATH, staff(look, saves=False, most_bytes=MOST_BYTES + 2**16)),
        web.post(PATH + "/again", staff(again, saves=False)),
        web.post(PATH + "/apply", staff(apply, saves=False)),
        web.post(PATH + "/undo", staff(undo, saves=False)),
    ]
