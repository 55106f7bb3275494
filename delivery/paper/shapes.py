"""Corners of plain shapes, in millimetres."""

from __future__ import annotations

from math import cos, pi, sin

from delivery.paper.canvas import Box, Point


def rectangle(box: Box) -> list[Point]:
    """The four corners, clockwise."""
    return [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]


def rounded(box: Box, radius: float) -> list[Point]:
    """A rectangle with round corners."""
    inner = box.inset(radius)
    corners = [
        (inner.right, inner.top),
        (inner.right, inner.bottom),
        (inner.left, inner.bottom),
        (inner.left, inner.top),
    ]
    return [
        (x + radius * cos(angle), y + radius * sin(angle))
        for quarter, (x, y) in enumerate(corners)
        for angle in [(quarter - 1 + step / 10) * pi / 2 for step in range(11)]
    ]


def circle(centre: Point, radius: float) -> list[Point]:
    """A round disc."""
    return [(centre[0] + radius * cos(k * pi / 18), centre[1] + radius * sin(k * pi / 18)) for k in range(36)]


def closed(corners: list[Point]) -> list[Point]:
    """The outline of a polygon as a line that returns to its start."""
    return [*corners, *corners[:2]]
