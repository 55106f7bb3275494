"""The desk in a real Chromium: what appears while one types, and the keyboard alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from browsing import open_page
from cast import Cast
from console_site import Site
from playwright.async_api import Page

from kit import clock
from kit.clock import local_day
from models.care.visits import VisitTask
from services.people import login_codes

pytestmark = [pytest.mark.usefixtures("db"), pytest.mark.browser]


async def _come_in(page: Page, site: Site, cast: Cast) -> str:
    printed = await login_codes.make_code(cast.secretary, now=clock.now())
    assert site.server is not None
    root = str(site.server.make_url("/console/"))
    await page.goto(root)
    await page.get_by_label("登录码").fill(printed.code)
    await page.get_by_label("登录码").press("Enter")
    await page.wait_for_selector(".morning")
    return root


async def test_people_appear_while_one_types(site: Site, cast: Cast) -> None:
    async with open_page(1024) as page:
        root = await _come_in(page, site, cast)
        await page.goto(root + "people")
        await page.get_by_role("searchbox").press_sequentially("钱二")
        await page.wait_for_selector("#rows tbody tr:only-child")
        assert "钱二梅" in await page.inner_text("#rows")


async def test_a_visit_is_recorded_with_the_keyboard_alone(site: Site, cast: Cast) -> None:
    day = local_day(clock.now()) - timedelta(days=1)
    await VisitTask.create(
        kind="decade_birthday_visit", occasion="decade_birthday:80", subject=cast.zhao, due_on=day, window_from=day,
        assignee_id=cast.secretary.id, state="assigned", made_at=clock.now(),
    )  # fmt: skip
    async with open_page(1024) as page:
        root = await _come_in(page, site, cast)
        await page.goto(root + "visits?which=overdue")
        await page.locator("summary").focus()
        for key in ("Enter", "Tab", "Space", "Tab"):
            await page.keyboard.press(key)
        await page.keyboard.type("精神很好")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("[role=status]")
        assert "登记好了" in await page.inner_text("[role=status]")


async def test_the_menu_of_a_phone_is_one_row_that_the_keyboard_moves(site: Site, cast: Cast) -> None:
    async with open_page(375) as page:
        await _come_in(page, site, cast)
        menu = page.locator("header nav")
        box, last = await menu.bounding_box(), menu.locator("a").last
        assert box
        assert box["height"] < 80
        for _ in range(await menu.locator("a").count() + 2):
            await page.keyboard.press("Tab")
            if await last.evaluate("one => one === document.activeElement"):
                break
        seen = await last.bounding_box()
        assert seen
        assert seen["x"] >= 0
        assert seen["x"] + seen["width"] <= 375
