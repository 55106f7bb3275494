"""Stands before members' own pages: who looks is found out by the platform's web authorisation, nothing is typed."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from aiohttp import web

import texts
from console.desk import Doors
from console.guard import csrf_of, doors_of, drop_cookie
from console.pages import page
from kit import clock
from kit.errors import Refusal
from services.people import own_pages
from services.people.own_pages import Member

HOME, IN = "/m/", "/m/in"
SESSION, BROWSER = "__Host-jinqiu-m", "__Host-jinqiu-m-way"
STAYS = timedelta(hours=48)
UNHURRIED = timedelta(hours=24)
"""A page that is open may be used for at least so long (promise E5; docs/decisions/0014-members-take-their-time.md)."""
_BROWSER_SECONDS = 600
_STATE = 32
_log = structlog.get_logger("members")


@dataclass(frozen=True, slots=True)
class Visit:
    """One look of one member at the own pages."""

    request: web.Request
    doors: Doors
    member: Member
    now: datetime
    csrf: str

    def show(self, template: str, **facts: Any) -> web.Response:
        """A page in large type; the telephone number is one step away on each."""
        frame = {"csrf": self.csrf, "phone": self.member.phone or self.doors.county.phone, "said": self._said()}
        return page(f"members/{template}", frame | facts)

    def _said(self) -> str:
        known: str = texts.section("pages", "say").get(f"done_{self.request.query.get('done', '')}", "")
        return known


Page = Callable[[Visit], Awaitable[web.StreamResponse]]
Plain = Callable[[web.Request], Awaitable[web.StreamResponse]]


def own(handler: Page) -> Plain:
    """This page shows a member what is the member's; who is not known yet is sent to the platform and comes back."""

    async def run(request: web.Request) -> web.StreamResponse:
        doors, now, key = doors_of(request), clock.now(), request.cookies.get(SESSION, "")
        lasting = now if request.method == "POST" else now + UNHURRIED
        openid = own_pages.openid_of(key, now=lasting)
        if openid is None:
            return _ended() if request.method == "POST" else _to_platform(doors)
        member = await own_pages.member_of(openid)
        if member is None:
            return _plain("unbound")
        visit = Visit(request, doors, member, now, csrf_of(key))
        if request.method != "POST":
            return await _answered(lambda: handler(visit))
        await _require_token(request, key)
        async with doors.transaction():
            return await _answered(lambda: handler(visit))

    return run


async def _answered(run: Callable[[], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    try:
        return await run()
    except Refusal as refusal:
        said = texts.render(refusal.key, **refusal.facts)
        return page("members/plain.html", {"title": texts.render("pages.refused"), "sentence": said}, status=422)


async def _require_token(request: web.Request, key: str) -> None:
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        raise web.HTTPForbidden(text=texts.render("console.foreign"))
    sent = str((await request.post()).get("csrf", ""))
    if not hmac.compare_digest(sent.encode(), csrf_of(key).encode()):
        raise web.HTTPForbidden(text=texts.render("console.foreign"))


def _to_platform(doors: Doors) -> web.Response:
    """Away to the platform with a state that belongs to this browser alone and serves once."""
    browser = secrets.token_urlsafe(24)
    answer = web.Response(status=303, headers={"Location": doors.member_way(_state_of(browser))})
    answer.set_cookie(BROWSER, browser, path="/", secure=True, httponly=True, samesite="Lax", max_age=_BROWSER_SECONDS)
    return answer


def _state_of(browser: str) -> str:
    return csrf_of(browser)[:_STATE]


async def come_in(request: web.Request) -> web.StreamResponse:
    """Back from the platform: the code says whose browser it is, the state that it is the one that was sent."""
    doors, browser = doors_of(request), request.cookies.get(BROWSER, "")
    state, code = request.query.get("state", ""), request.query.get("code", "")
    if not browser or not code or not hmac.compare_digest(state.encode(), _state_of(browser).encode()):
        return _plain("way_lost", status=403)
    try:
        visitor = await doors.member_who(code)
    except doors.platform_errors as exc:
        _log.warning("member_not_known", why=type(exc).__name__)
        return _plain("way_lost", status=403)
    if visitor.is_snapshot:
        return _plain("snapshot")
    return _opened(visitor.openid)


def _opened(openid: str) -> web.Response:
    answer = web.Response(status=303, headers={"Location": HOME})
    key = own_pages.key_for(openid, until=clock.now() + STAYS)
    seconds = int(STAYS.total_seconds())
    answer.set_cookie(SESSION, key, path="/", secure=True, httponly=True, samesite="Lax", max_age=seconds)
    drop_cookie(answer, BROWSER)
    return answer


def _ended() -> web.Response:
    return _plain("ended", status=401)


def _plain(name: str, status: int = 200) -> web.Response:
    facts = {"title": texts.render(f"pages.{name}"), "sentence": texts.render(f"pages.{name}_next")}
    return page("members/plain.html", facts, status=status)


def as_file(name: str, facts: Any) -> web.Response:
    """A copy to keep, as open text."""
    body = json.dumps(facts, ensure_ascii=False, indent=2, default=str)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store",
               "X-Content-Type-Options": "nosniff"}  # fmt: skip
    return web.Response(text=body, content_type="application/json", headers=headers)
