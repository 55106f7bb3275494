"""Writes of many rows that go out together: on PostgreSQL all of a batch are one statement, one way there and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from kit.sql import bound_rows, given
from models.database import connection, dialect


@dataclass(frozen=True, slots=True)
class Write:
    """One statement over bound rows: `text` with `{rows}` where they belong, `types` PostgreSQL's of their columns.

    No two writes of one batch touch the same table: PostgreSQL runs them as one, none sees what another did.
    """

    text: str
    types: tuple[str, ...]
    rows: Sequence[Sequence[Any]]

    def numbered(self, kind: str, first: int) -> str:
        """The statement with its parameters numbered from `first`."""
        return self.text.format(rows=given(kind, self.types, len(self.rows), first))


async def store(writes: Sequence[Write]) -> None:
    """Carry out these writes, in the current transaction."""
    kind = dialect()
    wanted = [one for one in writes if one.rows]
    if kind == "sqlite":
        for one in wanted:
            await connection().execute_query(one.numbered(kind, 1), bound_rows(kind, one.rows))
    elif wanted:
        await connection().execute_query(*_as_one(wanted, kind))


def _as_one(writes: Sequence[Write], kind: str) -> tuple[str, list[Any]]:
    """`WITH w0 AS (INSERT …), w1 AS (UPDATE …) SELECT`: columns are arrays, so the text is the same for any rows."""
    steps: list[str] = []
    bound: list[Any] = []
    for number, one in enumerate(writes):
        steps.append(f"w{number} AS ({one.numbered(kind, len(bound) + 1)})")
        bound += bound_rows(kind, one.rows)
    return f"WITH {', '.join(steps)} SELECT", bound


Making = Callable[[Sequence[Any]], Write]


@dataclass(slots=True)
class Gathered:
    """Rows that wait for the end of their batch, by what makes a write of them."""

    rows: dict[Making, list[Any]] = field(default_factory=dict)

    def writes(self) -> list[Write]:
        """What is to be stored."""
        return [making(rows) for making, rows in self.rows.items()]


_gathered: ContextVar[Gathered | None] = ContextVar("gathered_rows", default=None)


@contextmanager
def gathering() -> Iterator[Gathered]:
    """What `store_soon` is given inside waits; whoever gathers stores it before the transaction ends.

    The block opens no savepoint: a message that breaks it takes the whole batch back.
    """
    gathered = Gathered()
    token = _gathered.set(gathered)
    try:
        yield gathered
    finally:
        _gathered.reset(token)


async def store_soon(making: Making, row: Any) -> None:
    """Store this row with others of its kind at the end of the batch, or now where nothing is gathered.

    Only for rows that nothing of the same message reads back.
    """
    gathered = _gathered.get()
    if gathered is None:
        await store([making([row])])
    else:
        gathered.rows.setdefault(making, []).append(row)
