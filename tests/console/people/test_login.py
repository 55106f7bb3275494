"""The console opens by a scan and two digits or by a code on paper, and by nothing else."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from cast import Cast
from console_site import Browser, Site, with_code
from talking import Talk, open_talk

from handlers.routers import ROUTERS
from kit import clock
from models.people.access import AuditEntry
from models.people.console import ConsoleSession, LoginScan
from models.people.organisation import Role
from services.people import login_codes

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def talk(cast: Cast) -> AsyncIterator[Talk]:
    opened = await open_talk(ROUTERS, clock.now())
    yield opened
    await opened.inbox.stop()


async def _scanned(site: Site, talk: Talk, openid: str) -> tuple[Browser, str, str]:
    browser = site.browser()
    await browser.look("/console/login")
    page = await browser.send("/console/login/scan")
    found = re.search(r'id="digits">(\d\d)<', page.text)
    assert found
    return browser, found[1], await talk.push(openid, "SCAN", EventKey=site.scenes[-1], Ticket="t")


async def test_a_scan_and_the_two_digits_open_the_page(site: Site, talk: Talk) -> None:
    browser, digits, asked = await _scanned(site, talk, "oSecretary")
    assert "两位数字" in asked
    assert (await browser.send("/console/login/look")).status == 204
    assert "马上打开" in await talk.say("oSecretary", digits)
    assert (await browser.send("/console/login/look")).headers["Location"] == "/console/"
    assert "李四友" in (await browser.look("/console/")).text


async def test_wrong_digits_open_nothing_and_three_void_the_code(site: Site, talk: Talk) -> None:
    browser, digits, _ = await _scanned(site, talk, "oSecretary")
    wrong = "11" if digits != "11" else "12"
    for _ in range(3):
        assert "数字不对" in await talk.say("oSecretary", wrong)
        await talk.push("oSecretary", "SCAN", EventKey=site.scenes[-1], Ticket="t")
    assert "过时" in await talk.push("oSecretary", "SCAN", EventKey=site.scenes[-1], Ticket="t")
    assert (await browser.send("/console/login/look")).status == 204


async def test_who_holds_no_office_is_told_so_kindly(site: Site, talk: Talk) -> None:
    _, _, answer = await _scanned(site, talk, "oQian")
    assert "负责的同志" in answer


async def test_another_browser_is_not_opened_by_the_scan(site: Site, talk: Talk) -> None:
    _, digits, _ = await _scanned(site, talk, "oSecretary")
    await talk.say("oSecretary", digits)
    other = site.browser()
    await other.look("/console/login")
    assert (await other.send("/console/login/look")).status == 204


async def test_an_approved_scan_opens_once(site: Site, talk: Talk) -> None:
    browser, digits, _ = await _scanned(site, talk, "oSecretary")
    await talk.say("oSecretary", digits)
    assert (await browser.send("/console/login/look")).status == 303
    assert (await browser.send("/console/login/look")).status == 204
    assert (await LoginScan.get()).used_at is not None


async def test_the_code_from_the_paper_opens_once(site: Site, cast: Cast) -> None:
    printed = await login_codes.make_code(cast.secretary, now=clock.now())
    for expected in (303, 422):
        browser = site.browser()
        await browser.look("/console/login")
        assert (await browser.send("/console/login/code", code=printed.code)).status == expected


async def test_ten_wrong_codes_stop_the_address(site: Site, cast: Cast) -> None:
    browser = site.browser()
    await browser.look("/console/login")
    answers = [(await browser.send("/console/login/code", code=f"AAAA-{number}")).text for number in range(7)]
    assert "不对" in answers[0]
    assert "太快" in answers[-1]


async def test_without_the_platform_the_paper_still_opens(site: Site, cast: Cast) -> None:
    site.is_away = True
    browser = site.browser()
    await browser.look("/console/login")
    page = await browser.send("/console/login/scan")
    assert page.status == 503
    assert "登录码" in page.text


async def test_cookies_are_of_this_host_alone(site: Site, cast: Cast) -> None:
    browser = await with_code(site, cast.secretary)
    assert browser.attributes
    for cookie in browser.attributes:
        assert cookie.startswith("__Host-")
        assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))


async def test_nothing_changes_without_the_token(site: Site, cast: Cast) -> None:
    browser = await with_code(site, cast.secretary)
    await browser.look("/console/")
    browser.token = "0" * 40
    assert (await browser.send("/console/leave")).status == 403
    assert (await browser.look("/console/")).status == 200


async def test_nobody_else_is_let_in(site: Site, cast: Cast) -> None:
    for path in ("/console/", "/console/people", "/console/visits", "/console/broadcasts/1"):
        shown = await site.browser().look(path)
        assert (shown.status, shown.headers["Location"]) == (303, "/console/login")


async def test_leaving_ends_the_session_on_the_server(site: Site, cast: Cast) -> None:
    browser = await with_code(site, cast.secretary)
    kept = dict(browser.cookies)
    await browser.look("/console/")
    await browser.send("/console/leave")
    browser.cookies = kept
    assert (await browser.look("/console/")).status == 303


async def test_half_an_hour_without_a_click_ends_it(site: Site, cast: Cast) -> None:
    browser = await with_code(site, cast.secretary)
    long_ago: datetime = clock.now() - timedelta(minutes=31)
    await ConsoleSession.all().update(seen_at=long_ago)
    assert (await browser.look("/console/")).status == 303


async def test_an_office_given_up_ends_it_at_once(site: Site, cast: Cast) -> None:
    browser = await with_code(site, cast.secretary)
    await Role.filter(person_id=cast.secretary.id).delete()
    assert (await browser.look("/console/")).status == 303


async def test_opening_and_leaving_stand_in_the_book(site: Site, cast: Cast) -> None:
    browser = await with_code(site, cast.secretary)
    await browser.look("/console/")
    await browser.send("/console/leave")
    booked = [str(entry) for entry in await AuditEntry.all().order_by("id").values_list("action", flat=True)]
    assert [one for one in booked if one.startswith("console")] == ["console_opened", "console_closed"]
