"""The real service and the pretend platform as processes, and the hands that move their clock, cut and kill them."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

import texts
from tests.whole.phones import Phones
from tests.whole.town import Town

PATIENCE = 120.0
_LOOK = 0.008
_QUICK_DISK = Path("/dev/shm")
_QUICK_BYTES = 2 * 1024**3

Sent = dict[str, Any]


@dataclass
class House:
    """One county with its processes; `sent` is the platform's own book of what it accepted, as far as it was read."""

    town: Town
    http: aiohttp.ClientSession
    phones: Phones
    sent: list[Sent] = field(default_factory=list)
    kills: int = 0
    outages: int = 0

    @property
    def now(self) -> datetime:
        """What the house's clock shows."""
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + float(self.town.clock_file.read_text()), UTC)

    async def move(self, moment: datetime) -> None:
        """The clock shows `moment`, and what that made due is done."""
        await self.until_caught_up(self.set_clock(moment))

    def set_clock(self, moment: datetime) -> float:
        """The clock shows `moment`; the offset in whole seconds."""
        offset = float(round((moment - datetime.now(UTC)).total_seconds()))
        draft = self.town.clock_file.with_name("clock.next")
        draft.write_text(f"{offset:.0f}", "ascii")
        draft.replace(self.town.clock_file)
        return offset

    async def until_caught_up(self, offset: float) -> None:
        """Wait until the service says that all is done that was due. Raises `TimeoutError` with what it logged."""
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        while loop.time() < until:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with self.http.get(f"{self.town.address}/healthz") as answer:
                    if (await answer.json())["clock_caught_up_seconds"] == offset:
                        return
            await asyncio.sleep(_LOOK)
        raise TimeoutError(f"not caught up:\n{self.town.logs()[-3000:]}")

    async def read_sent(self) -> list[Sent]:
        """What the platform accepted since the last look."""
        fresh: list[Sent] = await self.phones.call("GET", f"/sim/sent?after={len(self.sent)}")
        self.sent += fresh
        return fresh

    async def kill_in(self, moment: datetime, seconds: float) -> None:
        """SIGKILL so many seconds after the clock was moved, in the middle of that moment's work; then a new start."""
        offset = self.set_clock(moment)
        await asyncio.sleep(seconds)
        await self.town.kill()
        self.kills += 1
        await self.town.start()
        await self.until_caught_up(offset)

    async def switched_off_until(self, moment: datetime) -> None:
        """Nobody runs it for days: a power cut, and a new start at `moment`."""
        await self.town.kill()
        self.kills += 1
        offset = self.set_clock(moment)
        await self.town.start()
        await self.until_caught_up(offset)

    async def platform(self, **switches: Any) -> None:
        """Switch the platform's bad days on; without any: all off."""
        if switches:
            self.outages += "outage" in switches
            await self.phones.call("POST", "/sim/faults", switches)
        else:
            await self.phones.call("DELETE", "/sim/faults")


@asynccontextmanager
async def opened(seed: Mapping[str, Any], at: datetime) -> AsyncIterator[House]:
    """A county founded and opened at `at`, in a folder that goes away."""
    folder = Path(tempfile.mkdtemp(prefix="jinqiu-year-", dir=_quick_disk()))
    town = Town(folder, county=texts.render("demo.county_toml"))
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http:
            house = House(town, http, Phones(http, town.platform))
            offset = house.set_clock(at)
            await town.found(seed)
            await town.open(phones_of(seed))
            await house.until_caught_up(offset)
            yield house
    finally:
        await town.close()
        shutil.rmtree(folder, ignore_errors=True)


def phones_of(seed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A phone for everybody who has one."""
    bound = [one for one in [*seed["members"], *seed["staff"]] if one.get("openid")]
    return [{"openid": one["openid"], "name": one["name"], "following": one.get("follows", True)} for one in bound]


def _quick_disk() -> str | None:
    """A disk in memory where there is one with room: a year writes ten thousand times."""
    if os.access(_QUICK_DISK, os.W_OK) and shutil.disk_usage(_QUICK_DISK).free > _QUICK_BYTES:
        return str(_QUICK_DISK)
    return None


def rows_of(dump: str) -> dict[str, list[dict[str, Any]]]:
    """The lines of `dump` by kind."""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in dump.splitlines():
        row = json.loads(line)
        found.setdefault(row["kind"], []).append(row)
    return found
