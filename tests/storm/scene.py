"""What every check of the storm has in its hands: a town, a pusher, phones, a seed, and how long it may take."""

from __future__ import annotations

import asyncio
import base64
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from delivery.outbox import Letter, post_notice, to_person
from kit.vault import Vault
from models import database
from models.database import transaction
from models.help.wishes import Wish
from models.people.members import Person
from tests.cast import SEED
from tests.storm.pushing import Pusher
from tests.whole.phones import Phones
from tests.whole.town import Town

MORNING = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)
SHORT, FULL = "short", "full"
CROWD = 760


@dataclass
class Scene:
    """One town in which checks run one after the other; each takes people nobody else has used."""

    town: Town
    http: aiohttp.ClientSession
    pusher: Pusher
    phones: Phones
    chance: random.Random
    length: str = SHORT
    used: int = 0
    strangers: int = 0
    facts: dict[str, Any] = field(default_factory=dict)

    def of(self, short: int, full: int) -> int:
        """A size."""
        return short if self.length == SHORT else full

    def people(self, count: int) -> list[str]:
        """Accounts of members, each given out once."""
        first, self.used = self.used, self.used + count
        return [f"oStorm{number:04}" for number in range(first, self.used)]

    def accounts(self, count: int) -> list[str]:
        """Accounts of strangers, each given out once."""
        first, self.strangers = self.strangers, self.strangers + count
        return [f"oStranger{self.chance.randrange(10**6):06}x{number}" for number in range(first, self.strangers)]


Check = Callable[[Scene], Awaitable[str]]


def crowd(count: int = CROWD) -> dict[str, Any]:
    """The fixed cast and a crowd of members, everybody bound, with one post of ten places."""
    members = [
        {
            "key": f"s{number:04}",
            "name": f"众{number:04}",
            "birth": ["1940-06-01", "1944-03-01", "1986-05-04"][number % 3],
            "branch": "jinguihua",
            "community": "guihua",
            "openid": f"oStorm{number:04}",
            "consents": ["basic"],
        }
        for number in range(count)
    ]
    ten = {"number": 7, "title": "楼道联络员", "organisation": "guihua", "slots": 10, "exertion": "light"}
    return {**SEED, "members": [*SEED["members"], *members], "posts": [*SEED["posts"], ten]}


def phones_of(count: int = CROWD) -> list[dict[str, Any]]:
    """Everybody's phone; all follow the account."""
    cast = [{"openid": one["openid"], "name": one["name"], "following": True} for one in _bound_cast()]
    return cast + [
        {"openid": f"oStorm{number:04}", "name": f"众{number:04}", "following": True} for number in range(count)
    ]


def _bound_cast() -> list[dict[str, Any]]:
    return [one for one in [*SEED["members"], *SEED["staff"]] if one.get("openid")]


@asynccontextmanager
async def rows(town: Town) -> AsyncIterator[None]:
    """The town's database open in this process."""
    key = (town.data / "field.key").read_text("utf-8").strip()
    url = town.url or f"sqlite://{town.data / 'jinqiu.sqlite3'}"
    await database.open_database(url, Vault(base64.b64decode(key)))
    try:
        yield
    finally:
        await database.close_database()


async def wishes_of(town: Town, openids: list[str]) -> Counter[str]:
    """How often each of these asked for a person, as the rows say: the effect that is counted."""
    wanted = set(openids)
    async with rows(town):
        found = await Wish.filter(kind="talk_to_secretary").values_list("openid", flat=True)
    return Counter(one for one in found if one in wanted)


async def post_to(
    town: Town, openids: list[str], urgencies: list[int], once: str, *, later: timedelta = timedelta()
) -> None:
    """One notice to each, all in one transaction, as a job would post them; due now or `later`."""
    async with rows(town):
        people = {one.key: one for one in await Person.filter(key__startswith="s0")}
        now = town_now(town)
        async with transaction():
            for openid, urgency in zip(openids, urgencies, strict=True):
                person = people[key_of(openid)]
                letter = Letter("conversation.never_mind", topic="service", urgency=urgency)
                await post_notice(to_person(person), letter, once=once, now=now, due_at=now + later)


def key_of(openid: str) -> str:
    """The seed key of somebody in the crowd."""
    return f"s{openid.removeprefix('oStorm')}"


def openid_of(key: str) -> str:
    """The account of somebody in the crowd."""
    return f"oStorm{key.removeprefix('s')}"


async def open_chats(scene: Scene, openids: list[str]) -> None:
    """These people write on their phones, so that they can be answered by customer messages."""
    gate = asyncio.Semaphore(8)

    async def greet(openid: str) -> None:
        async with gate:
            await scene.phones.say(openid, "你好")

    await asyncio.gather(*(greet(openid) for openid in openids))


async def until(check: Callable[[], Awaitable[bool]], seconds: float, what: str) -> float:
    """Wait until it holds; how many seconds it took. Raises `AssertionError` naming what did not come."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while not await check():
        assert loop.time() < begun + seconds, f"{what}: not within {seconds:.0f} s"
        await asyncio.sleep(0.2)
    return loop.time() - begun


def step_clock(town: Town, by: float) -> None:
    """Move the clock of house and platform by seconds, also while nobody answers at the platform's port."""
    offset = float(town.clock_file.read_text("utf-8") or 0) + by
    draft = town.clock_file.with_name("clock.next")
    draft.write_text(f"{offset:.0f}", "ascii")
    draft.replace(town.clock_file)


def town_now(town: Town) -> datetime:
    """What the house's clock shows."""
    return datetime.now(UTC) + timedelta(seconds=float(town.clock_file.read_text("utf-8") or 0))
