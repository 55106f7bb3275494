"""Every route of the console: closed to nobody in particular, to a foreign form, and to another branch (P12, P14)."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from cast import Cast
from console_site import Browser, Site, with_code
from delivery_cast import post

from console import rooms
from delivery.people import put_on_list
from kit import clock
from kit.clock import local_day
from kit.county import CheckInNumbers, PostNumbers
from models.care.visits import VisitTask
from models.help.posts import PostHolding
from models.help.wishes import Wish
from models.outreach.calls import Call
from models.outreach.notices import Broadcast, Notice
from models.people.access import AuditEntry
from models.people.check_in import CheckIn
from services.help import posts, wishes
from services.outreach import broadcasts
from services.people import access, check_in, organisation

pytestmark = pytest.mark.usefixtures("db")

ROUTES = [route for route in rooms.routes() if isinstance(route, web.RouteDef) and route.path.startswith("/console")]
LOOKS = sorted({route.path for route in ROUTES if route.method == "GET"} - {"/console/login"})
CHANGES = sorted({route.path for route in ROUTES if route.method == "POST"})
NUMBERED = sorted({(route.method, route.path) for route in ROUTES if "{number}" in route.path})


def _numbered(path: str, number: int = 1) -> str:
    return path.replace("{number}", str(number))


@pytest.mark.parametrize("path", LOOKS)
async def test_nobody_in_particular_is_sent_to_the_login(site: Site, cast: Cast, path: str) -> None:
    shown = await site.browser().look(_numbered(path))
    assert (shown.status, shown.headers.get("Location")) == (303, "/console/login")


@pytest.mark.parametrize("path", CHANGES)
async def test_a_form_without_the_token_changes_nothing(site: Site, cast: Cast, path: str) -> None:
    secretary = await with_code(site, cast.secretary)
    before = await AuditEntry.all().count()
    secretary.token = ""
    assert (await secretary.send(_numbered(path))).status == 403
    assert await AuditEntry.all().count() == before


@pytest.mark.parametrize("path", CHANGES)
async def test_a_foreign_page_cannot_ride_on_the_cookie(site: Site, cast: Cast, path: str) -> None:
    secretary = await with_code(site, cast.secretary)
    await secretary.look("/console/")
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in secretary.cookies.items()),
               "Sec-Fetch-Site": "cross-site"}  # fmt: skip
    assert site.server is not None
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        url, sent = site.server.make_url(_numbered(path)), {"csrf": secretary.token}
        async with http.post(url, data=sent, headers=headers, allow_redirects=False) as answer:
            assert answer.status == 403


@pytest.mark.parametrize("path", LOOKS)
async def test_every_page_lets_nothing_foreign_in(site: Site, cast: Cast, path: str) -> None:
    secretary = await with_code(site, cast.secretary)
    shown = await secretary.look(_numbered(path, 99999))
    if shown.status == 303:
        return
    assert "default-src 'self'" in shown.headers["Content-Security-Policy"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Cache-Control"] == "no-store"
    assert "max-age=31536000" in shown.headers["Strict-Transport-Security"]


async def _other_side(site: Site, cast: Cast) -> Browser:
    """A secretary of the neighbouring branch, whose hand does not reach here."""
    await organisation.appoint(cast.feng, "branch_secretary", cast.other_branch, since=None)
    return await with_code(site, cast.feng)


async def _something_of_everything(cast: Cast) -> None:
    """Row number one of every kind, all of this branch and community."""
    now, today = clock.now(), local_day(clock.now())
    application = check_in.Application(community_id=cast.community.id, estate="金桂花园", building="3")
    await check_in.submit(cast.wang, application, now=now, numbers=CheckInNumbers())
    await posts.claim(cast.patrol, cast.qian, now=now, numbers=PostNumbers())
    await wishes.keep("order_service", wishes.Asking("oQian", cast.qian), now=now, words="水龙头滴水")
    reach = await access.reach_of(cast.secretary, today)
    meant = await broadcasts.understood("金桂花园全体", cast.secretary, reach, now=now)
    await broadcasts.draft(cast.secretary, reach, meant, "周三上午9点开会", now=now)
    notice = await Notice.get(id=await post(cast.zhao, now))
    await put_on_list(notice, now, why="delivery.why_no_window")
    await VisitTask.create(
        kind="decade_birthday_visit", occasion="decade_birthday:80", subject=cast.zhao, due_on=today,
        window_from=today - timedelta(days=3), assignee_id=cast.secretary.id, state="assigned", made_at=now,
    )  # fmt: skip


async def _states() -> list[object]:
    found: list[object] = []
    for model in (CheckIn, PostHolding, Wish, Broadcast, VisitTask, Call):
        found += [str(row) for row in await model.all().order_by("id").values_list("id", "state")]
    return found


async def test_another_branch_neither_sees_nor_changes_anything(site: Site, cast: Cast) -> None:
    await _something_of_everything(cast)
    before, stranger = await _states(), await _other_side(site, cast)
    await stranger.look("/console/")
    for method, path in NUMBERED:
        at = _numbered(path, cast.zhao.id if "people" in path else 1)
        fields = {"reason": "不合适", "result": "visited", "line": "好"}
        shown = await stranger.look(at) if method == "GET" else await stranger.send(at, **fields)
        assert shown.status in (404, 422), at
        assert not any(name in shown.text for name in ("赵一禾", "王百川", "钱二梅", "水龙头")), at
    assert await _states() == before
