"""The house on its first morning: an empty database, the county's tree, and the pretend platform with its phones."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import Browser, async_playwright

from kit import clock
from kit.county import BindingNumbers
from models.database import transaction
from models.people.members import Person
from services.people import binding, organisation
from tests.walk.book import Book
from tests.walk.hands import Hands
from tests.whole import inside
from tests.whole.phones import Phones
from tests.whole.town import COUNTY, ROOT

BEGIN = datetime(2026, 9, 16, 1, 0, tzinfo=UTC)
"""Wednesday 2026-09-16, 09:00 in the county: the Monday of the last page is the 21st."""
TREE: dict[str, Any] = {
    "organisations": [
        {"key": "county", "name": "东禾县离退休干部党工委", "kind": "county_work_committee", "phone": "19900000100"},
        {"key": "qinghe", "name": "青禾街道党工委", "kind": "township_committee", "parent": "county"},
        {"key": "guihua", "name": "桂花社区", "kind": "community_committee", "parent": "qinghe",
         "phone": "19900000900"},
        {"key": "jinguihua", "name": "金桂花园党支部", "kind": "estate_branch", "parent": "guihua"},
        *(
            {
                "key": f"jinguihua-{number}", "name": f"金桂花园{number}号楼党小组", "kind": "building_group",
                "parent": "jinguihua",
            }
            for number in (1, 2)
        ),
    ],
    "members": [],
    "roles": [],
    "posts": [
        {"number": 3, "title": "政策宣传员", "organisation": "guihua", "slots": 2, "exertion": "light"},
        {"number": 5, "title": "周末值守员", "organisation": "guihua", "slots": 1, "exertion": "light"},
    ],
    "staff": [],
}  # fmt: skip
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WIDTH, HEIGHT = 1024, 768
OPENIDS = {
    "李四友": "oWalkSecretary0000000000",
    "周五常": "oWalkWorker000000000000",
    "吴六合": "oWalkLeader000000000000",
}


@dataclass
class World:
    """What the steps share."""

    folder: Path
    root: str
    platform: str
    phones: Phones
    book: Book
    browser: Browser
    pictures: Path | None

    async def desk(self) -> Hands:
        """A browser of its own, with cookies of its own."""
        context = await self.browser.new_context(
            locale="zh-CN", viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce"
        )
        return Hands(await context.new_page(), self.book, self.root, self.pictures)

    async def phone(self) -> Hands:
        """A member's phone; the platform is asked who it is, as WeChat would be."""
        context = await self.browser.new_context(
            locale="zh-CN", viewport={"width": 375, "height": 720}, reduced_motion="reduce"
        )
        return Hands(await context.new_page(), self.book, self.root, self.pictures, self.platform)

    async def command(self, *words: str) -> str:
        """`python -m bot …` of whoever runs the machine; what it prints. Raises `RuntimeError` when it refuses."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words, cwd=self.folder, env=self._environment(),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, complained = await process.communicate()
        if process.returncode:
            raise RuntimeError(complained.decode()[-400:])
        return said.decode()

    def _environment(self) -> dict[str, str]:
        own = {"JINQIU_DATA_DIR": str(self.folder / "data"), "JINQIU_COUNTY": str(self.folder / "county.toml")}
        return {**os.environ, **own, "JINQIU_CLOCK_FILE": str(self.folder / "clock"), "PYTHONPATH": str(ROOT)}

    async def until(self, moment: datetime) -> None:
        """The clock stands at this moment."""
        await self.phones.move_clock(to=(moment - datetime.now(UTC)).total_seconds())

    async def on(self, day: int, hour: int, minute: int = 0) -> None:
        """So many days after the first one, at this time of the county."""
        await self.until(BEGIN + timedelta(days=day, hours=hour - 9, minutes=minute))

    async def says(self, who: str, *words: str) -> str:
        """Somebody types this into the chat, one message after the other; the last answer."""
        answer = ""
        for one in words:
            answer = await self.phones.say(OPENIDS[who], one)
        return answer

    async def hears(self, who: str, words: str) -> str:
        """Something with these words arrives unasked; what it says."""
        entry = await self.phones.until(OPENIDS[who], lambda one: words in str(one["text"]), 30)
        return str(entry["text"])


async def slips(people: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Slips printed for these people: the four digits and the code to scan, by name."""
    place = await organisation.find("guihua")
    persons = await Person.filter(name__in=list(people))
    async with transaction():
        made = await binding.make_slips(place, now=clock.now(), policy=BindingNumbers(), persons=persons)
    return {one.name: (one.code, one.scene) for one in made}


def chromium() -> str:
    """Where the machine's browser is. Raises `SystemExit` with what to install where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise SystemExit("no Chromium on this machine: Debian's package is called chromium")


@asynccontextmanager
async def world(folder: Path, book: Book, pictures: Path | None, more: str = "") -> AsyncIterator[World]:
    """House, platform and browser, open while the block runs.

    The two in office do a week's work in two days, so more than three notices a day may reach them.
    """
    county = f'name = "东禾县"\nphone = "19900000100"\n[notices]\nper_day = 12\n{more}' + COUNTY
    county += f'[sms]\nurl = "file://{folder}/sms.jsonl"\n'
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        platform = await stack.enter_async_context(inside.house(folder, TREE, BEGIN, county))
        driver = await stack.enter_async_context(async_playwright())
        browser = await driver.chromium.launch(executable_path=chromium(), args=FLAGS)
        stack.push_async_callback(browser.close)
        phones = Phones(http, platform)
        webhook: str = (await phones.call("GET", "/sim/account"))["webhook"]
        yield World(folder, webhook.removesuffix("/wechat"), platform, phones, book, browser, pictures)
