"""The page that layouts draw on, whether it becomes a picture or a PDF document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from delivery.paper import fonts

Point = tuple[float, float]


@dataclass(frozen=True)
class Ink:
    """How words look: the height of a Chinese character in millimetres, colour as #rrggbb, weight, line gap.

    The gap from line to line is `leading` × size; 1.5 for anything read, less only for titles (promise E2).
    """

    size: float
    colour: str
    bold: bool = False
    leading: float = 1.5

    def width_of(self, words: str) -> float:
        """How wide the words become, in millimetres."""
        return self.size * fonts.width(words, bold=self.bold)

    def height_of(self, lines: int) -> float:
        """How tall so many lines become, in millimetres."""
        return self.size * (1 + self.leading * (lines - 1))


@dataclass(frozen=True)
class Box:
    """A rectangle in millimetres from the top left corner of the page."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def centre(self) -> Point:
        return self.left + self.width / 2, self.top + self.height / 2

    def inset(self, by: float) -> Box:
        """The same box, smaller by this much on each side."""
        return Box(self.left + by, self.top + by, self.width - 2 * by, self.height - 2 * by)


class Canvas(Protocol):
    """Three strokes that both kinds of page know; millimetres from the top left corner, no transparency."""

    def write(self, words: str, at: Point, ink: Ink) -> None:
        """Words in one line; `at` is the left end of the base line."""
        ...

    def fill(self, corners: Sequence[Point], colour: str) -> None:
        """A filled polygon."""
        ...

    def stroke(self, path: Sequence[Point], colour: str, width: float) -> None:
        """An open line through the points."""
        ...
