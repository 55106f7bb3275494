"""The house and the pretend platform inside the test's own process, each on a port of its own, over real HTTP."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.app import build
from bot.commands import running
from kit.settings import Settings
from models.database import transaction
from services.county import seed as seeding
from simulator.platform import Config
from simulator.platform import build as build_platform
from tests.whole.town import ACCOUNT, free_port

_EMPTY: list[tuple[bytes, bytes]] = []


def settings(folder: Path, port: int, platform: str, county: str) -> Settings:
    """The settings of a house in this folder; nothing of the developer's own leaks in."""
    (folder / "county.toml").write_text(county, "utf-8")
    named = {name.removeprefix("JINQIU_").lower(): value for name, value in ACCOUNT.items()}
    return Settings(
        _env_file=None,
        data_dir=folder / "data",
        database_url="",
        county=str(folder / "county.toml"),
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        wechat_api_base=platform,
        wechat_open_base=platform,
        **named,
    )


@asynccontextmanager
async def house(folder: Path, seed: Mapping[str, Any], at: datetime, county: str) -> AsyncIterator[str]:
    """Both running with the house's clock showing `at`; the platform's address. SQLite in a file."""
    offset = (at - datetime.now(UTC)).total_seconds()
    (folder / "clock").write_text(f"{offset:.0f}", "ascii")
    os.environ["JINQIU_CLOCK_FILE"] = str(folder / "clock")
    port, platform_port = free_port(), free_port()
    platform = f"http://127.0.0.1:{platform_port}"
    own = settings(folder, port, platform, county)
    config = Config(webhook=f"{own.public_url}/wechat", clock_file=folder / "clock", push_budget=9.0)
    try:
        await _founded(own)
        async with serving(build_platform(config), platform_port), serving(build(own), port):
            async with transaction():
                await seeding.load(seed, now=at)
            yield platform
    finally:
        del os.environ["JINQIU_CLOCK_FILE"]


async def _founded(own: Settings) -> None:
    """An empty house; the first one of a test run is kept and copied, since making it costs seconds."""
    if not _EMPTY:
        await running.init(own)
        _EMPTY.append((own.database_file.read_bytes(), (own.data_dir / "field.key").read_bytes()))
        return
    own.data_dir.mkdir()
    own.database_file.write_bytes(_EMPTY[0][0])
    (own.data_dir / "field.key").write_bytes(_EMPTY[0][1])


@asynccontextmanager
async def serving(app: web.Application, port: int) -> AsyncIterator[None]:
    """An application on a port of this machine."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        await runner.cleanup()
