"""Whether a database holds nothing yet, how much it holds, and making it empty again."""

from __future__ import annotations

from models.database import connection, dialect

_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgres": "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
}


async def is_empty() -> bool:
    """No table at all: only then may a backup be put in."""
    return not await _tables()


async def total_rows() -> int:
    """Rows of all tables together."""
    total = 0
    for name in await _tables():
        rows = await connection().execute_query_dict(f'SELECT count(*) AS many FROM "{name}"')
        total += int(rows[0]["many"])
    return total


async def empty_out() -> None:
    """Take everything out of a PostgreSQL database that a failed restore has begun to fill."""
    await connection().execute_script("DROP SCHEMA public CASCADE; CREATE SCHEMA public;")


async def _tables() -> list[str]:
    return [str(row["name"]) for row in await connection().execute_query_dict(_TABLES[dialect()])]
