"""Brings the database to this release's tables, one process at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tortoise.migrations.executor import MigrationExecutor

from models.database import configuration, connection, dialect

_LOCK = 7_226_001
"""Any number, the same in all processes."""


async def upgrade() -> list[str]:
    """Apply what is missing; the names of the steps taken. Safe to repeat, and to start twice at once."""
    async with _alone():
        names = await pending()
        if names:
            await _executor().migrate()
    return names


async def pending() -> list[str]:
    """The names of steps this release has and the database has not."""
    return [f"{step.migration.app_label}.{step.migration.name}" for step in await _executor().plan()]


def _executor() -> MigrationExecutor:
    return MigrationExecutor(connection(), configuration("sqlite://:memory:")["apps"])


@asynccontextmanager
async def _alone() -> AsyncIterator[None]:
    """Only one process changes tables: the library takes no lock of its own. SQLite's own write lock serves there."""
    if dialect() == "sqlite":
        yield
        return
    pool_member = connection().acquire_connection()
    async with pool_member as held:
        await held.execute("SELECT pg_advisory_lock($1)", _LOCK)
        try:
            yield
        finally:
            await held.execute("SELECT pg_advisory_unlock($1)", _LOCK)
