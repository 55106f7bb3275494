"""A document of pages that becomes a PDF, drawn with fpdf2."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from fpdf import FPDF
from fpdf.enums import StrokeCapStyle, StrokeJoinStyle

from delivery.paper import fonts
from delivery.paper.canvas import Ink, Point

A3, A4, A5 = (297.0, 420.0), (210.0, 297.0), (148.0, 210.0)
_ROUND = StrokeCapStyle.ROUND
_HAIRLINE = 0.3  # below it nobody sees round ends, and asking fpdf2 for them costs more than the line
_POINTS = 72 / 25.4  # type sizes are told to fpdf2 in points


class Document:
    """A `Canvas` of pages in millimetres; what is drawn goes onto the last page begun."""

    def __init__(self, size: Point, *, title: str, dated: date) -> None:
        self._pdf = FPDF(unit="mm", format=size)
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        self._pdf.set_title(title)
        self._pdf.set_lang("zh-CN")
        # the day of the facts, not of the clock: the same facts give the same bytes
        self._pdf.set_creation_date(datetime(dated.year, dated.month, dated.day, tzinfo=UTC))
        self._families: set[tuple[str, str]] = set()
        self._frame = (0.0, 0.0, 1.0)

    def begin_page(self, paper: str = "#ffffff") -> None:
        """A new page of this colour."""
        self._pdf.add_page()
        if paper != "#ffffff":
            self._pdf.set_fill_color(paper)
            self._pdf.rect(0, 0, self._pdf.w, self._pdf.h, style="F")

    def scale(self, factor: float, origin: Point) -> None:
        """From now on a layout's millimetre is `factor` of paper, and its corner lies at `origin`."""
        self._frame = (*origin, factor)

    def write(self, words: str, at: Point, ink: Ink) -> None:
        """Words in one line from the left end of their base line."""
        x, y = self._place(at)
        self._pdf.set_text_color(ink.colour)
        for part, rare in fonts.runs(words):
            self._choose(ink, rare)
            self._pdf.text(x, y, part)
            x += ink.width_of(part) * self._frame[2]

    def fill(self, corners: Sequence[Point], colour: str) -> None:
        """A filled polygon."""
        self._pdf.set_fill_color(colour)
        self._pdf.polygon([self._place(corner) for corner in corners], style="F")

    def stroke(self, path: Sequence[Point], colour: str, width: float) -> None:
        """An open line through the points."""
        self._pdf.set_draw_color(colour)
        self._pdf.set_line_width(width * self._frame[2])
        corners = [self._place(point) for point in path]
        if width < _HAIRLINE:
            self._pdf.polyline(corners)
            return
        with self._pdf.local_context(stroke_cap_style=_ROUND, stroke_join_style=StrokeJoinStyle.ROUND):
            self._pdf.polyline(corners)

    def pdf(self) -> bytes:
        """The finished document; of the typefaces only the characters used are inside."""
        return bytes(self._pdf.output())

    def _choose(self, ink: Ink, rare: bool) -> None:
        family, style = ("rare" if rare else "sans"), ("B" if ink.bold else "")
        if (family, style) not in self._families:
            self._open(family, style)
        self._pdf.set_font(family, style, ink.size * self._frame[2] * _POINTS)

    def _open(self, family: str, style: str) -> None:
        bold = style == "B"
        if family == "rare":
            file, number = fonts.rare_path(bold=bold), fonts.SIMPLIFIED
        else:
            file, number = fonts.path(bold=bold), 0
        self._pdf.add_font(family, style, file, collection_font_number=number)
        self._families.add((family, style))

    def _place(self, point: Point) -> Point:
        left, top, factor = self._frame
        return left + point[0] * factor, top + point[1] * factor
