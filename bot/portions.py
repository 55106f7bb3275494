"""Long work beside a running service: short transactions with pauses, so that messages are answered in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.database import transaction

_SHORTEST_PAUSE = 0.12
"""Longer than the longest pause with which a waiting writer asks again (kit/inline_sqlite.py)."""


@asynccontextmanager
async def portion() -> AsyncIterator[None]:
    """One short transaction, and then as long a pause: whoever waits for the database looks again within it."""
    begun = time.monotonic()
    async with transaction():
        yield
    await asyncio.sleep(max(_SHORTEST_PAUSE, time.monotonic() - begun))
