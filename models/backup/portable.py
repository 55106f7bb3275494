"""A PostgreSQL database as lines of JSON in one compressed file: for a machine without PostgreSQL's own tools."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from models.database import connection

_MARK = "jinqiu"
_AT_ONCE = 2000
# The engine's own tables are made by `init`; what waits in them stands in our rows anyway.
_TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'procrastinate%' "
    "AND tablename <> 'tortoise_migrations' ORDER BY tablename"
)
_LEANS_ON = (
    "SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent FROM pg_constraint "
    "WHERE contype = 'f' AND conrelid <> confrelid"
)


async def write_portable(target: Path, steps: list[str]) -> dict[str, int]:
    """Write every row as of one moment; rows by table. `steps` are the changes of tables made so far."""
    counted: Counter[str] = Counter()
    async with (
        connection().acquire_connection() as held,
        held.transaction(isolation="repeatable_read", readonly=True),
    ):
        with closing(_writer(target)) as file:
            _put(file, {"kind": _MARK, "steps": steps})
            for row in await held.fetch(_TABLES):
                table = row["tablename"]
                counted[table] = await _write_table(held, table, file)
            _put(file, {"kind": "end", "rows": dict(counted)})
    return dict(counted)


async def _write_table(held: Any, table: str, file: gzip.GzipFile) -> int:
    many = 0
    query = f'SELECT row_to_json(t)::text AS line FROM "{table}" t'
    async for row in held.cursor(query, prefetch=_AT_ONCE):
        file.write(f"{table}\t{row['line']}\n".encode())
        many += 1
    return many


def read_portable(path: Path) -> dict[str, int]:
    """Rows by table of a copy that is whole; raises `ValueError` when it is cut off, damaged or not ours."""
    counted: Counter[str] = Counter()
    end: dict[str, Any] = {}
    try:
        for table, line in _lines(path):
            if table:
                counted[table] += 1
            else:
                end = json.loads(line)
    except (OSError, EOFError, UnicodeDecodeError) as exc:
        raise ValueError(type(exc).__name__) from exc
    found = {name: many for name, many in end.get("rows", {}).items() if many}
    if end.get("kind") != "end" or found != dict(counted):
        raise ValueError("cut off")
    return dict(end["rows"])


async def restore_portable(path: Path) -> None:
    """Put the rows into tables just made, in one transaction of the caller's; numbering goes on after them."""
    await restore_rows((table, line) for table, line in _lines(path) if table)


async def restore_rows(rows: Iterable[tuple[str, str]]) -> None:
    """Put rows, each as (table, JSON), into tables just made, in one transaction of the caller's."""
    book = connection()
    await book.execute_script("CREATE TEMP TABLE restored (name text, line json) ON COMMIT DROP")
    columns: dict[str, list[str]] = {}
    some: list[tuple[str, str]] = []
    for table, line in rows:
        columns.setdefault(table, list(json.loads(line)))
        some.append((table, line))
        if len(some) == _AT_ONCE:
            await _stage(some)
            some = []
    await _stage(some)
    for table in await _parents_first(list(columns)):
        await _fill(table, columns[table])


async def _stage(some: list[tuple[str, str]]) -> None:
    names, lines = [name for name, _ in some], [line for _, line in some]
    sql = "INSERT INTO restored SELECT n, l::json FROM unnest($1::text[], $2::text[]) AS r(n, l)"
    await connection().execute_query(sql, [names, lines])


async def _fill(table: str, columns: list[str]) -> None:
    """One statement a table: references within it are checked when all its rows stand."""
    named = ", ".join(f'"{column}"' for column in columns)
    chosen = ", ".join(f'r."{column}"' for column in columns)
    await connection().execute_query(
        f'INSERT INTO "{table}" ({named}) SELECT {chosen} FROM restored s, '
        f'json_populate_record(NULL::"{table}", s.line) r WHERE s.name = $1',
        [table],
    )
    if "id" in columns:
        await connection().execute_query(
            f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), (SELECT max(id) FROM \"{table}\")) "
            f"WHERE pg_get_serial_sequence('\"{table}\"', 'id') IS NOT NULL"
        )


async def _parents_first(tables: list[str]) -> list[str]:
    rows = await connection().execute_query_dict(_LEANS_ON)
    parents = {name: {row["parent"] for row in rows if row["child"] == name} & set(tables) for name in tables}
    ordered: list[str] = []
    while left := [name for name in tables if name not in ordered]:
        ready = [name for name in left if parents[name] <= set(ordered)]
        if not ready:
            raise ValueError("tables lean on each other in a circle")
        ordered += ready
    return ordered


def _writer(target: Path) -> gzip.GzipFile:
    return gzip.GzipFile(target, "wb", compresslevel=6)


def _put(file: gzip.GzipFile, entry: dict[str, Any]) -> None:
    file.write(f"\t{json.dumps(entry)}\n".encode())


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """(table, row) for each row, ("", entry) for the lines about the copy itself."""
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file):
            table, tab, rest = line.rstrip("\n").partition("\t")
            if not tab or (number == 0 and json.loads(rest).get("kind") != _MARK):
                raise ValueError("not ours")
            yield table, rest
