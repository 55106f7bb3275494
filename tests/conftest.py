"""What every test may ask for: a fresh database, a fixed Monday morning, the cast."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, settings
from tortoise import Tortoise

from kit.vault import Vault
from models import database

# The same examples in every run, and none judged by the clock: a gate that fails by chance or load tells nothing.
settings.register_profile(
    "gate", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("gate")

TEST_VAULT = Vault(b"0123456789abcdef0123456789abcdef")
MADE = "made by the tests"

_WORKER, _URL = os.environ.get("PYTEST_XDIST_WORKER", ""), os.environ.get("JINQIU_TEST_DATABASE", "")
if _WORKER and _URL and not _URL.endswith(_WORKER):
    # Workers run side by side: each has a database of its own, which tests.postgres has made.
    os.environ["JINQIU_TEST_DATABASE"] = f"{_URL}_{_WORKER}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what touches a database is run: the rest was run on SQLite's turn and would say the same."""
    if not os.environ.get("JINQIU_TEST_DATABASE"):
        return
    config.hook.pytest_deselected(items=[item for item in items if not _needs_database(item)])
    items[:] = [item for item in items if _needs_database(item)]


def _needs_database(item: pytest.Item) -> bool:
    is_whole = any(folder in item.path.parts for folder in ("stories", "storm", "whole"))
    return is_whole or "db" in getattr(item, "fixturenames", ()) or item.get_closest_marker("postgres") is not None


@pytest.fixture
def monday() -> datetime:
    """Monday 2026-10-12, 09:00 in the county: the morning on which all tests happen."""
    return datetime(2026, 10, 12, 1, 0, tzinfo=UTC)


@pytest.fixture
async def db() -> AsyncIterator[None]:
    """An empty database: SQLite in memory, or the PostgreSQL that JINQIU_TEST_DATABASE names."""
    url = os.environ.get("JINQIU_TEST_DATABASE") or "sqlite://:memory:"
    await database.open_database(url, TEST_VAULT)
    await _empty(url)
    yield
    await database.close_database()


async def _empty(url: str) -> None:
    if not url.startswith("postgres"):
        await Tortoise.generate_schemas(safe=False)
    elif await _is_made():
        await database.connection().execute_script(_EMPTYING)
    else:
        await database.connection().execute_script("drop schema public cascade; create schema public;")
        await Tortoise.generate_schemas(safe=False)
        await database.connection().execute_script(f"comment on schema public is '{MADE}'")


async def _is_made() -> bool:
    """Whether the tables stand as a test before this one left them; a dropped schema has no comment."""
    sql = "select obj_description('public'::regnamespace) as said"
    return bool((await database.connection().execute_query_dict(sql))[0]["said"] == MADE)


_EMPTYING = """do $$ declare one record; is_filled boolean; begin
for one in select tablename as name from pg_tables where schemaname = 'public' loop
    execute format('select exists(select 1 from %I)', one.name) into is_filled;
    if is_filled then execute format('delete from %I', one.name); end if;
end loop;
for one in select sequencename as name from pg_sequences where schemaname = 'public' and last_value is not null loop
    perform setval(format('%I', one.name)::regclass, 1, false);
end loop;
end $$"""
"""A test fills a few tables with a few rows: deleting them takes a fortieth of truncating all. Numbers begin at one."""
