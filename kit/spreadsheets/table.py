"""The table that every kind of file becomes, and the limits (promise X18) it is held to on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

from kit.errors import Refusal

MOST_BYTES = 5 * 2**20
MOST_UNPACKED = 50 * 2**20
MOST_ENTRIES = 200
MOST_ROWS = 20_000
MOST_COLUMNS = 60
# One long text may be shared by a million cells, so that a small file becomes gigabytes only here.
MOST_TEXT = 20 * 2**20


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet as text; `rows[n]` is the row that Excel numbers n + 1, blank rows included."""

    sheet: str
    rows: list[list[str]]


@dataclass(slots=True)
class Filling:
    """Collects the rows of one sheet, refusing what goes beyond the limits as soon as it is met."""

    budget: Budget
    rows: list[list[str]] = field(default_factory=list)

    def put(self, number: int, cells: list[str]) -> None:
        """Row `number` (from 1); blank ones are kept in between, dropped at the end; far cells refused."""
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            return
        if number > MOST_ROWS:
            raise Refusal("roster.too_many_rows", limit=MOST_ROWS)
        if len(cells) > MOST_COLUMNS:
            raise Refusal("roster.too_many_columns", limit=MOST_COLUMNS)
        self.budget.spend(sum(map(len, cells)))
        self.rows.extend([] for _ in range(number - 1 - len(self.rows)))
        self.rows.append(cells)


@dataclass(slots=True)
class Budget:
    """How much text all sheets of one file may still hold."""

    left: int = MOST_TEXT

    def spend(self, characters: int) -> None:
        """Raises `Refusal("roster.too_much_text")` when the file holds more than a roster ever does."""
        self.left -= characters
        if self.left < 0:
            raise Refusal("roster.too_much_text")
