"""The rows of the benchmark table and how they are printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `target` is the least wanted, or the most where `is_ceiling`; None where none was set."""

    what: str
    figure: float
    unit: str
    ratio: str = ""
    measured: float | None = None
    target: float | None = None
    is_ceiling: bool = False

    @property
    def verdict(self) -> str:
        """`ok`, `UNDER TARGET`, or nothing where no target was set."""
        if self.target is None:
            return ""
        value = self.figure if self.measured is None else self.measured
        is_met = value <= self.target if self.is_ceiling else value >= self.target
        return "ok" if is_met else "UNDER TARGET"

    @property
    def wanted(self) -> str:
        """The target as it is read."""
        return "" if self.target is None else f"{'≤' if self.is_ceiling else '≥'} {self.target:g}"


def compared(what: str, figure: float, unit: str, other: float, target: float | None = None) -> Row:
    """A figure whose target is a share of another one of the same run."""
    share = figure / other
    return Row(what, figure, unit, f"{share:.2f} × stateless", share, target)


def show(rows: Iterable[Row]) -> str:
    """The table."""
    heads = ("what", "figure", "unit", "ratio", "target", "")
    lines = [heads, *((one.what, _number(one.figure), one.unit, one.ratio, one.wanted, one.verdict) for one in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    shown = [_line(line, widths) for line in lines]
    return "\n".join([shown[0], "-" * len(shown[0]), *shown[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    what, figure, *others = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join([what, figure.strip().rjust(widths[1]), *others]).rstrip()


def _number(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:,.1f}" if figure >= 10 else f"{figure:.2f}"
