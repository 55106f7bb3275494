"""The check-in poster (报到) of a community: QR code, four steps, a telephone number, no names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import texts
from delivery.paper import code, fit, palette, shapes
from delivery.paper.canvas import Box, Canvas, Ink
from delivery.paper.document import A3, A4, Document
from delivery.paper.ornaments import Pose, blossom, ginkgo, sprig

WIDTH, HEIGHT = A3
_KICKER = Ink(17, palette.MOSS, bold=True)
_TITLE = Ink(47, palette.MAROON, bold=True, leading=1.2)
_SCAN = Ink(14, palette.BARK, bold=True)
_NUMBER = Ink(15, palette.WHITE, bold=True)
_STEP = Ink(14, palette.BARK, bold=True)
_DETAIL = Ink(9.5, palette.BARK)
_ASK = Ink(10.5, palette.BARK)
_PHONE = Ink(21, palette.MAROON, bold=True)


@dataclass(frozen=True)
class PosterFacts:
    """What the poster says; `made_on` only dates the file, it is not printed."""

    community: str
    phone: str
    link: str
    made_on: date


def pdf(facts: PosterFacts, *, a4: bool = False) -> bytes:
    """The poster on one page of A3, or the same smaller on A4."""
    size = A4 if a4 else A3
    title = texts.render("paper.poster_document", community=facts.community)
    document = Document(size, title=title, dated=facts.made_on)
    document.begin_page(palette.CREAM)
    factor = min(size[0] / WIDTH, size[1] / HEIGHT)
    document.scale(factor, ((size[0] - WIDTH * factor) / 2, (size[1] - HEIGHT * factor) / 2))
    draw(document, facts)
    return document.pdf()


def draw(canvas: Canvas, facts: PosterFacts) -> None:
    """The layout on A3."""
    _autumn(canvas)
    fit.lay(canvas, facts.community, Box(62, 20, 173, 19), _KICKER)
    fit.lay(canvas, texts.render("paper.poster_title"), Box(35, 43, 227, 104), _TITLE)
    ground = Box(97.5, 153, 102, 102)
    canvas.fill(shapes.rounded(ground, 5), palette.WHITE)
    canvas.stroke(shapes.closed(shapes.rounded(ground, 5)), palette.GOLD, 1)
    code.draw(canvas, facts.link, ground.inset(1), palette.INK)
    fit.lay(canvas, texts.render("paper.poster_scan"), Box(60, 259, 177, 16), _SCAN)
    for number, words in enumerate(texts.section("paper", "poster")["steps"]):
        _step(canvas, number, words)
    _foot(canvas, facts)


def _step(canvas: Canvas, number: int, words: list[str]) -> None:
    row, column = divmod(number, 2)
    box = Box(24 + column * 127, 282 + row * 35.5, 122, 32)
    canvas.fill(shapes.rounded(box, 4), palette.SAND)
    canvas.fill(shapes.circle((box.left + 15, box.top + 16), 10.5), palette.MAROON)
    fit.lay(canvas, str(number + 1), Box(box.left + 4.5, box.top + 8, 21, 16), _NUMBER)
    fit.lay(canvas, words[0], Box(box.left + 30, box.top + 4, 88, 14), _STEP, side="left")
    fit.lay(canvas, words[1], Box(box.left + 30, box.top + 20.5, 88, 9.5), _DETAIL, side="left")


def _foot(canvas: Canvas, facts: PosterFacts) -> None:
    fit.lay(canvas, texts.render("paper.poster_phone"), Box(40, 355, 217, 11), _ASK)
    fit.lay(canvas, texts.in_groups(facts.phone), Box(60, 368, 177, 22), _PHONE)
    fit.lay(canvas, texts.render("paper.poster_membership"), Box(52, 392, 193, 9), Ink(8, palette.BARK))


def _autumn(canvas: Canvas) -> None:
    canvas.stroke(shapes.closed(shapes.rounded(Box(9, 9, 279, 402), 9)), palette.GOLD, 1.8)
    canvas.stroke(shapes.closed(shapes.rounded(Box(13, 13, 271, 394), 6)), palette.HONEY, 0.8)
    sprig(canvas, Pose((2, 2), 56, 136))
    for x, y, length, turn, colour, vein in _FALLEN:
        ginkgo(canvas, Pose((x, y), length, turn), colour, vein)
    for x, y, size in (
        (74, 172, 4.5),
        (66, 186, 3.5),
        (80, 190, 3.0),
        (219, 236, 4.5),
        (229, 224, 3.5),
        (216, 221, 3.0),
    ):
        blossom(canvas, (x, y), size, x)


_FALLEN = (
    (272, 34, 40, 217, palette.GOLD, palette.AMBER),
    (287, 70, 31, 258, palette.HONEY, palette.GOLD),
    (250, 13, 27, 190, palette.HONEY, palette.GOLD),
    (62, 246, 24, -52, palette.HONEY, palette.GOLD),
    (72, 236, 30, -14, palette.GOLD, palette.AMBER),
    (228, 196, 28, 28, palette.GOLD, palette.AMBER),
    (282, 411, 34, -40, palette.GOLD, palette.AMBER),
    (16, 409, 26, 30, palette.HONEY, palette.GOLD),
)
