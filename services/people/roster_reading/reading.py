"""A whole roster: from the rows of a foreign table to drafts of members, a report per row, doubles found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from kit.errors import Refusal
from kit.spreadsheets import Table
from services.people.roster_reading.drafts import (
    Column,
    Ignored,
    Level,
    MemberDraft,
    Problem,
    RosterReading,
    RowReading,
)
from services.people.roster_reading.headings import HeadingRow, find_heading_row
from services.people.roster_reading.rows import gather, read_row
from services.people.roster_reading.words import pattern, tidy

_SILENT = ("blank",)


def read_roster(table: Table, *, today: date) -> RosterReading:
    """Recognise the columns, read each person; `today` tells dates to come and unlikely ages.

    Raises `Refusal("roster.no_heading")` without a 姓名 column, `Refusal("roster.no_people")` without rows.
    """
    headings = find_heading_row(table.rows)
    rows = tuple(_marked_doubles(_rows(table.rows, headings, today)))
    if not any(row.status != "note" for row in rows):
        raise Refusal("roster.no_people")
    return RosterReading(table.sheet, headings.index + 1, _columns(headings), _ignored(headings), rows)


def _columns(headings: HeadingRow) -> tuple[Column, ...]:
    return tuple(
        Column(_letter(index), heading, meaning.field, meaning.guessed)
        for index, (heading, meaning) in enumerate(zip(headings.headings, headings.meanings, strict=True))
        if meaning.field
    )


def _ignored(headings: HeadingRow) -> tuple[Ignored, ...]:
    return tuple(
        Ignored(_letter(index), heading, meaning.reason)
        for index, (heading, meaning) in enumerate(zip(headings.headings, headings.meanings, strict=True))
        if not meaning.field and meaning.reason not in _SILENT
    )


def _letter(index: int) -> str:
    return chr(65 + index) if index < 26 else chr(64 + index // 26) + chr(65 + index % 26)


def _rows(rows: Sequence[Sequence[str]], headings: HeadingRow, today: date) -> Iterator[RowReading]:
    section = None
    for number, row in enumerate(rows[headings.index + 1 :], start=headings.index + 2):
        cells = gather(row, headings)
        said = {tidy(text) for text in row if text.strip()}
        if len(said) == 1 and pattern("section").fullmatch(alone := said.pop()):
            section = alone.rstrip(":")
        elif _is_note(row, headings):
            yield RowReading(number, None, (Problem("roster.row_note", "note"),))
        elif cells.texts or cells.problems:
            yield read_row(number, cells, section, today)


def _is_note(row: Sequence[str], headings: HeadingRow) -> bool:
    """A total, a remark of whoever made the list, or the headings again at the top of a printed page."""
    said = [tidy(text) for text in row if text.strip()]
    if not said or tuple("".join(text.split()) for text in row) == headings.headings[: len(row)]:
        return bool(said)
    return bool(pattern("note").fullmatch(said[0]))


def _marked_doubles(rows: Iterator[RowReading]) -> Iterator[RowReading]:
    """The second row of a person is named with the number of the first."""
    seen: dict[tuple[str, ...], int] = {}
    namesakes: dict[str, tuple[int, MemberDraft]] = {}
    for row in rows:
        draft = row.draft
        if draft is None:
            yield row
            continue
        marks = _marks(draft)
        first = next((seen[mark] for mark in marks if mark in seen), None)
        other = namesakes.get(draft.name)
        if first is not None:
            row = _with(row, "roster.row_same_person", "duplicate", first)
        elif other and not (marks and _marks(other[1])) and _may_be_same(draft, other[1]):
            row = _with(row, "roster.row_maybe_same_person", "error", other[0])
        for mark in marks:
            seen.setdefault(mark, row.number)
        namesakes.setdefault(draft.name, (row.number, draft))
        yield row


def _marks(draft: MemberDraft) -> list[tuple[str, ...]]:
    """What tells one person from a namesake: the phone, or a whole date of birth."""
    whole = draft.birth is not None and draft.birth.count("-") == 2
    phone = [("phone", draft.name, draft.phone)] if draft.phone else []
    birth = [("birth", draft.name, draft.birth_calendar, draft.birth or "")] if whole else []
    return [*phone, *birth]


def _may_be_same(draft: MemberDraft, other: MemberDraft) -> bool:
    return draft.branch is None or other.branch is None or draft.branch == other.branch


def _with(row: RowReading, key: str, level: Level, other: int) -> RowReading:
    return replace(row, problems=(*row.problems, Problem(key, level, {"other": other})))
