"""Login: scan the code and say the two digits in the chat, or type the one-time code from the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from aiohttp import web

import texts
from console import kept
from console.desk import Desk, Doors
from console.drawing import qr_data
from console.guard import HOME, LOGIN, SESSION, csrf_of, drop_cookie, set_cookie, staff, stranger
from console.pages import page
from kit import clock
from services.people import login_codes, logins

if TYPE_CHECKING:
    from models.people.members import Person

_log = structlog.get_logger("console")
_SECONDS = 300


async def ways(request: web.Request, doors: Doors, browser: str) -> web.Response:
    """The page with both ways in; the code to scan comes by a form, since a look changes nothing."""
    return _page(browser)


async def begin(request: web.Request, doors: Doors, browser: str) -> web.Response:
    """A code for this browser and the digits beside it; when the platform gives none, the paper's code still opens.

    The login is kept first: the platform is asked outside of every transaction.
    """
    now, caller = clock.now(), f"begun:{request.remote}"
    async with doors.transaction():
        await logins.require_patience(caller, now=now, most=_BEGUN)
        await logins.wrong(caller, now=now)
        begun = await logins.begin(browser, now=now)
    try:
        code = await doors.qr_code(begun.scene, _SECONDS)
    except doors.platform_errors as exc:
        _log.warning("login_code_refused", why=type(exc).__name__)
        return _page(browser, wrong=texts.render("logins.no_code"), status=503)
    return page("console/scan.html", {"digits": begun.digits, "picture": qr_data(code.url), "csrf": csrf_of(browser)})


_BEGUN = 60
"""Codes to scan that one address may ask for in a quarter of an hour."""


async def look(request: web.Request, doors: Doors, browser: str) -> web.StreamResponse:
    """Whether the digits have been said: then the console opens, with a session of its own."""
    found = await logins.approved(browser, now=clock.now())
    if found is None:
        return web.Response(status=204)
    person, how = found
    return await _open(request, person, how)


async def by_code(request: web.Request, doors: Doors, browser: str) -> web.StreamResponse:
    """The one-time code that `staff add` printed."""
    now, caller = clock.now(), f"address:{request.remote}"
    await logins.require_patience(caller, now=now)
    person = await login_codes.spend_code(str((await request.post()).get("code", "")), now=now)
    if person is None:
        await logins.wrong(caller, now=now)
        return _page(browser, wrong=texts.render("logins.wrong_code"), status=422)
    return await _open(request, person, "code")


async def by_password(request: web.Request, doors: Doors, browser: str) -> web.StreamResponse:
    """Telephone number and password, then the digits by chat; a wrong one and an unknown number look alike."""
    now, form = clock.now(), await request.post()
    phone, said = str(form.get("phone", "")).strip()[:20], str(form.get("password", ""))
    callers = (f"address:{request.remote}", f"password:{phone}")
    async with doors.transaction():
        await logins.require_patience(*callers, now=now)
    person = await logins.behind(phone, said, now=now)
    async with doors.transaction():
        if person is None:
            await logins.wrong(*callers, now=now)
            return _page(browser, wrong=texts.render("console.wrong_password"), status=422)
        begun = await logins.ask_digits(person, browser, now=now)
    return page("console/second.html", {"digits": begun.digits, "csrf": csrf_of(browser)})


async def leave(desk: Desk) -> web.StreamResponse:
    """The session ends here and on the server."""
    await logins.close(desk.opened, now=desk.now)
    answer = web.Response(status=303, headers={"Location": LOGIN})
    drop_cookie(answer, SESSION)
    return answer


def _page(browser: str, *, wrong: str = "", status: int = 200) -> web.Response:
    return page("console/login.html", {"csrf": csrf_of(browser), "wrong": wrong}, status=status)


async def _open(request: web.Request, person: Person, how: str) -> web.Response:
    """Into the console with a new cookie, to what was being typed or to the first page; a script is told where."""
    now, by_script = clock.now(), bool(request.headers.get("HX-Request"))
    key = await logins.open_session(person, how, now=now)
    way = await kept.way_back(person.id, HOME, now)
    answer = web.Response(status=200 if by_script else 303, headers={"HX-Redirect" if by_script else "Location": way})
    set_cookie(answer, SESSION, key)
    return answer


def routes() -> list[web.AbstractRouteDef]:
    """The ways in and out."""
    return [
        web.get(LOGIN, stranger(ways)),
        web.post(f"{LOGIN}/scan", stranger(begin, saves=False)),
        web.post(f"{LOGIN}/look", stranger(look)),
        web.post(f"{LOGIN}/code", stranger(by_code)),
        web.post(f"{LOGIN}/password", stranger(by_password, saves=False)),
        web.post("/console/leave", staff(leave)),
    ]
