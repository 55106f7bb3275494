"""Moves a house from the embedded database to PostgreSQL: the rows of an SQLite copy, as PostgreSQL reads them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from models.backup.portable import restore_rows
from models.database import connection

_OURS = (
    "SELECT table_name AS name, column_name AS part, data_type AS kind FROM information_schema.columns "
    "WHERE table_schema = 'public' AND table_name NOT LIKE 'procrastinate%' AND table_name <> 'tortoise_migrations'"
)
_BY_HAND = ("lease",)
"""What belongs to processes that have ended is left behind."""


async def restore_from_sqlite(path: Path) -> None:
    """Put the rows of this copy into tables just made, in one transaction of the caller's; numbering goes on.

    Raises `ValueError` when the copy has other tables or columns than this release.
    """
    kinds: dict[str, dict[str, str]] = {}
    for row in await connection().execute_query_dict(_OURS):
        kinds.setdefault(row["name"], {})[row["part"]] = row["kind"]
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as book:
        book.row_factory = sqlite3.Row
        _require_same(book, kinds)
        await restore_rows(_rows(book, {name: kinds[name] for name in kinds if name not in _BY_HAND}))


def _require_same(book: sqlite3.Connection, kinds: dict[str, dict[str, str]]) -> None:
    for name, columns in kinds.items():
        held = {str(row["name"]) for row in book.execute(f'PRAGMA table_info("{name}")')}
        if held != set(columns):
            raise ValueError(f"{name}: {', '.join(sorted(held ^ set(columns)))}")


def _rows(book: sqlite3.Connection, kinds: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    for name, columns in kinds.items():
        for row in book.execute(f'SELECT * FROM "{name}"'):
            yield name, json.dumps({part: _value(row[part], kind) for part, kind in columns.items()}, default=str)


def _value(value: Any, kind: str) -> Any:
    """SQLite keeps JSON as text and yes and no as numbers."""
    if value is None:
        return None
    if kind in ("json", "jsonb"):
        return json.loads(value)
    return bool(value) if kind == "boolean" else value
