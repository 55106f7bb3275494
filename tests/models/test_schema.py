"""The migrations lead to the tables that the models describe; repeating them changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from conftest import TEST_VAULT

from models import database, schema
from models.platform import Mark


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[None]:
    await database.open_database(f"sqlite://{tmp_path / 'a.sqlite3'}", TEST_VAULT)
    yield
    await database.close_database()


async def test_an_empty_file_gets_every_table_once(empty: None) -> None:
    assert await schema.pending()
    taken = await schema.upgrade()
    assert taken
    assert await schema.pending() == []
    assert await schema.upgrade() == []
    assert await Mark.all().count() == 0
