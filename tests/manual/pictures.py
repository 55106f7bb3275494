"""Takes the manual's pictures: starts the demo, plays `scenes.txt` on the phones, and photographs them in Chromium.

`python -m tests.manual.pictures [picture …]` writes docs/manual/pictures/*.png and ends with the last one named.
Needs Debian's chromium.
"""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image
from playwright.async_api import Browser, async_playwright
from playwright.async_api import Error as BrowserError

from bot.demo_county import DEMO_PHONES
from delivery.paper import poster, slips
from delivery.paper.picture import Picture

ROOT = Path(__file__).parents[2]
SCENES = Path(__file__).parent / "scenes.txt"
PICTURES = ROOT / "docs" / "manual" / "pictures"
SERVICE, SIMULATOR = 8281, 8291
STARTING_SECONDS, WAITING_SECONDS = 180.0, 40.0
WIDTH, LOWEST, HIGHEST, AROUND_THE_CHAT = 430, 420, 1000, 320
COLOURS = 96
FROM_THE_ACCOUNT = {"customer", "template", "subscription", "mass"}

START = "import asyncio, sys; from pathlib import Path; from bot.demo import main; " + (
    "raise SystemExit(asyncio.run(main(Path(sys.argv[1]), (int(sys.argv[2]), int(sys.argv[3])))))"
)
CHAT_HEIGHT = """chat => { const all = [...chat.children]; if (!all.length) return 0;
  const end = Math.max(...all.map(one => one.offsetTop + one.offsetHeight)); return end - all[0].offsetTop + 34; }"""


class Table:
    """The phones, as `scenes.txt` moves them."""

    def __init__(self, http: aiohttp.ClientSession, browser: Browser, code: str) -> None:
        self.http, self.browser, self.code = http, browser, code
        self.openids = {phone.name: phone.openid for phone in DEMO_PHONES}
        self.seen: dict[str, int] = {}

    async def play(self, line: str) -> None:
        """One line of the scenes: `name > words`, `name ! deed`, `name << words` (wait for them), `name #` (wipe),
        `@ days` (move the clock), `= picture name` (photograph)."""
        line = line.replace("{code}", self.code)
        if line.startswith("="):
            _, picture, name, *more = line.split()
            await self.photograph(picture, name, more)
        elif line.startswith("@"):
            await self._ask("POST", "/sim/clock", {"seconds": float(line[1:]) * 86_400})
        else:
            name, sign, rest = (*line.split(maxsplit=2), "")[:3]
            await self._on_phone(name, sign, rest)

    async def _on_phone(self, name: str, sign: str, rest: str) -> None:
        phone = f"/sim/phones/{self.openids[name]}"
        if sign == ">":
            await self._ask("POST", f"{phone}/say", {"text": rest})
        elif sign == "!":
            await self._ask("POST", f"{phone}/{rest}", {})
        elif sign == "#":
            await self._ask("DELETE", f"{phone}/screen")
        elif sign == "<<":
            await self._wait(name, phone, rest)
        else:
            raise ValueError(f"scenes.txt: {sign}")

    async def _wait(self, name: str, phone: str, words: str) -> None:
        """Until something with these words has come from the account by itself."""
        loop = asyncio.get_running_loop()
        until = loop.time() + WAITING_SECONDS
        while loop.time() < until:
            for entry in await self._entries(phone):
                fits = entry["kind"] in FROM_THE_ACCOUNT and words in (entry.get("text") or "")
                if fits and entry["seq"] > self.seen.get(name, 0):
                    self.seen[name] = entry["seq"]
                    return
            await asyncio.sleep(0.3)
        raise TimeoutError(f"nothing came for {name}: {words}")

    async def _entries(self, phone: str) -> list[dict[str, Any]]:
        found = await self._ask("GET", f"{phone}/screen?after=0")
        return list(found["entries"] if isinstance(found, dict) else found)

    async def photograph(self, picture: str, name: str, more: Sequence[str]) -> None:
        """The phone of `name`, just high enough for its chat; `menu` opens the account's menu first."""
        page = await self.browser.new_page(
            locale="zh-CN", viewport={"width": WIDTH, "height": HIGHEST}, device_scale_factor=2
        )
        address = f"http://127.0.0.1:{SIMULATOR}/"
        await page.add_init_script(f"localStorage.setItem('jinqiu-phones', '[\"{self.openids[name]}\"]')")
        await page.goto(address)
        await page.wait_for_selector("body[data-ready]")
        await page.wait_for_timeout(600)
        phone = page.locator(".phone").first
        chat = await phone.locator(".chat").evaluate(CHAT_HEIGHT)
        height = min(HIGHEST, max(LOWEST, round(chat) + AROUND_THE_CHAT))
        await page.set_viewport_size({"width": WIDTH, "height": height})
        if "menu" in more:
            await phone.locator(".bar > div > button").nth(int(more[-1])).click()
        await page.wait_for_timeout(500)
        keep(picture, await phone.screenshot())
        await page.close()

    async def _ask(self, verb: str, path: str, body: Any = None) -> Any:
        async with self.http.request(verb, f"http://127.0.0.1:{SIMULATOR}{path}", json=body) as answer:
            if answer.status >= 400:
                raise RuntimeError(f"{path}: {await answer.text()}")
            return await answer.json()


def keep(name: str, content: bytes) -> None:
    """A picture in few colours, so that the manual stays light."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    few = image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(PICTURES / f"{name}.png", optimize=True)
    print(f"{name}.png  {(PICTURES / f'{name}.png').stat().st_size // 1024} KB", flush=True)


def papers(code: str) -> None:
    """What is printed: one slip and the poster, with made-up contents."""
    link = "http://weixin.qq.com/q/02demoDemoDemo"
    slip = slips.SlipFacts(code, "王百川", "桂花社区", "金秋之家", "19900000900", date(2026, 12, 31), link)
    keep("slip", slips.png(slip))
    sheet = Picture(poster.WIDTH, poster.HEIGHT, scale=3, paper="#fdf9ec")
    poster.draw(sheet, poster.PosterFacts("桂花社区", "19900000900", link, date(2026, 11, 23)))
    keep("poster", sheet.png())


def scenes(wanted: Sequence[str]) -> list[str]:
    """The lines to play; when pictures are named, the last one of them ends the play."""
    lines = [line.strip() for line in SCENES.read_text("utf-8").splitlines()]
    lines = [line for line in lines if line and not line.startswith("//")]
    ends = [at for at, line in enumerate(lines) if line.startswith("=") and line.split()[1] in wanted]
    return lines[: ends[-1] + 1] if ends else lines


async def _slip_code(demo: asyncio.subprocess.Process) -> str:
    """The four digits that the demo tells once it is open."""
    assert demo.stdout is not None
    heard = ""
    async with asyncio.timeout(STARTING_SECONDS):
        while line := (await demo.stdout.readline()).decode():
            heard += line
            if found := re.search(r"四位数字 (\d{4})", line):
                return found[1]
    raise RuntimeError(f"the demo did not open:\n{heard}")


async def _read_on(demo: asyncio.subprocess.Process) -> None:
    assert demo.stdout is not None
    while await demo.stdout.readline():
        continue


async def main(wanted: Sequence[str]) -> None:
    """Everything from the opening to the last picture."""
    with tempfile.TemporaryDirectory() as folder:
        demo = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", START, f"{folder}/demo", str(SERVICE), str(SIMULATOR)),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            code = await _slip_code(demo)
            listening = asyncio.ensure_future(_read_on(demo))
            papers(code)
            await _play(code, scenes(wanted))
            listening.cancel()
        finally:
            demo.terminate()
            await demo.wait()


async def _play(code: str, lines: Sequence[str]) -> None:
    async with async_playwright() as playwright, aiohttp.ClientSession() as http:
        arguments = ["--no-sandbox", "--disable-gpu", "--lang=zh-CN"]
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        table = Table(http, browser, code)
        for number, line in enumerate(lines, 1):
            try:
                await table.play(line)
            except (RuntimeError, TimeoutError, BrowserError) as exc:
                print(f"{number}: {line}: {exc}", flush=True)
        await browser.close()


if __name__ == "__main__":
    PICTURES.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(sys.argv[1:]))
