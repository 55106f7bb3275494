"""A session that ends in the middle of a form: what was typed waits for the one who typed it, and for nobody else."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path

import pytest
from browsing import open_page
from cast import Cast
from console_site import Browser, Site, with_code
from playwright.async_api import Page

from kit import clock
from kit.clock import local_day
from models.care.visits import VisitRecord, VisitTask
from models.database import connection
from models.people.access import AuditEntry
from models.people.console import ConsoleSession, KeptForm
from models.people.members import Person
from services.county import upkeep
from services.people import kept_forms, login_codes

pytestmark = pytest.mark.usefixtures("db")

TYPED = "灯泡坏了，要换"


@pytest.fixture
def hands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The hands of the house's clock: seconds written here move it on."""
    file = tmp_path / "clock"
    file.write_text("0")
    monkeypatch.setenv("JINQIU_CLOCK_FILE", str(file))
    return file


@pytest.fixture
async def visit(cast: Cast) -> VisitTask:
    day = local_day(clock.now()) - timedelta(days=1)
    return await VisitTask.create(
        kind="decade_birthday_visit", occasion="decade_birthday:80", subject=cast.zhao, due_on=day, window_from=day,
        assignee_id=cast.secretary.id, state="assigned", made_at=clock.now(),
    )  # fmt: skip


async def _code(browser: Browser, person: Person) -> str:
    """Logs in again in the same browser; where it leads."""
    printed = await login_codes.make_code(person, now=clock.now())
    await browser.look("/console/login")
    return (await browser.send("/console/login/code", code=printed.code)).headers["Location"]


async def _sent_too_late(site: Site, cast: Cast, visit: VisitTask, hands: Path) -> Browser:
    desk = await with_code(site, cast.secretary)
    await desk.look("/console/visits?which=overdue")
    hands.write_text("1900")
    shown = await desk.send(f"/console/visits/{visit.id}", result="visited", line=TYPED)
    assert shown.status == 401
    assert "都给您留着" in shown.text
    return desk


async def test_after_the_login_the_form_is_there_with_everything_typed(
    site: Site, cast: Cast, visit: VisitTask, hands: Path
) -> None:
    desk = await _sent_too_late(site, cast, visit, hands)
    way = await _code(desk, cast.secretary)
    assert way == "/console/visits?which=overdue&kept=1#kept"
    page = (await desk.look(way.partition("#")[0])).text
    assert TYPED in page
    kept = await KeptForm.get()
    sent = await desk.send(f"/console/visits/{visit.id}", result="visited", line=TYPED, kept=str(kept.id))
    assert sent.status == 303
    assert (await VisitRecord.get()).findings == TYPED
    assert await KeptForm.all().count() == 0
    assert await _code(desk, cast.secretary) == "/console/"


async def test_nobody_else_gets_it(site: Site, cast: Cast, visit: VisitTask, hands: Path) -> None:
    desk = await _sent_too_late(site, cast, visit, hands)
    assert await _code(desk, cast.worker) == "/console/"
    for path in ("/console/visits?which=overdue&kept=1", "/console/kept"):
        assert TYPED not in (await desk.look(path)).text
    kept = await KeptForm.get()
    await desk.look("/console/")
    await desk.send(f"/console/kept/{kept.id}/drop")
    assert await KeptForm.all().count() == 1
    assert "kept=1" in await _code(site.browser(), cast.secretary)


async def test_it_is_sealed_and_gone_after_a_day(site: Site, cast: Cast, visit: VisitTask, hands: Path) -> None:
    await _sent_too_late(site, cast, visit, hands)
    raw = await connection().execute_query_dict("SELECT page, action, fields_sent FROM kept_form")
    assert len(raw) == 1
    assert TYPED not in str(raw)
    assert "/console/visits" not in str(raw)
    assert TYPED not in str(await AuditEntry.all().values())
    later = clock.now() + timedelta(hours=25)
    assert await kept_forms.waiting(cast.secretary.id, now=later) is None

    deleted = await upkeep.delete_old(later, upkeep.KeepPolicy(), _each)
    assert deleted["kept_forms"] == 1


async def _each(portion: Awaitable[int]) -> int:
    return await portion


@pytest.mark.parametrize("how", ["foreign", "left", "unknown", "long ago"])
async def test_nothing_is_kept_for_who_did_not_work_here(
    site: Site, cast: Cast, visit: VisitTask, hands: Path, how: str
) -> None:
    desk = await with_code(site, cast.secretary)
    await desk.look("/console/visits?which=overdue")
    if how == "foreign":
        desk.token = "0" * 40
    elif how == "left":
        await ConsoleSession.all().update(ended_at=clock.now())
    elif how == "unknown":
        desk.cookies["__Host-jinqiu"] = "x" * 43
    hands.write_text("90000" if how == "long ago" else "1900")
    assert (await desk.send(f"/console/visits/{visit.id}", result="visited", line=TYPED)).status in (401, 403)
    assert await KeptForm.all().count() == 0


async def test_what_has_no_page_any_more_is_handed_in_from_a_page_of_its_own(
    site: Site, cast: Cast, visit: VisitTask, hands: Path
) -> None:
    desk = await _sent_too_late(site, cast, visit, hands)
    await VisitTask.all().update(due_on=local_day(clock.now()) + timedelta(days=9))
    await _code(desk, cast.secretary)
    moved = await desk.look("/console/visits?which=overdue&kept=1")
    assert moved.headers["Location"] == "/console/kept"
    assert TYPED in (await desk.look("/console/kept")).text
    kept = await KeptForm.get()
    sent = await desk.send(f"/console/visits/{visit.id}", result="visited", line=TYPED, kept=str(kept.id))
    assert sent.status == 303
    assert (await desk.look("/console/kept")).headers["Location"] == "/console/"


async def test_a_password_is_never_kept_nor_a_mere_click(site: Site, cast: Cast, hands: Path) -> None:
    desk = await with_code(site, cast.secretary)
    await desk.look("/console/me")
    hands.write_text("1900")
    await desk.send("/console/me/password", password="a-very-long-secret")
    await desk.send("/console/leave")
    assert await KeptForm.all().count() == 0


async def test_asking_how_long_is_left_makes_it_no_longer(site: Site, cast: Cast, hands: Path) -> None:
    desk = await with_code(site, cast.secretary)
    hands.write_text("1690")
    for _ in range(2):
        seconds = json.loads((await desk.look("/console/staying")).text)["left"]
        assert 60 < seconds <= 110
    hands.write_text("1801")
    assert (await desk.look("/console/staying")).headers["Location"] == "/console/login"


@pytest.mark.browser
async def test_a_key_keeps_the_session_and_too_late_a_form_comes_back(
    site: Site, cast: Cast, visit: VisitTask, hands: Path
) -> None:
    async with open_page(375) as page:
        broken: list[str] = []
        page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
        await page.clock.install()
        root = await _come_in(page, site, cast.secretary)
        await page.goto(f"{root}visits?which=overdue")
        await page.locator("summary").click()
        await page.locator("input[name=line]").fill("灯泡坏了")
        await _pass(page, hands, 1681)
        await page.wait_for_selector("#staying:not([hidden])")
        assert "按任意一个键" in await page.inner_text("#staying")
        await page.keyboard.type("，要换")
        await page.wait_for_selector("#staying", state="hidden")
        await _pass(page, hands, 1681 + 1500)
        assert await page.locator("#staying").is_hidden()
        await _pass(page, hands, 1681 + 1500 + 1000)
        await page.wait_for_selector("#staying:not([hidden])")
        assert "已经退出登录" in await page.inner_text("#staying")
        await page.locator("input[value=visited]").check()
        await page.locator("main form button").first.click()
        await page.wait_for_selector("text=都给您留着")
        await page.get_by_role("link", name="去登录").click()
        await _log_in(page, cast.secretary)
        await page.wait_for_selector("#kept")
        assert await page.locator("input[name=line]").input_value() == TYPED
        assert await page.locator("input[value=visited]").is_checked()
        await page.locator("main form:has(#kept) button").first.click()
        await page.wait_for_selector("[role=status]:has-text('登记好了')")
        assert (await VisitRecord.get()).findings == TYPED
        assert [one for one in broken if "401" not in one] == []


async def _pass(page: Page, hands: Path, seconds: int) -> None:
    """Time passes on the house's clock and in the browser."""
    before = int(hands.read_text())
    hands.write_text(str(seconds))
    await page.clock.fast_forward((seconds - before) * 1000)


async def _come_in(page: Page, site: Site, person: Person) -> str:
    assert site.server is not None
    root = str(site.server.make_url("/console/"))
    await page.goto(root)
    await _log_in(page, person)
    await page.wait_for_selector(".morning")
    return root


async def _log_in(page: Page, person: Person) -> None:
    printed = await login_codes.make_code(person, now=clock.now())
    await page.get_by_label("登录码").fill(printed.code)
    await page.get_by_label("登录码").press("Enter")
