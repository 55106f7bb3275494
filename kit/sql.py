"""Numbered placeholders and bound rows that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any


def marker(dialect: str) -> str:
    """The sign before a parameter's number. A bare `?` binds by position and may silently mean another value."""
    return "?" if dialect == "sqlite" else "$"


@lru_cache(512)
def listed(dialect: str, count: int, first: int = 1) -> str:
    """`?1,?2,?3`: the inside of an IN list that starts at parameter `first`."""
    mark = marker(dialect)
    return ",".join(f"{mark}{number}" for number in range(first, first + count))


@lru_cache(512)
def among(dialect: str, count: int, first: int = 1) -> str:
    """`IN (?1,?2)` on SQLite, `= ANY($1::text[])` on PostgreSQL: one of the texts that `bound_texts` binds."""
    return f"IN ({listed(dialect, count, first)})" if dialect == "sqlite" else f"= ANY(${first}::text[])"


def bound_texts(dialect: str, texts: Sequence[str]) -> list[Any]:
    """The parameters of `among`: each text its own on SQLite, all of them one array on PostgreSQL."""
    return list(texts) if dialect == "sqlite" else [list(texts)]


@lru_cache(2048)
def given(dialect: str, types: tuple[str, ...], count: int, first: int = 1) -> str:
    """`count` bound rows with columns `column1`, `column2`, …, for INSERT or as `({…}) AS given`.

    `types` are PostgreSQL's. There each column is one array, so that any number of rows is one prepared statement.
    The first parameter is number `first`.
    """
    if dialect == "sqlite":
        wide = len(types)
        return f"VALUES {','.join(f'({listed(dialect, wide, first + wide * row)})' for row in range(count))}"
    arrays = ",".join(f"${number}::{kind}[]" for number, kind in enumerate(types, first))
    names = ",".join(f"column{number}" for number in range(1, len(types) + 1))
    return f"SELECT {names} FROM unnest({arrays}) AS bound({names})"


def bound_rows(dialect: str, rows: Sequence[Sequence[Any]]) -> list[Any]:
    """The parameters of `given`."""
    if dialect == "sqlite":
        return list(chain.from_iterable(rows))
    return [list(column) for column in zip(*rows, strict=True)]
