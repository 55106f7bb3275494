"""Stands before every page of the console: session, token, transaction, and one calm page for whatever goes wrong."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from aiohttp import web
from aiohttp.web_request import FileField

import texts
from console import kept
from console.desk import DOORS, Desk, Doors, Page
from console.pages import page
from kit import clock
from kit.errors import Refusal
from services.people import logins

SESSION, BROWSER = "__Host-jinqiu", "__Host-jinqiu-login"
HOME, LOGIN = "/console/", "/console/login"
_TWELVE_HOURS = 12 * 3600
_UNSAFE = ("POST",)
_log = structlog.get_logger("console")

Plain = Callable[[web.Request], Awaitable[web.StreamResponse]]


def csrf_of(secret: str) -> str:
    """The token that belongs to a cookie: who can read the page has it, who only rides on the cookie has not."""
    return hmac.new(secret.encode(), b"console form", hashlib.sha256).hexdigest()[:40]


def staff(handler: Page, *, saves: bool = True, most_bytes: int = 0) -> Plain:
    """This page is for somebody in office; everybody else is shown the way to the login.

    `saves` is False for long work with transactions of its own, `most_bytes` lets a larger form in.
    """

    async def run(request: web.Request) -> web.StreamResponse:
        request = request.clone(client_max_size=most_bytes) if most_bytes else request
        key = request.cookies.get(SESSION, "")
        doors, now = doors_of(request), clock.now()
        opened = await logins.resume(key, now=now) if key else None
        try:
            if opened is None:
                return await _ended(request, doors, key, now)
            desk = Desk(request, doors, opened, now, csrf_of(key))
            await _require_token(request, key)
            answer = await _answered(request, lambda: handler(desk), doors, saves=saves)
            return await _with_kept(desk, answer)
        finally:
            await _close_files(request)

    return run


async def _ended(request: web.Request, doors: Doors, key: str, now: datetime) -> web.Response:
    """Nobody is there (any more); what somebody typed until time ended their session is kept for them."""
    session = await logins.lapsed(key, now=now) if key and request.method in _UNSAFE else None
    if session is None:
        return to_login(request)
    stood_on = await kept.page_of(request)
    await _require_token(request, key)
    return await kept.keep(request, doors, session, stood_on)


async def _with_kept(desk: Desk, answer: web.StreamResponse) -> web.StreamResponse:
    """A form that waits is put back into the page that is looked at, and is done once it is handed in."""
    if desk.request.method in _UNSAFE:
        await kept.handed_in(desk, answer)
    elif kept.MARK in desk.request.query:
        return await kept.filled(desk, answer)
    return answer


def stranger(
    handler: Callable[[web.Request, Doors, str], Awaitable[web.StreamResponse]], *, saves: bool = True
) -> Plain:
    """This page is for who has not logged in yet; the browser gets a cookie of its own for that, nothing else.

    `saves` is False for a page that asks the network and opens its own transaction before.
    """

    async def run(request: web.Request) -> web.StreamResponse:
        browser = request.cookies.get(BROWSER, "")
        is_new = len(browser) < _LEAST
        browser = secrets.token_urlsafe(24) if is_new else browser
        if not is_new or request.method in _UNSAFE:
            await _require_token(request, browser)
        doors = doors_of(request)
        answer = await _answered(request, lambda: handler(request, doors, browser), doors, saves=saves)
        if is_new:
            set_cookie(answer, BROWSER, browser)
        return answer

    return run


_LEAST = 20


def doors_of(request: web.Request) -> Doors:
    """What the house lends to the pages of this application."""
    lent: Doors = request.app[DOORS]()
    return lent


def to_login(request: web.Request) -> web.Response:
    """Show the way in. What was asked by a script is told to load that page instead of swapping it in."""
    if request.headers.get("HX-Request"):
        return web.Response(status=200, headers={"HX-Redirect": LOGIN})
    if request.method in _UNSAFE:
        return page("console/ended.html", {"is_kept": False}, status=401)
    return web.Response(status=303, headers={"Location": LOGIN})


def require_fresh(desk: Desk) -> None:
    """What reaches far asks for a login of the last minutes (promise X16); raises `console.fresh_wanted`."""
    if not desk.opened.is_fresh(desk.now):
        raise Refusal("console.fresh_wanted")


def set_cookie(answer: web.StreamResponse, name: str, value: str) -> None:
    """A cookie of this host alone, that no script reads and no foreign page sends (promise X13)."""
    answer.set_cookie(name, value, path="/", secure=True, httponly=True, samesite="Lax", max_age=_TWELVE_HOURS)


def drop_cookie(answer: web.StreamResponse, name: str) -> None:
    """Take the cookie away."""
    answer.del_cookie(name, path="/", secure=True, httponly=True, samesite="Lax")


async def _require_token(request: web.Request, secret: str) -> None:
    """No change without the token of the form's own page, and none from a foreign page (promise X13)."""
    if request.method not in _UNSAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        raise web.HTTPForbidden(text=texts.render("console.foreign"))
    sent = request.headers.get("X-CSRF-Token") or str((await request.post()).get("csrf", ""))
    if not hmac.compare_digest(sent.encode(), csrf_of(secret).encode()):
        raise web.HTTPForbidden(text=texts.render("console.foreign"))


async def _close_files(request: web.Request) -> None:
    """What was uploaded lies in a file of the machine until it is closed."""
    if request.content_type == "multipart/form-data":
        for sent in (await request.post()).values():
            if isinstance(sent, FileField):
                sent.file.close()


async def _answered(
    request: web.Request, run: Callable[[], Awaitable[web.StreamResponse]], doors: Doors, *, saves: bool = True
) -> web.StreamResponse:
    """One transaction for a change, none for a look; a refusal becomes its sentence, a bug an incident number."""
    try:
        if not saves or request.method not in _UNSAFE:
            return await run()
        async with doors.transaction():
            return await run()
    except Refusal as refusal:
        status = 404 if refusal.key == "access.unknown" else 422
        said = texts.render(refusal.key, **refusal.facts)
        return page("console/refused.html", {"sentence": said, "back": HOME}, status=status)
    except web.HTTPException:
        raise
    except Exception:  # noqa: BLE001  the last stop before the browser: logged with a number, told as one calm page
        incident = f"{secrets.randbelow(10**6):06}"
        _log.exception("page_broke", incident=incident, path=request.match_info.route.resource.canonical)  # type: ignore[union-attr]
        return page("console/broke.html", {"incident": incident}, status=500)
