"""The page behind the QR code of a 报到证: shows no more than the paper does, large enough for old eyes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from browsing import open_page
from cast import Cast, arrange

from console import pages
from console.people import members
from kit.county import CheckInNumbers
from services.people import check_in

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    return await arrange(monday)


@pytest.fixture
async def site() -> AsyncIterator[TestServer]:
    app = web.Application()
    app.add_routes([*members.routes(), *pages.routes()])
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
async def code(cast: Cast, monday: datetime) -> str:
    """The verification code of a certificate just given to the new retiree."""
    application = check_in.Application(community_id=cast.community.id, estate="金桂花园", building="3")
    row, _ = await check_in.submit(cast.wang, application, now=monday, numbers=CheckInNumbers())
    accepted = await check_in.accept(row, by=cast.worker, now=monday)
    assert accepted.verify_code
    return accepted.verify_code


async def _get(site: TestServer, path: str) -> tuple[int, str, dict[str, str]]:
    async with aiohttp.ClientSession() as http, http.get(site.make_url(path)) as answer:
        return answer.status, await answer.text(), dict(answer.headers)


async def test_a_true_certificate_is_confirmed_without_a_name_or_an_address(site: TestServer, code: str) -> None:
    status, body, _ = await _get(site, f"/m/verify/{code}")
    assert status == 200
    assert "这张报到证是真的" in body
    assert "桂花社区" in body
    assert not any(private in body for private in ("王百川", "金桂花园", "19900000008"))


async def test_an_unknown_code_says_what_to_do_next(site: TestServer) -> None:
    status, body, _ = await _get(site, "/m/verify/abcdefgh12345678")
    assert status == 404
    assert "没有查到" in body


@pytest.mark.parametrize("path", ["/m/verify/abcdefgh12345678", "/m/static/members.css"])
async def test_nothing_foreign_may_be_loaded(site: TestServer, path: str) -> None:
    _, body, headers = await _get(site, path)
    assert "http://" not in body
    assert "https://" not in body
    if path.endswith("8"):
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.browser
@pytest.mark.parametrize(("width", "zoom"), [(320, 1), (375, 1), (375, 2)], ids=["320 px", "375 px", "200 %"])
async def test_the_page_is_readable_for_old_eyes(site: TestServer, code: str, width: int, zoom: int) -> None:
    async with open_page(width // zoom) as page:
        await page.goto(str(site.make_url(f"/m/verify/{code}")))
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        sizes = await page.evaluate(
            "[...document.querySelectorAll('p,dt,dd,h1')].map(e => parseFloat(getComputedStyle(e).fontSize))"
        )
        assert min(sizes) >= 18
        line = await page.evaluate(
            "(() => { const s = getComputedStyle(document.querySelector('main p:last-child'));"
            " return parseFloat(s.lineHeight) / parseFloat(s.fontSize); })()"
        )
        assert line >= 1.5
