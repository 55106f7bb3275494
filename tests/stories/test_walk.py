"""A retiree's first day on the phone page in a real browser, with the letters as large as they go.

`JINQIU_WALK=folder` keeps a picture of each step; with `docs/manual/pictures` those the manual shows.
"""

from __future__ import annotations

import asyncio
import io
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from browsing import open_page
from cast import SEED
from PIL import Image
from playwright.async_api import Locator, Page

from tests.stories.telling import openids
from tests.stories.test_stories import slip
from tests.whole import inside
from tests.whole.phones import Phones
from tests.whole.town import COUNTY

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif("JINQIU_TEST_DATABASE" in os.environ, reason="walked on SQLite's turn: the page is the same"),
]

WIDTH, HEIGHT = 390, 844
LARGEST = 27
"""Pixels of the page's measure, so that a letter of the chat has over 30 (promise E1): some eight letters a line."""
KEPT = os.environ.get("JINQIU_WALK", "")
IN_THE_MANUAL = ("read-back", "danger")
WHO, OPENID = "王百川", "oWalker0000000000000000000"

STEPS = [
    ("follow", "[关注公众号]", "您想先做什么"),
    ("notice", "2", "您同意吗"),
    ("agreed", "1", "您有没有绑定条"),
    ("slip", "1", "请发绑定条上的四位数字"),
    ("digits", "{slip}", "请问您的姓名"),
    ("bound", "王百川", "绑好了"),
    ("check-in", "1", "您住在哪个社区"),
    ("community", "桂花社区", "您住哪个小区、几栋"),
    ("read-back", "金桂花园3栋", "对吗"),
    ("sent", "1", "收到"),
    ("tasks", "我的事", "您的事都在这里"),
    ("wish", "家里水龙头漏水，找人修修", "请人上门帮忙"),
    ("kept", "1", "会给您打电话"),
    ("danger", "我摔倒了起不来", "先打120"),
    ("well", "虚惊一场", "没事就好"),
    ("greeting", "早上好", "有事就说"),
]

CUT = """chat => [...chat.querySelectorAll('.bubble')].filter(one => {
  const words = document.createRange(); words.selectNodeContents(one);
  const inner = words.getBoundingClientRect(), outer = one.getBoundingClientRect();
  return inner.right > outer.right + 1 || inner.left < outer.left - 1 || inner.bottom > outer.bottom + 1;
}).map(one => one.innerText)"""
"""Bubbles whose words stand out of them."""
LETTERS = "one => parseFloat(getComputedStyle(one).fontSize)"
LINES = "one => parseFloat(getComputedStyle(one).lineHeight) / parseFloat(getComputedStyle(one).fontSize)"


async def test_a_retiree_reads_everything_at_the_largest_letters(tmp_path: Path, monday: datetime) -> None:
    async with (
        aiohttp.ClientSession() as http,
        inside.house(tmp_path, SEED, monday, "visits.festivals = []\n" + COUNTY) as platform,
        open_page(WIDTH, HEIGHT) as page,
    ):
        phones = Phones(http, platform)
        for name, openid in openids(SEED).items():
            await phones.put(openid, name, following=True)
        await phones.put(OPENID, WHO, following=False)
        code = await slip(WHO)
        await _open(page, platform)
        for number, (name, said, expected) in enumerate(STEPS, 1):
            await _do(page, said.replace("{slip}", code))
            await _look(page, f"{number:02}-{name}", expected)


async def _open(page: Page, platform: str) -> None:
    await page.add_init_script(f"localStorage.setItem('jinqiu-phones', '[\"{OPENID}\"]')")
    await page.goto(f"{platform}/")
    await page.wait_for_selector("body[data-ready]")
    await page.evaluate(f"document.documentElement.style.setProperty('font-size', '{LARGEST}px', 'important')")


def _phone(page: Page) -> Locator:
    return page.get_by_role("region", name=f"{WHO}的手机", exact=True)


async def _do(page: Page, said: str) -> None:
    """Press the button, or write and send, as a thumb would."""
    before = await _phone(page).locator(".reply").count()
    if said.startswith("["):
        await _phone(page).get_by_role("button", name=said.strip("[]")).click()
    else:
        await _phone(page).get_by_role("textbox").fill(said)
        await _phone(page).get_by_role("textbox").press("Enter")
    async with asyncio.timeout(20):
        while await _phone(page).locator(".reply").count() <= before:
            await asyncio.sleep(0.05)


async def _look(page: Page, picture: str, expected: str) -> None:
    last = _phone(page).locator(".reply .bubble").last
    said = await last.inner_text()
    assert expected in said, (picture, said)
    await page.wait_for_timeout(250)
    await _keep(page, picture)
    found: dict[str, Any] = {
        "cut": await _phone(page).locator(".chat").evaluate(CUT),
        "letters": await last.evaluate(LETTERS),
        "lines": await last.evaluate(LINES),
        "wide": await page.evaluate("document.documentElement.scrollWidth"),
    }
    assert found["cut"] == [], picture
    assert found["letters"] >= 30, picture
    assert found["lines"] >= 1.5, picture
    assert found["wide"] <= WIDTH, picture


async def _keep(page: Page, picture: str) -> None:
    """A picture where one was asked for; in the manual's folder only what the manual shows, in few colours."""
    folder, name = Path(KEPT), picture.partition("-")[2]
    is_manual = folder.name == "pictures"
    if not KEPT or (is_manual and name not in IN_THE_MANUAL):
        return
    folder.mkdir(parents=True, exist_ok=True)
    image = Image.open(io.BytesIO(await _phone(page).screenshot())).convert("RGB")
    few = image.quantize(96, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(folder / f"{f'large-{name}' if is_manual else picture}.png", optimize=True)
