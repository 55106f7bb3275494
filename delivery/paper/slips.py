"""Binding slips (绑定条): sheets of eight to print and cut, or one as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import texts
from delivery.paper import code, day, fit, palette, shapes
from delivery.paper.canvas import Box, Canvas, Ink
from delivery.paper.document import A4, Document
from delivery.paper.ornaments import Pose, ginkgo
from delivery.paper.picture import Picture

WIDTH, HEIGHT = 97.0, 70.0
_COLUMNS, _ROWS = 2, 4
_LEFT, _TOP = (A4[0] - _COLUMNS * WIDTH) / 2, (A4[1] - _ROWS * HEIGHT) / 2
_SCALE = 11  # pixels a millimetre of the single picture
_DASH, _GAP = 2.0, 1.6

_HEADING = Ink(5, palette.MAROON, bold=True)
_NAME = Ink(9, palette.INK, bold=True)
_LABEL = Ink(4.0, palette.BARK)
_DIGITS = Ink(18, palette.INK, bold=True)
_HOW = Ink(4.5, palette.INK)


@dataclass(frozen=True)
class SlipFacts:
    """What one slip says; `link` may be empty when the platform gave no QR code."""

    code: str
    name: str
    community: str
    account: str
    phone: str
    valid_until: date
    link: str = ""


def pdf(slips: Sequence[SlipFacts]) -> bytes:
    """All slips on sheets of A4, eight a page, with lines to cut along; at least one slip is needed."""
    document = Document(
        A4,
        title=texts.render("paper.slip_document", community=slips[0].community),
        dated=slips[0].valid_until,
    )
    for first in range(0, len(slips), _COLUMNS * _ROWS):
        document.begin_page()
        _cut_lines(document)
        for place, slip in enumerate(slips[first : first + _COLUMNS * _ROWS]):
            row, column = divmod(place, _COLUMNS)
            document.scale(1.0, (_LEFT + column * WIDTH, _TOP + row * HEIGHT))
            draw(document, slip)
        document.scale(1.0, (0.0, 0.0))
    return document.pdf()


def png(slip: SlipFacts) -> bytes:
    """One slip as a picture of 1067 × 770 pixels."""
    picture = Picture(WIDTH, HEIGHT, scale=_SCALE, paper=palette.WHITE)
    draw(picture, slip)
    return picture.png()


def draw(canvas: Canvas, slip: SlipFacts) -> None:
    """The layout of one slip, 97 × 70."""
    ginkgo(canvas, Pose((87.5, 2.8), 4.8, 205), palette.GOLD, palette.AMBER)
    ginkgo(canvas, Pose((91.5, 4.0), 4, 235), palette.HONEY, palette.GOLD)
    heading = texts.render("paper.slip_heading", community=slip.community)
    fit.lay(canvas, heading, Box(5, 4.5, 78, 5), _HEADING, side="left")
    _words(canvas, slip, Box(5, 10.2, 53 if slip.link else 78, 33))
    if slip.link:
        code.draw(canvas, slip.link, Box(59.5, 8.6, 34.5, 34.5), palette.INK)
    _how(canvas, slip)


def _words(canvas: Canvas, slip: SlipFacts, box: Box) -> None:
    name = Box(box.left, box.top - 0.2, box.width, 10)
    fit.lay_name(canvas, slip.name, name, _NAME, side="left")
    fit.lay(canvas, texts.render("paper.slip_code"), Box(box.left, 20.5, box.width, 4.6), _LABEL, side="left")
    fit.lay(canvas, slip.code, Box(box.left - 0.8, 24.6, box.width, 18), _DIGITS, side="left")


def _how(canvas: Canvas, slip: SlipFacts) -> None:
    key = "paper.slip_how" if slip.link else "paper.slip_how_without_link"
    how = texts.render(key, code=slip.code, name=slip.name, account=slip.account)
    canvas.fill(shapes.rounded(Box(3.5, 43.6, 90, 24.2), 2), palette.CREAM)
    fit.lay(canvas, how, Box(5.5, 44.8, 86, 11.3), _HOW, side="left")
    until = texts.render("paper.slip_until", day=day.in_words(slip.valid_until), phone=slip.phone)
    fit.lay(canvas, until, Box(5.5, 57, 86, 10.1), _LABEL, side="left")


def _cut_lines(document: Document) -> None:
    for column in range(_COLUMNS + 1):
        x = _LEFT + column * WIDTH
        _dashes(document, (x, 0.0), (x, A4[1]))
    for row in range(_ROWS + 1):
        y = _TOP + row * HEIGHT
        _dashes(document, (0.0, y), (A4[0], y))


def _dashes(document: Document, start: tuple[float, float], end: tuple[float, float]) -> None:
    length = max(end[0] - start[0], end[1] - start[1])
    across, down = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    for number in range(int(length / (_DASH + _GAP)) + 1):
        far = number * (_DASH + _GAP)
        here = (start[0] + across * far, start[1] + down * far)
        document.stroke([here, (here[0] + across * _DASH, here[1] + down * _DASH)], palette.GREY, 0.2)
