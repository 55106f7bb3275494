"""The course of the storm: which checks run in which town, and how a town is put up for them."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from tests.storm import door, files, ground, kills, moments, outages, pressure, rules, safekeeping, sending, words
from tests.storm.pushing import Pusher
from tests.storm.scene import MORNING, SHORT, Check, Scene, crowd, phones_of
from tests.whole.phones import Phones
from tests.whole.town import Town

COURSE: tuple[Check, ...] = (
    safekeeping.p21_lock,
    words.p20_texts,
    door.p01_signatures,
    door.p05_doctypes,
    files.p15_imports,
    safekeeping.p22_backup,
    door.p02_repeats,
    rules.p04_places,
    rules.p06_days,
    sending.p07_token,
    outages.p08_outage,
    moments.r16_steps,
    sending.p11_refusals,
    words.p18_consent,
    ground.p10_locked,
    pressure.r19_overload,
    moments.r15_paused,
    kills.p09_orderly_end,
    kills.p03_kills,
    kills.r15_stand_by,
    kills.r22_books,
)
MANY = ("web", "web", "worker", "worker")
SMALL_DISK_MEGABYTES = 64


@asynccontextmanager
async def scene_of(
    url: str, seed: int, *, length: str = SHORT, roles: Sequence[str] | None = None, folder: Path | None = None
) -> AsyncIterator[Scene]:
    """A town that is open, at nine on the fixed Monday, with a crowd in it."""
    chance = random.Random(seed)
    place = folder or Path(tempfile.mkdtemp(prefix="jinqiu-storm-"))
    own = None if folder else place
    town = Town(place, url=url, roles=roles or (MANY if url else ("all",)))
    town.clock_file.write_text(f"{(MORNING - datetime.now(UTC)).total_seconds():.0f}", "ascii")
    try:
        await town.found(crowd())
        await town.open(phones_of())
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            pusher = Pusher(http, town, 7_200_000_000_000_000_000 + chance.randrange(10**15))
            yield Scene(town, http, pusher, Phones(http, town.platform), chance, length)
    finally:
        await town.close()
        if own is not None:
            shutil.rmtree(own, ignore_errors=True)
