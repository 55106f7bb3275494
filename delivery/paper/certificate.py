"""The numbered certificate of a check-in (报到证), as a picture for the chat and as a PDF on A5."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import texts
from delivery.paper import code, day, fit, palette, shapes
from delivery.paper.canvas import Box, Canvas, Ink
from delivery.paper.document import A5, Document
from delivery.paper.ornaments import Pose, blossom, ginkgo, sprig
from delivery.paper.picture import Picture

WIDTH, HEIGHT = 180.0, 240.0
_SCALE = 6  # pixels a millimetre: 1080 × 1440
_KICKER = Ink(9, palette.MOSS)
_TITLE = Ink(32, palette.MAROON, bold=True)
_NAME = Ink(30, palette.INK, bold=True)
_STRONG = Ink(14, palette.BARK, bold=True)
_PLAIN = Ink(9, palette.BARK)
_MEMBERSHIP = Ink(10, palette.BARK, bold=True)
_FACT = Ink(11, palette.INK, bold=True)


@dataclass(frozen=True)
class CertificateFacts:
    """What the certificate says; of the person nothing but the name (promise V7)."""

    number: str
    name: str
    community: str
    issued: date
    link: str  # the page that verifies the certificate


def png(facts: CertificateFacts) -> bytes:
    """The certificate as a picture of 1080 × 1440 pixels, below 300 KB."""
    picture = Picture(WIDTH, HEIGHT, scale=_SCALE, paper=palette.CREAM)
    draw(picture, facts)
    return picture.png()


def pdf(facts: CertificateFacts) -> bytes:
    """The same certificate on one page of A5."""
    return pdf_of([facts])


def pdf_of(several: Sequence[CertificateFacts]) -> bytes:
    """Several certificates in one document, a page of A5 each; at least one is needed."""
    document = Document(A5, title=texts.render("paper.certificate_title"), dated=several[0].issued)
    factor = A5[0] / WIDTH
    for facts in several:
        document.begin_page(palette.CREAM)
        document.scale(factor, (0.0, (A5[1] - HEIGHT * factor) / 2))
        draw(document, facts)
    return document.pdf()


def draw(canvas: Canvas, facts: CertificateFacts) -> None:
    """The layout of both, 180 × 240; no type is smaller than 9, which a phone shows in 18 px (promise E1)."""
    _autumn(canvas)
    fit.lay(canvas, texts.render("paper.certificate_kicker"), Box(45, 16, 90, 10), _KICKER)
    fit.lay(canvas, texts.render("paper.certificate_title"), Box(25, 29, 130, 33), _TITLE)
    fit.lay_name(canvas, facts.name, Box(16, 74, 148, 31), _NAME)
    fit.lay(
        canvas,
        texts.render("paper.certificate_at", community=facts.community),
        Box(16, 112, 148, 23),
        _STRONG,
    )
    _rows(canvas, facts)
    _proof(canvas, facts)


def _rows(canvas: Canvas, facts: CertificateFacts) -> None:
    number, issued = Box(46, 141, 116, 11), Box(46, 155, 116, 11)
    words = (
        (number, "paper.certificate_number", facts.number),
        (issued, "paper.certificate_date", day.in_words(facts.issued)),
    )
    ink = min((fit.on_one_line(value, box, _FACT) for box, _, value in words), key=lambda fact: fact.size)
    for box, label, value in words:
        fit.lay(
            canvas,
            texts.render(label),
            Box(20, box.top, 24, 11),
            replace(ink, colour=palette.BARK, bold=False),
            side="left",
        )
        fit.lay(canvas, value, box, ink, side="left")


def _proof(canvas: Canvas, facts: CertificateFacts) -> None:
    ground = Box(18, 173, 49, 49)
    canvas.fill(shapes.rounded(ground, 3), palette.WHITE)
    code.draw(canvas, facts.link, ground, palette.BARK)
    membership, scan = texts.render("paper.certificate_membership"), texts.render("paper.certificate_scan")
    fit.lay(canvas, membership, Box(71, 178, 94, 10.5), _MEMBERSHIP, side="left")
    fit.lay(canvas, scan, Box(71, 194, 94, 9.5), _PLAIN, side="left")


def _autumn(canvas: Canvas) -> None:
    canvas.stroke(shapes.closed(shapes.rounded(Box(6, 6, 168, 228), 6)), palette.GOLD, 1.2)
    canvas.stroke(shapes.closed(shapes.rounded(Box(8.6, 8.6, 162.8, 222.8), 4.2)), palette.HONEY, 0.5)
    sprig(canvas, Pose((1, 1), 36, 137))
    for x, y, length, turn, colour, vein in _FALLEN:
        ginkgo(canvas, Pose((x, y), length, turn), colour, vein)
    canvas.stroke([(50, 68), (82, 68)], palette.GOLD, 0.6)
    canvas.stroke([(98, 68), (130, 68)], palette.GOLD, 0.6)
    for across, size in ((85.5, 1.7), (90.0, 2.4), (94.5, 1.7)):
        blossom(canvas, (across, 68), size)


_FALLEN = (
    (168, 20, 24, 217, palette.GOLD, palette.AMBER),
    (177, 41, 19, 258, palette.HONEY, palette.GOLD),
    (155, 8, 16, 190, palette.HONEY, palette.GOLD),
    (168, 231, 21, -38, palette.GOLD, palette.AMBER),
    (149, 235, 15, -12, palette.HONEY, palette.GOLD),
)
