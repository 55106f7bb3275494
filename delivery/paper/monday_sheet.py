"""The seven lines of a Monday on one sheet: what waits, how many, and room to write who sees to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import texts
from delivery.paper import day, fit, palette
from delivery.paper.canvas import Box, Canvas, Ink
from delivery.paper.document import A4, Document

_MARGIN = 18.0
_WIDE = A4[0] - 2 * _MARGIN
_TOP, _ROW, _BOX = 58.0, 30.0, 8.0
_TITLE = Ink(11, palette.INK, bold=True)
_DAY = Ink(6, palette.BARK)
_LINE = Ink(8, palette.INK)
_COUNT = Ink(11, palette.MAROON, bold=True)
_WELL = Ink(8, palette.MOSS)
_SMALL = Ink(4.6, palette.BARK)


@dataclass(frozen=True)
class MondaySheetFacts:
    """What stands on the first page: the lines in words with their counts, 0 where all is well."""

    title: str
    dated: date
    lines: tuple[tuple[str, int], ...]


def pdf(facts: MondaySheetFacts) -> bytes:
    """One page of A4."""
    document = Document(A4, title=facts.title, dated=facts.dated)
    document.begin_page()
    draw(document, facts)
    return document.pdf()


def draw(canvas: Canvas, facts: MondaySheetFacts) -> None:
    """Title, the lines, and the day it was printed."""
    fit.lay(canvas, facts.title, Box(_MARGIN, 16, _WIDE, 15), _TITLE, side="left")
    fit.lay(canvas, day.in_words(facts.dated), Box(_MARGIN, 34, _WIDE, 9), _DAY, side="left")
    for place, (words, count) in enumerate(facts.lines):
        _draw_line(canvas, words, count, _TOP + place * _ROW)
    note = texts.render("paper.monday_kept")
    fit.lay(canvas, note, Box(_MARGIN, A4[1] - 24, _WIDE, 7), _SMALL, side="left")


def _draw_line(canvas: Canvas, words: str, count: int, top: float) -> None:
    fit.lay(canvas, words, Box(_MARGIN + 14, top, 112, 12), _LINE, side="left")
    said, ink = (str(count), _COUNT) if count else (texts.render("console.all_well"), _WELL)
    fit.lay(canvas, said, Box(_MARGIN + _WIDE - 44, top - 1, 44, 14), ink, side="right")
    if count:
        _draw_box(canvas, top + 1)
        fit.lay(canvas, texts.render("paper.monday_who"), Box(_MARGIN + 14, top + 15, 40, 7), _SMALL, side="left")
    canvas.stroke([(_MARGIN, top + _ROW - 5), (A4[0] - _MARGIN, top + _ROW - 5)], palette.GREY, 0.2)


def _draw_box(canvas: Canvas, top: float) -> None:
    """Room for a tick."""
    right, foot = _MARGIN + _BOX, top + _BOX
    canvas.stroke([(_MARGIN, top), (right, top), (right, foot), (_MARGIN, foot), (_MARGIN, top)], palette.INK, 0.4)
