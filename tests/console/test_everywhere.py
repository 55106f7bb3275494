"""Every page of the desk and of members in a real Chromium, with something on it: small, narrow, enlarged (P19).

Nothing is cut off, every target is large, axe finds nothing, nothing foreign is asked for, no script is heavy, and the
focus can be seen wherever the keyboard leads.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from browsing import open_page
from cast import Cast
from console_site import Site
from playwright.async_api import Page, Request

from console import rooms
from console.guard import SESSION
from console.visitors import SESSION as OWN_SESSION
from kit import clock
from kit.county import CheckInNumbers
from models.care.visits import VisitTask
from models.help.wishes import Wish
from models.outreach.notices import Broadcast
from models.people.console import ConsolePassword
from models.people.members import Person
from services.county.guards import RANKING, ask_to_open
from services.help import heard
from services.people import check_in, kept_forms, logins
from services.people.access import Reach, reach_of
from services.people.own_pages import key_for
from tests.console.filled import everything

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.browser]

AXE = (Path(__file__).parent / "vendored" / "axe.min.js").read_text("utf-8")
SIZES = {"320": (320, "100%"), "375": (375, "100%"), "wide": (1280, "100%"), "enlarged": (640, "100%"),
         "large text": (640, "200%")}  # fmt: skip
"""CSS pixels and size of text: 200 % zoom on a laptop of 1280 leaves 640 of them."""
NO_PAGES = {
    "/console/staying": "two numbers for a script",
    "/m/in": "on the way back from the platform",
    "/console": "the same page",
    "/console/sheet": "a sheet to print",
    "/console/broadcasts/count": "one line for a script",
}
MOST_SCRIPT = 100 * 1024
_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_SMALL = """least => [...document.querySelectorAll('a, button, input, summary, select, textarea')]
    .filter(one => !['hidden', 'radio', 'checkbox'].includes(one.type))
    .filter(one => one.offsetParent && !one.classList.contains('skip'))
    .filter(one => one.getBoundingClientRect().height < least).map(one => one.outerHTML.slice(0, 90))"""
_AXE = "async () => (await axe.run()).violations.map(one => one.id + ' ' + one.nodes[0].html.slice(0, 120))"
_FOLDED = "() => document.querySelectorAll('details').forEach(one => one.open = true)"
_LARGER = "size => document.documentElement.style.fontSize = size"
_INLINE = "() => [...document.scripts].filter(one => !one.src).length + document.querySelectorAll('[style]').length"
_UNSEEN = """() => {
    const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
    if (one === document.body) return '';
    const isSeen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.width > 0
        && box.bottom > 0 && box.top < innerHeight;
    return isSeen ? '' : one.outerHTML.slice(0, 120);
}"""


@dataclass
class Looked:
    """A page that is looked at, what broke on it and what it loaded."""

    page: Page
    root: str
    errors: list[str] = field(default_factory=list)
    loaded: list[Request] = field(default_factory=list)

    async def go(self, path: str) -> None:
        """Another page; what was loaded before is forgotten."""
        self.loaded.clear()
        await self.page.goto(self.root + path)


async def _pages(site: Site, cast: Cast) -> list[str]:
    """The address of every page, with the numbers of rows that exist; all lists have something on them."""
    await everything(cast, 0, 8)
    await heard.keep("oZhao", "俺想寻个营生", ["browse_posts"], person=cast.zhao, now=clock.now())
    await ask_to_open(RANKING, "救灾找人", by=cast.worker, reach=await _reach(cast.worker), now=clock.now())
    application = check_in.Application(community_id=cast.community.id, estate="金桂花园", building="1")
    row, _ = await check_in.submit(cast.wang, application, now=clock.now(), numbers=CheckInNumbers())
    accepted = await check_in.accept(row, by=cast.worker, now=clock.now())
    await kept_forms.keep(cast.worker.id, "", "/console/exports", [("reason", "核对名册")], now=clock.now())
    asked = await Wish.filter(keeper_id=cast.worker.id).values_list("id", flat=True)
    due = await VisitTask.all().values_list("id", flat=True)
    written = await Broadcast.all().values_list("id", flat=True)
    numbers: dict[str, object] = {
        "/console/people/{number}": cast.zhao.id,
        "/console/people/{number}/hand-over": cast.zhao.id,
        "/console/organisation/{number}": cast.community.id,
        "/console/visits/{number}/assign": due[0],
        "/console/questions/{number}": asked[0],
        "/console/broadcasts/{number}": written[0],
        "/console/broadcasts/{number}/people": written[0],
        "/console/visits/rules/{number}": "5?to=20",
    }
    further = ["/console/people?q=何", "/console/pictures?span=year", "/console/pictures/names?what=ages&key=75",
               "/console/visits?which=overdue", "/console/people/999999"]  # fmt: skip
    routes = [one.path for one in rooms.routes() if isinstance(one, web.RouteDef) and one.method == "GET"]
    found = [path.replace("{number}", str(numbers.get(path, ""))) for path in routes if path not in NO_PAGES]
    return [
        path.partition("{code")[0] + str(accepted.verify_code) if "{code" in path else path for path in found
    ] + further


async def _reach(person: Person) -> Reach:
    return await reach_of(person, clock.now().date())


@asynccontextmanager
async def _looking(site: Site, cast: Cast, size: str) -> AsyncIterator[Looked]:
    width, text = SIZES[size]
    assert site.server is not None
    root = str(site.server.make_url("/")).rstrip("/")
    now = clock.now()
    await ConsolePassword.create(person_id=cast.worker.id, phrase="-", set_at=now)
    async with open_page(width) as page:
        looked = Looked(page, root)
        page.on("console", lambda said: looked.errors.append(said.text) if said.type == "error" else None)
        page.on("requestfinished", lambda request: looked.loaded.append(request))
        page.on("pageerror", lambda error: looked.errors.append(str(error)))
        for name, key in ((SESSION, await logins.open_session(cast.worker, "code", now=now)),
                          (OWN_SESSION, key_for("oZhao", until=now + timedelta(hours=47)))):  # fmt: skip
            at = root.replace("http:", "https:")
            await page.context.add_cookies([{"name": name, "value": key, "url": at, "secure": True}])
        if text != "100%":
            await page.add_init_script(f"addEventListener('DOMContentLoaded', () => ({_LARGER})('225%'))")
        yield looked


@pytest.mark.parametrize("size", SIZES)
async def test_every_page_can_be_read_and_used(site: Site, cast: Cast, size: str) -> None:
    async with _looking(site, cast, size) as looked:
        wrong = {}
        for path in await _pages(site, cast):
            if found := await _looked_at(looked, path):
                wrong[path] = found
        assert not wrong, "\n".join(f"{path}: {one}" for path, found in wrong.items() for one in found)
        assert [one for one in looked.errors if "404" not in one] == []


async def _looked_at(looked: Looked, path: str) -> list[str]:
    """What is wrong with a page, first as it comes and then with everything unfolded."""
    page, found = looked.page, []
    await looked.go(path)
    if "/login" in page.url and "/login" not in path:
        return ["sent to the login"]
    least = 59.5 if path.startswith("/m/") else 43.5
    for _ in range(2):
        found += [f"too wide by {over}"] if (over := await page.evaluate(_WIDE)) > 0 else []
        found += [f"too small: {one}" for one in await page.evaluate(_SMALL, least)]
        await page.evaluate(_FOLDED)
    await page.evaluate(AXE)
    return found + list(await page.evaluate(_AXE))


async def test_no_page_loads_more_than_a_hundred_kilobytes_of_script(site: Site, cast: Cast) -> None:
    async with _looking(site, cast, "wide") as looked:
        for path in await _pages(site, cast):
            await looked.go(path)
            scripts = [one for one in looked.loaded if one.resource_type == "script"]
            sizes = [len(await answer.body()) for one in scripts if (answer := await one.response())]
            assert sum(sizes) <= MOST_SCRIPT, path
            assert await looked.page.evaluate(_INLINE) == 0, path


async def test_the_keyboard_reaches_everything_and_is_always_seen(site: Site, cast: Cast) -> None:
    async with _looking(site, cast, "375") as looked:
        for path in await _pages(site, cast):
            await looked.go(path)
            for _ in range(25):
                await looked.page.keyboard.press("Tab")
                assert await looked.page.evaluate(_UNSEEN) == "", path
