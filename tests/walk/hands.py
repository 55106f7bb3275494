"""The secretary's hands and eyes: clicks are counted, every page is checked and photographed once."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from playwright.async_api import ConsoleMessage, Locator, Page

from tests.walk.book import Book

AXE = (Path(__file__).parents[1] / "console" / "vendored" / "axe.min.js").read_text("utf-8")
COLOURS = 64
PATIENCE_MS = 30_000
_RUN_AXE = "async () => (await axe.run()).violations.map(one => [one.id, one.nodes[0].html.slice(0, 160)])"
_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_PAGES = "() => document.fonts.ready.then(() => true)"


def counted(words: str, said: str) -> int:
    """The number that stands behind these words, -1 where none does."""
    found = re.search(rf"{words}\s*(\d+)", said)
    return int(found[1]) if found else -1


class Hands:
    """One browser page and everything a person does on it."""

    def __init__(self, page: Page, book: Book, root: str, pictures: Path | None, platform: str = "") -> None:
        self.page, self.book, self.root, self.pictures = page, book, root, pictures
        self._known = (root, "data:", "about:", "blob:", *([platform] if platform else []))
        self._checked: set[str] = set()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: book.console.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.book.console.append(f"{urlsplit(self.page.url).path}: {said.text}")

    def _asked(self, url: str) -> None:
        if not url.startswith(self._known):
            self.book.foreign.append(url)

    async def go(self, path: str) -> None:
        """Type an address, or use a bookmark: no click."""
        await self.page.goto(self.root + path)

    async def click(self, name: str, role: Any = "button", within: str = "body") -> None:
        """One click on what is called so."""
        await self.press(self.page.locator(within).get_by_role(role, name=name).first)

    async def follow(self, name: str, within: str = "body") -> None:
        """One click on a link."""
        await self.click(name, "link", within)

    async def press(self, where: Locator) -> None:
        """One click, and the page that comes of it."""
        self.book.click()
        await where.click()
        await self.page.wait_for_load_state()

    async def choose(self, name: str, within: str = "body") -> None:
        """One click on a circle or a box."""
        self.book.click()
        await self.page.locator(within).get_by_label(name).first.check()

    async def write(self, label: str, words: str, within: str = "body") -> None:
        """Fill in a field."""
        await self.page.locator(within).get_by_label(label).first.fill(words)

    async def enter(self, label: str, words: str) -> None:
        """Fill in a field and press Enter."""
        self.book.click()
        field = self.page.get_by_label(label).first
        await field.fill(words)
        await field.press("Enter")
        await self.page.wait_for_load_state()

    async def read(self, where: str = "main") -> str:
        """What stands there."""
        return await self.page.locator(where).first.inner_text()

    async def sees(self, *words: str, where: str = "main") -> str:
        """All of these words stand there; what is read. Raises `AssertionError` with what stands there instead."""
        said = await self.read(where)
        missing = [one for one in words if one not in said]
        assert not missing, f"{self.page.url}: {missing} not in: {' '.join(said.split())[:240]}"
        await self.look()
        return said

    async def misses(self, *words: str) -> None:
        """None of these words stands on the page."""
        said = await self.read()
        assert not [one for one in words if one in said], f"{self.page.url}: {words} stands there"

    async def look(self) -> None:
        """Have the page checked, once for each kind of page and width."""
        kind = self._kind()
        if kind in self._checked:
            return
        self._checked.add(kind)
        await self.page.evaluate(AXE)
        for rule, where in await self.page.evaluate(_RUN_AXE):
            self.book.violation(kind, rule, where)
        wide = await self.page.evaluate(_WIDE)
        if wide > 0:
            self.book.violation(kind, "wider-than-the-screen", f"{wide} px")

    def _kind(self) -> str:
        assert self.page.viewport_size
        return re.sub(r"\d+", "n", urlsplit(self.page.url).path) + f" {self.page.viewport_size['width']}"

    async def photograph(self, name: str) -> None:
        """A picture of the whole page, when pictures are wanted."""
        if self.pictures is None:
            return
        await self.page.evaluate(_PAGES)
        taken = Image.open(io.BytesIO(await self.page.screenshot(full_page=True, animations="disabled")))
        taken = taken.convert("RGB").crop((0, 0, taken.width, min(taken.height, 2 * taken.width)))
        taken.quantize(COLOURS).save(self.pictures / f"{name}.png", optimize=True)

    async def resize(self, width: int, height: int) -> None:
        """Another screen."""
        await self.page.set_viewport_size({"width": width, "height": height})
