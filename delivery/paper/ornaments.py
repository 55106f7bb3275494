"""Autumn drawn by code: ginkgo leaves and sprigs of osmanthus (桂花)."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, radians, sin

from delivery.paper import palette, shapes
from delivery.paper.canvas import Canvas, Point

_SPREAD = 66  # degrees from the middle of a ginkgo leaf to its edge
_STALK = [step / 20 for step in range(15)]
_NOTCH = 7  # degrees from its middle to the lip of the cleft


@dataclass(frozen=True)
class Pose:
    """Where a leaf or flower grows from, how long it is and where it points (degrees, 0 = up, clockwise)."""

    root: Point
    length: float
    turn: float

    def point(self, angle: float, distance: float) -> Point:
        """The place at this angle from the pose's own direction and this share of its length."""
        way = radians(angle + self.turn)
        reach = distance * self.length
        return self.root[0] + reach * sin(way), self.root[1] - reach * cos(way)


def ginkgo(canvas: Canvas, pose: Pose, colour: str, vein: str) -> None:
    """A ginkgo leaf: a fan with a wavy rim, a cleft in its middle, fine veins and a stalk."""
    canvas.stroke([pose.point(180 + 45 * far * far, far) for far in _STALK], vein, pose.length * 0.035)
    canvas.fill([pose.point(angle, distance) for angle, distance in _fan()], colour)
    for angle in range(-56, 57, 8):
        if abs(angle) > _NOTCH / 2:
            reach = [pose.point(angle * 0.9, 0.16), pose.point(angle, _rim(angle) * 0.88)]
            canvas.stroke(reach, vein, pose.length * 0.008)


def _fan() -> list[Point]:
    """The outline of a ginkgo leaf as pairs of angle and distance, from stalk round the rim and back."""
    side = [(0.10, 46), (0.25, 50), (0.45, 56), (0.65, 62), (0.80, 65)]
    rim = [(float(angle), _rim(angle)) for angle in range(-_SPREAD, _SPREAD + 1, 2)]
    return [(0.0, 0.0), *((-float(a), d) for d, a in side), *rim, *((float(a), d) for d, a in reversed(side))]


def _rim(angle: float) -> float:
    """How far the rim lies from the stalk at this angle, as a share of the leaf's length."""
    cleft = 0.30 * max(0.0, 1 - abs(angle) / _NOTCH)
    shoulder = 0.10 * (abs(angle) / _SPREAD) ** 3
    return 0.97 + 0.018 * cos(radians(angle * 13)) - cleft - shoulder


def blossom(canvas: Canvas, centre: Point, size: float, turn: float = 0.0) -> None:
    """One osmanthus flower: four round petals and an eye."""
    for quarter in range(4):
        way = radians(turn + 45) + quarter * pi / 2
        petal = (centre[0] + size * 0.52 * cos(way), centre[1] + size * 0.52 * sin(way))
        canvas.fill(shapes.circle(petal, size * 0.46), palette.BLOSSOM)
    canvas.fill(shapes.circle(centre, size * 0.26), palette.MAROON)


def leaf(canvas: Canvas, pose: Pose, colour: str) -> None:
    """One osmanthus leaf: long, pointed, with a midrib."""
    right = [(t / 12, 0.17 * sin(pi * (t / 12) ** 0.85)) for t in range(13)]
    outline = [*right, *((along, -out) for along, out in reversed(right))]
    canvas.fill([_beside(pose, along, out) for along, out in outline], colour)
    canvas.stroke([pose.root, pose.point(0, 0.92)], palette.HONEY, pose.length * 0.018)


def _beside(pose: Pose, along: float, out: float) -> Point:
    x, y = pose.point(0, along)
    aside = pose.point(90, out)
    return x + aside[0] - pose.root[0], y + aside[1] - pose.root[1]


def sprig(canvas: Canvas, pose: Pose) -> None:
    """A sprig of osmanthus: a twig, leaves to both sides, clusters of flowers where they grow."""
    twig = [pose.point(bend, far) for bend, far in ((0, 0.0), (3, 0.35), (2, 0.7), (0, 1.0))]
    canvas.stroke(twig, palette.BARK, pose.length * 0.016)
    for far, side, size in _LEAVES:
        foot = pose.point(3 * (1 - far), far)
        colour = palette.LEAF if side > 0 else palette.LEAF_DARK
        leaf(canvas, Pose(foot, pose.length * size, pose.turn + side), colour)
    for far, aside, turn in _CLUSTERS:
        foot = pose.point(aside, far)
        blossom(canvas, foot, pose.length * 0.045, turn)


_LEAVES = (
    (0.16, 58, 0.42), (0.24, -60, 0.44), (0.48, 52, 0.40), (0.58, -54, 0.40),
    (0.80, 44, 0.36), (0.86, -46, 0.34), (1.0, 2, 0.34),
)  # fmt: skip
_CLUSTERS = (
    (0.18, 18, 10), (0.25, -13, 40), (0.30, 10, 70), (0.34, -4, 0), (0.27, 2, 25),
    (0.53, 9, 15), (0.58, -7, 60), (0.63, 3, 35), (0.50, -4, 80), (0.56, 1, 5),
    (0.85, 5, 45), (0.90, -4, 20), (0.81, -5, 0), (0.95, 2, 75),
)  # fmt: skip
