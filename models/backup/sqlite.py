"""Copies of an SQLite file, made and read on connections of their own; nothing here touches the service's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

_PATIENCE_SECONDS = 30.0
_OURS = {"person", "organisation", "notice", "mark"}


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy `source` as it stands at one moment into the empty file `target`; writers go on meanwhile.

    VACUUM INTO and not the page copy: pages that once held erased rows stay behind. Raises `sqlite3.Error`.
    """
    with _opened(source, "rw") as book:
        book.execute("VACUUM INTO ?", [str(target)])


def look_into_sqlite(path: Path) -> dict[str, int]:
    """Rows by table of a copy that is whole; raises `ValueError` when it is damaged or not ours."""
    try:
        with _opened(path, "ro") as book:
            verdict = book.execute("PRAGMA integrity_check").fetchone()[0]
            if verdict != "ok":
                raise ValueError(str(verdict).splitlines()[0])
            found = {name: _count(book, name) for name in _tables(book)}
    except sqlite3.DatabaseError as exc:
        raise ValueError(str(exc)) from exc
    if not found.keys() >= _OURS:
        raise ValueError("not ours")
    return found


def sealed_values_of_sqlite(path: Path) -> list[str]:
    """Some sealed telephone numbers of a copy, to try a key on; the newest first, so a changed key shows."""
    with _opened(path, "ro") as book:
        rows = book.execute("SELECT phone FROM person WHERE phone IS NOT NULL ORDER BY id DESC LIMIT 20").fetchall()
    return [str(row[0]) for row in rows]


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    book = sqlite3.connect(address, uri=True, timeout=_PATIENCE_SECONDS, isolation_level=None)
    try:
        yield book
    finally:
        book.close()


def _tables(book: sqlite3.Connection) -> list[str]:
    rows = book.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return sorted(str(row[0]) for row in rows)


def _count(book: sqlite3.Connection, table: str) -> int:
    return int(book.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])
