"""A console on a port of its own, the cast, and somebody who has come in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cast import Cast, arrange
from console_site import Site

from kit import clock


@pytest.fixture
async def cast(db: None) -> Cast:
    return await arrange(clock.now())


@pytest.fixture
async def site(db: None, tmp_path: Path) -> AsyncIterator[Site]:
    async with Site(folder=tmp_path) as opened:
        yield opened
