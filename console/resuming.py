"""The end of a session: warned of two minutes before, put off by one key, and what was typed waits behind it."""

from __future__ import annotations

from aiohttp import web

from console.desk import Desk
from console.guard import HOME, SESSION, staff, to_login
from console.kept import KEPT, MARK
from console.pages import HEADERS
from kit import clock
from kit.errors import Refusal
from services.people import kept_forms, logins

STAYING = "/console/staying"


async def left(request: web.Request) -> web.StreamResponse:
    """How many seconds this browser's session has left, else the way in; asking does not make it longer."""
    count = await logins.seconds_left(request.cookies.get(SESSION, ""), now=clock.now())
    return _seconds(count) if count else to_login(request)


async def stay(at: Desk) -> web.Response:
    """The person is still there: half an hour more, as long as the day's limit is not reached."""
    return _seconds(at.seconds_left)


def _seconds(count: int) -> web.Response:
    return web.json_response({"left": count}, headers=HEADERS)


async def kept_page(at: Desk) -> web.StreamResponse:
    """What was typed, where its own page is no more: to read, to hand in, or to let go."""
    kept = await kept_forms.waiting(at.opened.person.id, now=at.now)
    if kept is None:
        return web.Response(status=303, headers={"Location": HOME})
    typed = [value for _, value in kept.fields if value.strip() and not value.isascii()]
    return at.show("kept.html", kept=kept, typed=typed, mark=MARK)


async def let_go(at: Desk) -> web.StreamResponse:
    """It is not wanted any more."""
    if not await kept_forms.drop(at.opened.person.id, at.whole("number")):
        raise Refusal("access.unknown")
    return at.back(HOME, "kept_dropped")


def routes() -> list[web.AbstractRouteDef]:
    """Two answers for the warning's script, and the form that waits."""
    return [
        web.get(STAYING, left),
        web.post(STAYING, staff(stay)),
        web.get(KEPT, staff(kept_page)),
        web.post(KEPT + "/{number}/drop", staff(let_go)),
    ]
