"""Pictures drawn by the server as plain shapes: no script, no style in the page, and the numbers stand beneath."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from services.county.desk.figures import Step

WIDTH, ROW, BAR = 640, 34, 22
_LABEL, _VALUE = 170, 70


@dataclass(frozen=True, slots=True)
class Rect:
    """A bar; `kind` names its colour in the style sheet."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a place; `anchor` is `start`, `middle` or `end`."""

    x: float
    y: float
    words: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the template turns into SVG."""

    width: float
    height: float
    rects: list[Rect] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    arcs: list[tuple[str, str]] = field(default_factory=list)


def bars(steps: Sequence[Step], labels: Sequence[str] = ()) -> Drawing:
    """A row for each step: the whole in grey, the part upon it; hidden counts show no bar."""
    most = max([1, *(one.whole or one.part or 0 for one in steps)])
    room = WIDTH - _LABEL - _VALUE
    drawing = Drawing(WIDTH, max(1, len(steps)) * ROW)
    for number, step in enumerate(steps):
        y = number * ROW + (ROW - BAR) / 2
        words = labels[number] if labels else step.label
        drawing.texts.append(Text(_LABEL - 10, y + BAR - 6, _short(words), "end"))
        drawing.rects.append(Rect(_LABEL, y, room * (step.whole or 0) / most, BAR, "whole"))
        drawing.rects.append(Rect(_LABEL, y, room * (step.part or 0) / most, BAR, "part"))
        drawing.texts.append(Text(WIDTH - _VALUE + 8, y + BAR - 6, _said(step)))
    return drawing


def _said(step: Step) -> str:
    if step.part is None or (step.whole is None and step.part is None):
        return "–"
    return f"{step.part}" if step.whole is None else f"{step.part}/{step.whole}"


def _short(words: str) -> str:
    return words if len(words) <= 10 else f"{words[:9]}…"


def pyramid(steps: Sequence[Step]) -> Drawing:
    """Two sides from the middle: `part` to the left, `whole` to the right."""
    most = max([1, *(max(one.part or 0, one.whole or 0) for one in steps)])
    half, middle = (WIDTH - 100) / 2 - 40, WIDTH / 2
    drawing = Drawing(WIDTH, max(1, len(steps)) * ROW)
    for number, step in enumerate(steps):
        y = number * ROW + (ROW - BAR) / 2
        left, right = half * (step.part or 0) / most, half * (step.whole or 0) / most
        drawing.rects.append(Rect(middle - 50 - left, y, left, BAR, "part"))
        drawing.rects.append(Rect(middle + 50, y, right, BAR, "other"))
        drawing.texts.append(Text(middle, y + BAR - 6, step.label, "middle"))
        drawing.texts.append(Text(middle - 56 - left, y + BAR - 6, _count(step.part), "end"))
        drawing.texts.append(Text(middle + 56 + right, y + BAR - 6, _count(step.whole)))
    return drawing


def _count(count: int | None) -> str:
    return "–" if count is None else str(count)


_SIZE, _ACROSS, _INNER, _OUTER = 420.0, 640.0, 70.0, 180.0
_LONGEST_MONTH = 31


def ring(steps: Sequence[Step], labels: Sequence[str], days: Sequence[tuple[date, str]] = ()) -> Drawing:
    """A year as a ring that begins at the top: each month reaches out as far as it has birthdays.

    `days` are marked by a line across the ring, with their words inside of it.
    """
    most, drawing = max([1, *(one.part or 0 for one in steps)]), Drawing(_ACROSS, _SIZE)
    for number, step in enumerate(steps):
        turn = 2 * math.pi / len(steps)
        outer = _INNER + (_OUTER - _INNER) * (step.part or 0) / most
        drawing.arcs.append((_arc(number * turn, (number + 1) * turn, outer), "part" if number % 2 else "other"))
        x, y = _at((number + 0.5) * turn, _OUTER + 12)
        side = "start" if number < len(steps) / 2 else "end"
        drawing.texts.append(Text(x, y + 5, f"{labels[number]} {_count(step.part)}", side))
    for day, words in days:
        _mark(drawing, 2 * math.pi * (day.month - 1 + (day.day - 0.5) / _LONGEST_MONTH) / 12, words)
    return drawing


def _mark(drawing: Drawing, angle: float, words: str) -> None:
    (ax, ay), (bx, by) = _at(angle, _INNER - 12), _at(angle, _OUTER)
    drawing.arcs.append((f"M{ax} {ay}L{bx} {by}", "mark"))
    x, y = _at(angle, _INNER - 32)
    drawing.texts.append(Text(x, y + 5, words, "middle"))


def _at(angle: float, radius: float) -> tuple[float, float]:
    return round(_ACROSS / 2 + radius * math.sin(angle), 1), round(_SIZE / 2 - radius * math.cos(angle), 1)


def _arc(begin: float, end: float, outer: float) -> str:
    """The path of one piece of the ring."""
    (ax, ay), (bx, by) = _at(begin, _INNER), _at(begin, outer)
    (cx, cy), (dx, dy) = _at(end, outer), _at(end, _INNER)
    return f"M{ax} {ay}L{bx} {by}A{outer:.1f} {outer:.1f} 0 0 1 {cx} {cy}L{dx} {dy}A{_INNER} {_INNER} 0 0 0 {ax} {ay}Z"
