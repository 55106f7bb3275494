"""Opens and closes the database, and hands out transactions to the edges."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionContext
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connections
from tortoise.transactions import in_transaction

from kit.vault import Vault
from models.columns import use_vault

TABLES = [
    "models.people.organisation",
    "models.people.members",
    "models.people.accounts",
    "models.inbox",
    "models.outreach.notices",
    "models.people.check_in",
    "models.help.posts",
    "models.care.visits",
    "models.county.escalation",
    "models.care.life_events",
    "models.care.care_plans",
    "models.care.visit_settings",
    "models.care.curtain",
    "models.help.wishes",
    "models.help.voices",
    "models.help.heard",
    "models.people.access",
    "models.people.console",
    "models.platform",
    "models.people.roster",
    "models.care.safe",
    "models.outreach.calls",
    "models.outreach.mass",
    "models.county.tallies",
    "models.people.exports",
]


def configuration(url: str) -> dict[str, Any]:
    """Tortoise's configuration for `sqlite:///path` (or `sqlite://:memory:`) or `postgres://…`."""
    return {
        "connections": {"default": _connection(url)},
        "apps": {"models": {"models": TABLES, "migrations": "models.migrations"}},
        "use_tz": True,
        "timezone": "UTC",
    }


def _connection(url: str) -> dict[str, Any]:
    if url.startswith("sqlite://"):
        path = url.removeprefix("sqlite://")
        return {"engine": "kit.inline_sqlite", "credentials": {"file_path": path, "synchronous": "FULL"}}
    parts = urlsplit(url)
    credentials: dict[str, Any] = {
        "host": parts.hostname or dict(parse_qsl(parts.query)).get("host", "127.0.0.1"),
        "port": parts.port or 5432,
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password or ""),
        "database": parts.path.lstrip("/"),
        "minsize": 1,
        "maxsize": 20,
        "command_timeout": 20,
        # A process that was stopped in the middle of a transaction must not keep the others from its rows (R15).
        "server_settings": {"idle_in_transaction_session_timeout": "20000"},
        "statement_cache_size": 500,
        "reset": _keep_session,
    }
    return {"engine": "tortoise.backends.asyncpg", "credentials": credentials}


async def _keep_session(_connection: Any) -> None:
    """What asyncpg would undo after each transaction, at one way there and back: nothing here changes a session."""


async def open_database(url: str, vault: Vault) -> None:
    """Open `url` for this process; needed once before any row is touched."""
    use_vault(vault)
    if url.startswith("sqlite://") and ":memory:" not in url:
        path = Path(url.removeprefix("sqlite://"))
        path.parent.mkdir(parents=True, exist_ok=True)
        # For the owner's eyes only, before anything is in it; the files SQLite keeps beside it take after it.
        path.touch(mode=0o600)
    # The cache of insert statements is keyed by connection name only: another dialect's text would be sent.
    EXECUTOR_CACHE.clear()
    await Tortoise.init(config=configuration(url), _enable_global_fallback=True)
    _Opened.dialect = connection().capabilities.dialect


async def close_database() -> None:
    """Let go of all connections."""
    await Tortoise.close_connections()


def transaction() -> TransactionContext:
    """One transaction, for edges only; a nested one is a savepoint."""
    return in_transaction("default")


def connection() -> BaseDBAsyncClient:
    """The current connection: inside a transaction, that transaction's."""
    return get_connections().get("default")


def dialect() -> str:
    """`sqlite` or `postgres`, of the database that was opened last."""
    return _Opened.dialect


class _Opened:
    """What is asked with every statement is looked up once, when the database is opened."""

    dialect = "sqlite"


def spawn(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """Start a task that does not inherit the caller's transaction (it would write into it after its end)."""
    return asyncio.get_running_loop().create_task(work, context=contextvars.Context())
