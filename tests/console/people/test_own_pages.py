"""Members' own pages: opened by the platform's word alone, one's own and nobody else's, readable for old eyes."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from browsing import open_page
from cast import Cast
from console_site import Browser, Came, Site

from console.guard import csrf_of
from kit import clock
from kit.county import CheckInNumbers, PostNumbers
from models.help.wishes import Wish
from models.people.accounts import Account, Binding
from models.people.check_in import CheckIn
from services.help import posts
from services.people import check_in, looks
from services.people.access import reach_of
from services.people.own_pages import key_for

pytestmark = pytest.mark.usefixtures("db")

OWN = ("", "certificate", "posts", "dates", "data")
CHANGES = ("copy", "correct", "leave")


async def _came_back(site: Site, openid: str, *, is_snapshot: bool = False) -> Browser:
    """A phone that opened the page from the menu and came back from the platform."""
    browser = site.browser()
    sent = await browser.look("/m/")
    assert sent.status == 303
    site.visitors["code1"] = Came(openid, is_snapshot)
    state = sent.headers["Location"].partition("state=")[2]
    shown = await browser.look(f"/m/in?code=code1&state={state}")
    browser.attributes.append(f"{shown.status} {shown.text}")
    return browser


@pytest.fixture
async def phone(site: Site, cast: Cast) -> Browser:
    """赵一禾's phone, known."""
    return await _came_back(site, "oZhao")


@pytest.mark.parametrize("path", OWN)
async def test_every_page_opens_and_shows_nobody_else(phone: Browser, path: str) -> None:
    shown = await phone.look(f"/m/{path}")
    assert shown.status == 200
    assert shown.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in shown.headers["Content-Security-Policy"]
    assert not any(name in shown.text for name in ("钱二梅", "冯九思"))


@pytest.mark.parametrize("path", OWN)
async def test_who_is_not_known_is_sent_to_the_platform(site: Site, cast: Cast, path: str) -> None:
    sent = await site.browser().look(f"/m/{path}")
    assert sent.status == 303
    assert sent.headers["Location"].startswith("https://open.example/?state=")


async def test_a_code_without_the_browsers_own_state_opens_nothing(site: Site, cast: Cast) -> None:
    site.visitors["code1"] = Came("oZhao")
    stranger = site.browser()
    assert (await stranger.look("/m/in?code=code1&state=abc")).status == 403
    await stranger.look("/m/")
    assert (await stranger.look("/m/in?code=code1&state=abc")).status == 403


async def test_a_code_the_platform_does_not_know_opens_nothing(site: Site, cast: Cast) -> None:
    browser = site.browser()
    sent = await browser.look("/m/")
    state = sent.headers["Location"].partition("state=")[2]
    assert (await browser.look(f"/m/in?code=other&state={state}")).status == 403


async def test_a_preview_with_a_made_up_account_opens_nothing(site: Site, cast: Cast) -> None:
    browser = await _came_back(site, "oZhao", is_snapshot=True)
    assert "使用完整服务" in browser.attributes[-1]
    assert (await browser.look("/m/data")).status == 303


@pytest.mark.parametrize("key", ["", "v1.aaaaaa.bbbb", "nonsense", "v1.a.b.c=="])
async def test_a_made_up_cookie_opens_nothing(site: Site, cast: Cast, key: str) -> None:
    browser = site.browser()
    browser.cookies["__Host-jinqiu-m"] = key
    assert (await browser.look("/m/data")).status == 303


@pytest.mark.parametrize(
    ("hours", "looks", "sends"),
    [
        pytest.param(47, 200, 303, id="new"),
        pytest.param(25, 200, 303, id="a-page-opened-now-lasts-a-day"),
        pytest.param(23, 303, 303, id="a-page-opened-earlier-is-still-good"),
        pytest.param(0, 303, 401, id="over"),
    ],
)
async def test_whoever_opens_a_page_has_a_day_for_it(
    site: Site, cast: Cast, hours: int, looks: int, sends: int
) -> None:
    browser = site.browser()
    key = key_for("oZhao", until=clock.now() + timedelta(hours=hours))
    browser.cookies["__Host-jinqiu-m"], browser.token = key, csrf_of(key)
    assert (await browser.look("/m/data")).status == looks
    browser.cookies["__Host-jinqiu-m"], browser.token = key, csrf_of(key)
    assert (await browser.send("/m/data/correct", words="楼栋是2号楼")).status == sends


async def test_the_cookie_of_a_day_ends_with_the_binding(phone: Browser) -> None:
    assert (await phone.look("/m/data")).status == 200
    await Binding.filter(openid="oZhao").update(until=clock.now())
    assert "赵一禾" not in (await phone.look("/m/data")).text


async def test_an_account_that_is_bound_to_nobody_hears_what_to_do(site: Site, cast: Cast) -> None:
    browser = await _came_back(site, "oNobody")
    assert "回复“绑定”" in (await browser.look("/m/")).text


@pytest.mark.parametrize("path", CHANGES)
async def test_nothing_changes_without_the_pages_token(phone: Browser, path: str) -> None:
    phone.token = "0" * 40
    assert (await phone.send(f"/m/data/{path}", words="楼栋不对")).status == 403
    assert await Account.filter(openid="oZhao").exists()


async def test_the_certificate_is_shown_in_every_state(site: Site, phone: Browser, cast: Cast) -> None:
    await CheckIn.all().delete()
    assert "还没有报到" in (await phone.look("/m/certificate")).text
    application = check_in.Application(community_id=cast.community.id, estate="金桂花园", building="1")
    row, _ = await check_in.submit(cast.zhao, application, now=clock.now(), numbers=CheckInNumbers())
    assert "前给您回话" in (await phone.look("/m/certificate")).text
    accepted = await check_in.accept(row, by=cast.worker, now=clock.now())
    assert str(accepted.card_no) in (await phone.look("/m/certificate")).text


async def test_posts_stand_with_their_state(phone: Browser, cast: Cast) -> None:
    await posts.claim(cast.post, cast.zhao, now=clock.now(), numbers=PostNumbers())
    shown = (await phone.look("/m/posts")).text
    assert "3号 政策宣传员" in shown
    assert "等审批" in shown


async def test_who_looked_is_told(phone: Browser, cast: Cast) -> None:
    reach = await reach_of(cast.secretary, clock.now().date())
    await looks.look(cast.zhao.id, "phone", "要打电话通知开会", by=cast.secretary, reach=reach, now=clock.now())
    shown = (await phone.look("/m/data")).text
    assert "1回" in shown
    assert "李四友：要打电话通知开会" in shown


async def test_a_copy_comes_at_once_and_is_whole(phone: Browser) -> None:
    await phone.look("/m/data")
    sent = await phone.send("/m/data/copy")
    assert "attachment" in sent.headers["Content-Disposition"]
    kept = json.loads(sent.text)
    assert (kept["name"], kept["phone"], kept["contacts"][0]["name"]) == ("赵一禾", "19900000001", "赵小禾")


async def test_a_correction_becomes_a_named_persons_task(phone: Browser, cast: Cast) -> None:
    await phone.look("/m/data")
    assert (await phone.send("/m/data/correct", words=" ")).status == 422
    await phone.look("/m/data")
    assert (await phone.send("/m/data/correct", words="楼栋是2号楼")).status == 303
    wish = await Wish.get(kind="correction")
    assert (wish.words, wish.person_id) == ("楼栋是2号楼", cast.zhao.id)
    assert wish.keeper_id


async def test_leaving_erases_the_account_at_once(phone: Browser, cast: Cast) -> None:
    await phone.look("/m/data")
    assert "已经撤回了" in (await phone.send("/m/data/leave")).text
    assert not await Account.filter(openid="oZhao").exists()
    assert not await Binding.filter(openid="oZhao").exists()
    assert (await phone.look("/m/data")).status == 303


@pytest.mark.browser
async def test_the_pages_are_readable_for_old_eyes(site: Site, cast: Cast) -> None:
    assert site.server is not None
    root = str(site.server.make_url("/m/"))
    key = key_for("oZhao", until=clock.now().replace(year=2099))
    for width in (187, 320, 375):
        async with open_page(width) as page:
            await page.set_extra_http_headers({"Cookie": f"__Host-jinqiu-m={key}"})
            for path in OWN:
                await page.goto(root + path)
                assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
                sizes = await page.evaluate(
                    "[...document.querySelectorAll('p,dt,dd,h1,a,button,label')]"
                    ".map(e => parseFloat(getComputedStyle(e).fontSize))"
                )
                assert min(sizes) >= 18, path
                heights = await page.evaluate(
                    "[...document.querySelectorAll('a.big,button,summary')]"
                    ".filter(e => e.offsetParent).map(e => e.getBoundingClientRect().height)"
                )
                assert min(heights) >= 48, path
