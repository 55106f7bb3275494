"""A page that becomes a PNG picture, drawn with Pillow at twice its size for smooth edges."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from delivery.paper import fonts
from delivery.paper.canvas import Ink, Point

_FINER = 2
_COLOURS = 128


@lru_cache(maxsize=64)
def _face(pixels: int, bold: bool, rare: bool) -> ImageFont.FreeTypeFont:
    basic = ImageFont.Layout.BASIC
    if rare:
        return ImageFont.truetype(fonts.rare_path(bold=bold), pixels, fonts.SIMPLIFIED, layout_engine=basic)
    return ImageFont.truetype(io.BytesIO(fonts.unpacked(bold=bold)), pixels, layout_engine=basic)


class Picture:
    """A `Canvas` of pixels; `scale` is pixels a millimetre."""

    def __init__(self, width: float, height: float, *, scale: int, paper: str) -> None:
        self._scale = scale * _FINER
        self._image = Image.new("RGB", (round(width * self._scale), round(height * self._scale)), paper)
        self._draw = ImageDraw.Draw(self._image)

    def write(self, words: str, at: Point, ink: Ink) -> None:
        """Words in one line from the left end of their base line."""
        x, y = self._pixels(at)
        for part, rare in fonts.runs(words):
            face = self._face(ink, rare)
            self._draw.text((x, y), part, font=face, fill=ink.colour, anchor="ls")
            x += face.getlength(part)

    def fill(self, corners: Sequence[Point], colour: str) -> None:
        """A filled polygon."""
        self._draw.polygon([self._pixels(corner) for corner in corners], fill=colour)

    def stroke(self, path: Sequence[Point], colour: str, width: float) -> None:
        """An open line through the points."""
        thickness = max(1, round(width * self._scale))
        self._draw.line([self._pixels(point) for point in path], fill=colour, width=thickness, joint="curve")

    def png(self) -> bytes:
        """The finished picture, in few colours so that it stays small in a chat."""
        small = self._image.reduce(_FINER)
        few = small.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        out = io.BytesIO()
        few.save(out, "PNG", compress_level=7)
        return out.getvalue()

    def _face(self, ink: Ink, rare: bool) -> ImageFont.FreeTypeFont:
        return _face(round(ink.size * self._scale), ink.bold, rare)

    def _pixels(self, point: Point) -> Point:
        return point[0] * self._scale, point[1] * self._scale
