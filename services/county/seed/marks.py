"""Remembers each row of a seed file as it was loaded, so that the same file changes nothing again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from models.columns import blind
from models.people.roster import SeedRow
from services.county.seed.shape import Shape

Row = TypeVar("Row", bound=Shape)


@dataclass(slots=True)
class Marks:
    """The rows loaded before and those loaded now, and how many were new or changed of each kind."""

    before: dict[tuple[str, str], SeedRow]
    now: list[SeedRow] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)

    def changed(self, kind: str, rows: Iterable[tuple[str, Row]]) -> list[tuple[str, Row]]:
        """Those of `rows` (name, row) that are new or differ from what was loaded before."""
        found = []
        for name, row in rows:
            standing = self.before.get((kind, name))
            if standing is None or standing.fingerprint != fingerprint(row):
                found.append((name, row))
        self.counted[kind] = len(found)
        return found

    def remember(self, kind: str, name: str, row: Shape, row_id: int | None) -> None:
        """This row is loaded now; `row_id` is what became of it."""
        mark = self.before.get((kind, name)) or SeedRow(kind=kind, name=name)
        mark.key, mark.row_id, mark.fingerprint = getattr(row, "key", None), row_id, fingerprint(row)
        self.now.append(mark)

    async def save(self) -> None:
        """Keep what `remember` was told."""
        await SeedRow.bulk_create([mark for mark in self.now if mark.id is None])
        standing: Sequence[SeedRow] = [mark for mark in self.now if mark.id is not None]
        if standing:
            await SeedRow.bulk_update(standing, fields=["key", "row_id", "fingerprint"])


async def read_marks() -> Marks:
    """What was loaded before."""
    return Marks({(mark.kind, mark.name): mark for mark in await SeedRow.all()})


def fingerprint(row: Shape) -> str:
    """A keyed fingerprint of what the file says of a row: equal for equal rows, nothing to read in it."""
    return blind(row.model_dump_json(exclude_unset=True), "seed.row")
