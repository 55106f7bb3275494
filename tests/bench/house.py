"""A house of its own for a benchmark: settings, an upgraded database on SQLite or PostgreSQL, a town in it."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path

from bot.commands import running
from bot.house import database
from kit import clock
from kit.settings import Settings
from models.database import connection
from tests.bench import town
from tests.bench.pushes import AES_KEY, APP_ID, ORIGINAL_ID, TOKEN

SECRET = "a-bench-secret-0123456789abcdef0"
FIELD_KEY = base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


@dataclass(frozen=True, slots=True)
class Place:
    """Where one benchmarked service lives; an empty `database_url` is SQLite in the folder."""

    folder: Path
    database_url: str = ""
    api_base: str = "http://127.0.0.1:9"

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return not self.database_url

    def environment(self) -> dict[str, str]:
        """The service's settings as an operator would set them."""
        return {
            "JINQIU_DATA_DIR": str(self.folder),
            "JINQIU_DATABASE_URL": self.database_url,
            "JINQIU_WECHAT_APP_ID": APP_ID,
            "JINQIU_WECHAT_SECRET": SECRET,
            "JINQIU_WECHAT_TOKEN": TOKEN,
            "JINQIU_WECHAT_AES_KEY": AES_KEY,
            "JINQIU_WECHAT_ORIGINAL_ID": ORIGINAL_ID,
            "JINQIU_WECHAT_MODE": "safe",
            "JINQIU_WECHAT_API_BASE": self.api_base,
            "JINQIU_FIELD_KEY": FIELD_KEY,
        }

    def settings(self) -> Settings:
        """The same, for this process."""
        os.environ.update(self.environment())
        return Settings(_env_file=None)  # type: ignore[call-arg]  # pydantic-settings' own argument


async def prepare(place: Place, people: town.Town, now: datetime) -> None:
    """Make the tables and the town, for a service that another process runs."""
    async with prepared(place, people, now):
        return


@asynccontextmanager
async def prepared(place: Place, people: town.Town, now: datetime | None = None) -> AsyncIterator[None]:
    """Make the tables and the town, and stay connected inside the block."""
    settings = place.settings()
    with redirect_stdout(StringIO()):
        await running.init(settings)
    async with database(settings):
        await town.build(people, now or clock.now())
        if not place.is_sqlite:
            # As the server itself does within a minute of such a load: without figures it walks through whole tables.
            await connection().execute_query("ANALYZE")
        yield
