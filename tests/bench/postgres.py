"""A PostgreSQL database of its own for the rows that need one, and its processes kept off the service's core."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from tests.bench.servers import OTHER_CORE
from tests.whole.servers import create, drop

_NAME = f"jinqiu_bench_{os.getpid()}"


@asynccontextmanager
async def database(server: str) -> AsyncIterator[str]:
    """A fresh database on `server`; its URL."""
    url = await create(server, _NAME)
    try:
        yield url
    finally:
        await drop(server, _NAME)


async def pin_backends(url: str) -> bool:
    """Keep the server's processes for our database on the other core; False where we may not."""
    asking = await asyncpg.connect(url)
    try:
        rows = await asking.fetch("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        for row in rows:
            os.sched_setaffinity(row["pid"], {OTHER_CORE})
    except OSError:
        return False
    finally:
        await asking.close()
    return True
