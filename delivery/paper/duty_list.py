"""The list of visits by name: what was due, how it stands, and the sum that adds up to the roster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import texts
from delivery.paper import day, fit, palette
from delivery.paper.canvas import Box, Ink
from delivery.paper.document import A4, Document

_MARGIN = 16.0
_WIDE = A4[0] - 2 * _MARGIN
_ROW = 8.2
_TOP, _FOOT = 44.0, A4[1] - 18
_COLUMNS = ((0.0, 34.0), (34.0, 44.0), (78.0, 40.0), (118.0, 34.0), (152.0, 26.0))
_TITLE = Ink(9, palette.INK, bold=True)
_SUM = Ink(5, palette.INK)
_HEAD = Ink(4.2, palette.BARK, bold=True)
_ENTRY = Ink(4.6, palette.INK)
_HEADINGS = ("duties_day", "duties_occasion", "duties_name", "duties_visitor", "duties_standing")


@dataclass(frozen=True)
class DutyRow:
    """One duty in words."""

    day: str
    occasion: str
    name: str
    visitor: str
    standing: str

    @property
    def cells(self) -> tuple[str, ...]:
        """In the order of the columns."""
        return (self.day, self.occasion, self.name, self.visitor, self.standing)


@dataclass(frozen=True)
class DutyListFacts:
    """The list: `total` is the sentence with the sums, `missing` names whoever has no duty though others have."""

    title: str
    total: str
    missing: str
    dated: date
    rows: tuple[DutyRow, ...]


def pdf(facts: DutyListFacts) -> bytes:
    """The list on A4, as many pages as it needs; an empty one says so by its sums."""
    document = Document(A4, title=facts.title, dated=facts.dated)
    pages = _pages(facts.rows)
    for number, rows in enumerate(pages, start=1):
        document.begin_page()
        _draw_page(document, facts, rows, texts.render("paper.sheet_page", page=number, pages=len(pages)))
    return document.pdf()


def headings() -> list[str]:
    """What stands above the columns, on paper and in a spreadsheet alike."""
    return [texts.render(f"paper.{key}") for key in _HEADINGS]


def _pages(rows: Sequence[DutyRow]) -> list[Sequence[DutyRow]]:
    many = int((_FOOT - _TOP - _ROW) / _ROW)
    return [rows[at : at + many] for at in range(0, len(rows), many)] or [()]


def _draw_page(document: Document, facts: DutyListFacts, rows: Sequence[DutyRow], page: str) -> None:
    fit.lay(document, facts.title, Box(_MARGIN, 12, _WIDE, 11), _TITLE, side="left")
    fit.lay(document, facts.total, Box(_MARGIN, 25, _WIDE, 7), _SUM, side="left")
    fit.lay(document, facts.missing, Box(_MARGIN, 33, _WIDE, 7), _SUM, side="left")
    _draw_row(document, headings(), _TOP, _HEAD)
    for place, row in enumerate(rows, start=1):
        _draw_row(document, row.cells, _TOP + place * _ROW, _ENTRY)
    note = texts.render("paper.duties_printed", day=day.in_words(facts.dated))
    fit.lay(document, note, Box(_MARGIN, A4[1] - 14, 120, 5), _HEAD, side="left")
    fit.lay(document, page, Box(A4[0] - _MARGIN - 42, A4[1] - 14, 42, 5), _HEAD, side="right")


def _draw_row(document: Document, cells: Sequence[str], top: float, ink: Ink) -> None:
    for words, (left, width) in zip(cells, _COLUMNS, strict=True):
        if words:
            fit.lay(document, words, Box(_MARGIN + left, top + 1.2, width - 2, _ROW - 2), ink, side="left")
    document.stroke([(_MARGIN, top + _ROW), (A4[0] - _MARGIN, top + _ROW)], palette.GREY, 0.2)
