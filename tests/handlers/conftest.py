"""The small community and a telephone to talk to it, for tests of whole rooms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from cast import Cast, arrange
from talking import Talk, open_talk

from handlers.routers import ROUTERS
from kit.county import County
from models.people.accounts import Account


@pytest.fixture
async def cast(db: None, monday: datetime) -> Cast:
    """Everybody of the small community."""
    return await arrange(monday)


@pytest.fixture
async def talk(cast: Cast, monday: datetime) -> AsyncIterator[Talk]:
    """All rooms of the house, everybody having agreed to the privacy notice."""
    await Account.all().update(consented=County().privacy_version)
    opened = await open_talk(ROUTERS, monday, County(phone="19900000999"))
    yield opened
    await opened.inbox.stop()
