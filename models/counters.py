"""The running totals of promise T7, counted in the transaction of what they count."""

from __future__ import annotations

from collections.abc import Mapping

from models.database import connection, dialect
from models.writes import Write

# On PostgreSQL a connection has its own row: two transactions never wait for the same total, so none can deadlock.
_ADD = {
    "sqlite": (
        "INSERT INTO counter (name, holder, total) VALUES (?1, 'sqlite', ?2) "
        "ON CONFLICT (name, holder) DO UPDATE SET total = counter.total + excluded.total"
    ),
    "postgres": (
        "INSERT INTO counter (name, holder, total) VALUES ($1::text, pg_backend_pid()::text, $2::bigint) "
        "ON CONFLICT (name, holder) DO UPDATE SET total = counter.total + excluded.total"
    ),
}
_FOLD = (
    "WITH old AS (DELETE FROM counter WHERE id IN (SELECT id FROM counter WHERE holder <> 'past' "
    "AND holder NOT IN (SELECT pid::text FROM pg_stat_activity) FOR UPDATE SKIP LOCKED) RETURNING name, total) "
    "INSERT INTO counter (name, holder, total) SELECT name, 'past', sum(total) FROM old GROUP BY name "
    "ON CONFLICT (name, holder) DO UPDATE SET total = counter.total + excluded.total"
)


async def count(name: str, amount: int = 1) -> None:
    """Add `amount` to the total `name`, in the current transaction."""
    if amount:
        await connection().execute_query(_ADD[dialect()], [name, amount])


async def totals() -> dict[str, int]:
    """Every total by its name, over all processes."""
    rows = await connection().execute_query_dict("SELECT name, sum(total) AS total FROM counter GROUP BY name")
    return {row["name"]: int(row["total"]) for row in rows}


async def fold_counters() -> None:
    """Fold the rows of connections that are gone into one, so that restarts leave no trail."""
    if dialect() == "postgres":
        await connection().execute_query(_FOLD)


def added(amounts: Mapping[str, int]) -> Write:
    """The write that adds to several totals."""
    kind = dialect()
    holder = "'sqlite'" if kind == "sqlite" else "pg_backend_pid()::text"
    text = (
        f"INSERT INTO counter (name, holder, total) SELECT column1, {holder}, column2 FROM ({{rows}}) AS given "
        "WHERE TRUE ON CONFLICT (name, holder) DO UPDATE SET total = counter.total + excluded.total"
    )
    return Write(text, ("text", "bigint"), [(name, amount) for name, amount in sorted(amounts.items()) if amount])
