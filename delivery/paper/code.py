"""QR codes, drawn as plain squares."""

from __future__ import annotations

import segno

from delivery.paper.canvas import Box, Canvas
from delivery.paper.shapes import rectangle

QUIET = 4  # light modules around the code, as the standard asks
_OVERLAP = 0.03  # of a module, so that no hairline shows between rows


def draw(canvas: Canvas, link: str, box: Box, colour: str) -> None:
    """The link as a QR code in the square box, its quiet border included; the ground must be light."""
    rows = [list(row) for row in segno.make_qr(link, error="m").matrix]
    module = box.width / (len(rows) + 2 * QUIET)
    for y, row in enumerate(rows):
        for start, length in _dark_runs(row):
            left, top = box.left + (QUIET + start) * module, box.top + (QUIET + y) * module
            canvas.fill(rectangle(Box(left, top, length * module, module * (1 + _OVERLAP))), colour)


def _dark_runs(row: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((x, 1))
    return runs
