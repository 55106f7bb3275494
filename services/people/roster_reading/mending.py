"""A foreign table corrected in place: in which cells the trouble of a row lies, and the table with other words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import texts
from kit.spreadsheets import MOST_COLUMNS, Table
from services.people.roster_reading.cleaning import without_identity
from services.people.roster_reading.drafts import Column, Problem, RosterReading, RowReading
from services.people.roster_reading.words import CAPABILITY

MOST_CELLS = 4
"""Fields that one row asks for at a time (promise E13)."""
_WHO = ("name", "phone", "birth")
"""What tells one person from another."""
_ADDRESS = re.compile(r"([A-Z]{1,2})([1-9]\d{0,5})")
_SUBJECT = re.compile(r"row_([a-z]+)")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its address as the spreadsheet's own program shows it (`E5`), its heading, and what stands there."""

    address: str
    heading: str
    words: str
    is_wrong: bool = False


def wants_mending(row: RowReading) -> bool:
    """Whether the row stays out as it stands: an error, or a second row of somebody."""
    return row.status in ("error", "duplicate")


def cells_to_mend(row: RowReading, reading: RosterReading, table: Table, words: Mapping[str, str]) -> tuple[Cell, ...]:
    """The few cells of a row to look at: what `words` has changed, what its problems speak of, else the first ones."""
    changed = [one for one in reading.columns if f"{one.letter}{row.number}" in words]
    graver = [problem for problem in row.problems if problem.level in ("error", "duplicate")]
    wrong = [one for problem in graver for one in _columns_of(problem, reading.columns)]
    chosen = list(dict.fromkeys([*changed, *wrong]))[: max(MOST_CELLS, len(changed))] or reading.columns[:MOST_CELLS]
    in_order = sorted(chosen, key=lambda one: _index(one.letter))
    return tuple(_cell(row.number, one, table, is_wrong=one in wrong) for one in in_order)


def _columns_of(problem: Problem, columns: Sequence[Column]) -> list[Column]:
    subject = _SUBJECT.search(problem.key)
    named = (subject[1],) if subject else ()
    labels = texts.section(CAPABILITY, "fields")
    if heading := problem.facts.get("heading"):
        return [one for one in columns if heading in (one.heading, labels.get(one.field))]
    fields = named if any(one.field in named for one in columns) else _WHO
    return [one for one in columns if one.field in fields]


def _cell(number: int, column: Column, table: Table, *, is_wrong: bool) -> Cell:
    address = f"{column.letter}{number}"
    return Cell(address, column.heading, _shown(table, address), is_wrong)


def corrections(table: Table, sent: Mapping[str, str]) -> dict[str, str]:
    """Of what a form sent, by address: the cells of this table that now say something else than it showed."""
    return {
        address: words
        for address, words in sent.items()
        if (found := _found(table, address)) and found[1] < MOST_COLUMNS and words != _shown(table, address)
    }


def corrected(table: Table, words: Mapping[str, str]) -> Table:
    """The table with these `corrections` in it."""
    rows = [list(row) for row in table.rows]
    for address, text in words.items():
        if found := _found(table, address):
            row, index = rows[found[0]], found[1]
            row.extend([""] * (index + 1 - len(row)))
            row[index] = text
    return Table(table.sheet, rows)


def _shown(table: Table, address: str) -> str:
    """What stands at an address, without any identity number: we show none."""
    found = _found(table, address)
    row = table.rows[found[0]] if found else []
    return without_identity(row[found[1]]) if found and found[1] < len(row) else ""


def _found(table: Table, address: str) -> tuple[int, int] | None:
    """Row and column of an address, counted from 0."""
    found = _ADDRESS.fullmatch(address)
    if not found or int(found[2]) > len(table.rows):
        return None
    return int(found[2]) - 1, _index(found[1])


def _index(letter: str) -> int:
    number = 0
    for one in letter:
        number = number * 26 + ord(one) - ord("A") + 1
    return number - 1
