"""A leaflet for members on one page: how to come in, what can be said, and a telephone, in large print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import texts
from delivery.paper import code, fit, palette, shapes
from delivery.paper.canvas import Box, Canvas, Ink
from delivery.paper.document import A4, Document
from delivery.paper.ornaments import Pose, ginkgo, sprig

_MARGIN = 18.0
_WIDE = A4[0] - 2 * _MARGIN
_CODE = Box(A4[0] - _MARGIN - 50, 44, 50, 50)
_TITLE = Ink(16, palette.MAROON, bold=True)
_HOW = Ink(8, palette.INK)
_SAY = Ink(8.5, palette.INK, bold=True)
_MEANS = Ink(7.5, palette.BARK)
_ROW = 17.5
_ASK = Ink(8, palette.BARK)
_PHONE = Ink(14, palette.MAROON, bold=True)


@dataclass(frozen=True)
class LeafletFacts:
    """What the leaflet says; `link` may be empty when the platform gave no QR code, `made_on` only dates the file."""

    community: str
    account: str
    phone: str
    made_on: date
    link: str = ""


def pdf(facts: LeafletFacts) -> bytes:
    """The leaflet on one page of A4."""
    title = texts.render("paper.leaflet_document", community=facts.community)
    document = Document(A4, title=title, dated=facts.made_on)
    document.begin_page(palette.CREAM)
    draw(document, facts)
    return document.pdf()


def draw(canvas: Canvas, facts: LeafletFacts) -> None:
    """The layout on A4."""
    frame = Box(9, 9, A4[0] - 18, A4[1] - 18)
    canvas.stroke(shapes.closed(shapes.rounded(frame, 6)), palette.GOLD, 1.4)
    sprig(canvas, Pose((2, 2), 34, 136))
    ginkgo(canvas, Pose((196, 14), 18, 217), palette.GOLD, palette.AMBER)
    heading = texts.render("paper.leaflet_title", community=facts.community)
    fit.lay(canvas, heading, Box(42, 16, 126, 22), _TITLE)
    _way_in(canvas, facts)
    for row, (say, means) in enumerate(texts.section("paper", "leaflet")["lines"]):
        _line(canvas, say, means, 116 + row * _ROW)
    fit.lay(canvas, texts.render("paper.leaflet_ask"), Box(_MARGIN, 258, _WIDE, 9), _ASK)
    fit.lay(canvas, texts.in_groups(facts.phone), Box(_MARGIN, 267.5, _WIDE, 15), _PHONE)


def _way_in(canvas: Canvas, facts: LeafletFacts) -> None:
    """How to follow the account: by the code, or by its name alone."""
    key = "paper.leaflet_scan" if facts.link else "paper.leaflet_search"
    width = _WIDE - (_CODE.width + 6 if facts.link else 0)
    fit.lay(canvas, texts.render(key, account=facts.account), Box(_MARGIN, 52, width, 50), _HOW, side="left")
    if facts.link:
        canvas.fill(shapes.rounded(_CODE, 3), palette.WHITE)
        code.draw(canvas, facts.link, _CODE.inset(1), palette.INK)
    canvas.stroke([(_MARGIN, 109), (A4[0] - _MARGIN, 109)], palette.GOLD, 0.6)


def _line(canvas: Canvas, say: str, means: str, top: float) -> None:
    canvas.fill(shapes.rounded(Box(_MARGIN, top, 62, _ROW - 3), 3), palette.SAND)
    fit.lay(canvas, say, Box(_MARGIN + 2, top + 2, 58, _ROW - 7), _SAY)
    fit.lay(canvas, means, Box(_MARGIN + 68, top + 1.5, _WIDE - 68, _ROW - 5), _MEANS, side="left")
