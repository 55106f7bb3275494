"""A Tortoise backend for SQLite that runs statements where they are asked and only the flush in a thread.

The stock backend sends every statement through a queue to a thread and back, which costs more than the statement.
Here a statement inside a transaction runs in place (some microseconds in WAL mode: nothing waits for the disk
until the commit), and the commit, which does wait for the disk, runs in a thread while the loop takes in the
next messages. A writer that meets another process's lock waits on the loop, never inside SQLite.
No thread outlives the process, so an orderly stop cannot hang on one.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any

from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError

LOCK_WAIT_SECONDS = 30.0
_STATEMENTS_KEPT = 512


def is_locked(exc: BaseException) -> bool:
    """Whether another process holds the database, so that waiting helps."""
    return "database is locked" in str(exc) or "database table is locked" in str(exc)


async def _patiently(step: Callable[[], Awaitable[Any] | Any]) -> Any:
    """Run `step` again while another process holds the lock, up to LOCK_WAIT_SECONDS, without blocking the loop."""
    until, pause = time.monotonic() + LOCK_WAIT_SECONDS, 0.002
    while True:
        try:
            result = step()
            return await result if asyncio.iscoroutine(result) else result
        except sqlite3.OperationalError as exc:
            if not is_locked(exc) or time.monotonic() > until:
                raise
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 0.1)


async def _in_thread(step: Callable[[], Any]) -> Any:
    """Run `step` in a thread and wait for its end, also when cancelled meanwhile, however often.

    The thread goes on anyway: nobody else may touch the connection before it is through.
    """
    running = asyncio.ensure_future(asyncio.to_thread(step))
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.wait([running])
        except asyncio.CancelledError as exc:
            cancelled = exc
    if cancelled is not None:
        running.exception()
        raise cancelled
    return running.result()


class InlineConnection:
    """The part of aiosqlite's connection that Tortoise uses, without the thread."""

    def __init__(self, path: str) -> None:
        self._conn = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=0, cached_statements=_STATEMENTS_KEPT
        )
        self._conn.row_factory = sqlite3.Row

    @property
    def total_changes(self) -> int:
        """Rows changed since the connection opened."""
        return self._conn.total_changes

    async def _run(self, sql: str, values: Sequence[Any]) -> sqlite3.Cursor:
        """In place while a transaction is open or when reading; a lone write pays a flush, so in a thread."""
        if self._conn.in_transaction or sql.lstrip()[:6].upper() in ("SELECT", "PRAGMA"):
            return self._conn.execute(sql, values)
        cursor: sqlite3.Cursor = await _patiently(lambda: _in_thread(partial(self._conn.execute, sql, values)))
        return cursor

    async def execute(self, sql: str, values: Sequence[Any] | None = None) -> sqlite3.Cursor:
        """Run one statement."""
        return await self._run(sql, values or ())

    async def execute_insert(self, sql: str, values: Sequence[Any] | None = None) -> tuple[int]:
        """Insert one row; its id."""
        cursor = await self._run(sql, values or ())
        return (cursor.lastrowid or 0,)

    async def execute_fetchall(self, sql: str, values: Sequence[Any] | None = None) -> list[sqlite3.Row]:
        """All rows of one statement."""
        return (await self._run(sql, values or ())).fetchall()

    async def executemany(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """One statement for many rows."""
        self._conn.executemany(sql, values)

    async def executescript(self, sql: str) -> None:
        """Several statements, for schema changes."""
        await _patiently(lambda: _in_thread(partial(self._conn.executescript, sql)))

    async def begin(self) -> None:
        """Take the write lock at once: a lock upgrade in the middle of a transaction could not wait."""
        await _patiently(lambda: self._conn.execute("BEGIN IMMEDIATE"))

    async def commit(self) -> None:
        """Flush to disk, in a thread: the one step that waits for the machine."""
        if self._conn.in_transaction:
            await _in_thread(self._conn.commit)

    async def rollback(self) -> None:
        """Forget what the open transaction did."""
        if self._conn.in_transaction:
            self._conn.rollback()

    async def close(self) -> None:
        """Close the file."""
        self._conn.close()


class InlineSqliteClient(SqliteClient):
    """Tortoise's client over an `InlineConnection`."""

    async def create_connection(self, with_db: bool) -> None:
        """Open the file in WAL mode with the pragmas of the settings."""
        if self._connection:
            return
        connection = InlineConnection(self.filename)
        self._connection = connection  # type: ignore[assignment]  # the used part of aiosqlite's face
        for pragma, value in self.pragmas.items():
            await _patiently(lambda p=pragma, v=value: connection._conn.execute(f"PRAGMA {p}={v}"))  # type: ignore[misc]
        await self._post_connect()

    def _in_transaction(self) -> SqliteTransactionContext:
        return _CarefulContext(_ImmediateTransaction(self), self._lock)


class _ImmediateTransaction(SqliteTransactionWrapper):
    async def begin(self) -> None:
        try:
            await self._connection.begin()  # type: ignore[attr-defined]  # InlineConnection's own
        except sqlite3.OperationalError as exc:
            raise TransactionManagementError(exc) from exc

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[Any]]:
        """How many rows it changed, or gave, and these. Nothing is awaited in place, so nothing need be locked."""
        sqlite = self._connection._conn
        before = sqlite.total_changes
        rows = _in_place(sqlite, query, values)
        return (sqlite.total_changes - before) or len(rows), rows

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        """The rows by column name."""
        return list(map(dict, _in_place(self._connection._conn, query, values)))


def _in_place(sqlite: sqlite3.Connection, query: str, values: list[Any] | None) -> list[sqlite3.Row]:
    """All rows of one statement of an open transaction; the library's own exceptions for SQLite's."""
    if "\x00" in query:
        query = query.replace("\x00", "'||CHAR(0)||'")
    try:
        return sqlite.execute(query, values or ()).fetchall()
    except sqlite3.OperationalError as exc:
        raise OperationalError(exc) from exc
    except sqlite3.IntegrityError as exc:
        raise IntegrityError(exc) from exc


class _CarefulContext(SqliteTransactionContext):
    """Lets go of the connection's lock also when the transaction could not begin."""

    __slots__ = ()

    async def __aenter__(self) -> Any:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection


client_class = InlineSqliteClient
