"""One's own login: a password beside the scan, and an end to every session at once."""

from __future__ import annotations

from aiohttp import web

from console.desk import Desk
from console.guard import LOGIN, SESSION, drop_cookie, require_fresh, staff
from services.people import logins

PATH = "/console/me"


async def own(at: Desk) -> web.Response:
    """Whether there is a password, and the forms."""
    return at.show("me.html", has_password=await logins.has_password(at.opened.person))


async def set_password(at: Desk) -> web.StreamResponse:
    """A new one, only soon after a login (X16); every other session ends."""
    require_fresh(at)
    said = (await at.form()).get("password", "")
    await logins.set_password(at.opened.person, said, keep=at.opened.row.id, now=at.now)
    return at.back(PATH, "password_set")


async def drop_password(at: Desk) -> web.StreamResponse:
    """By scan alone from now on."""
    await logins.drop_password(at.opened.person, now=at.now)
    return at.back(PATH, "password_dropped")


async def leave_everywhere(at: Desk) -> web.StreamResponse:
    """Every session of the person ends, this one too."""
    await logins.close_all(at.opened.person, now=at.now)
    answer = web.Response(status=303, headers={"Location": LOGIN})
    drop_cookie(answer, SESSION)
    return answer


def routes() -> list[web.AbstractRouteDef]:
    """The page and its three buttons."""
    return [
        web.get(PATH, staff(own)),
        web.post(PATH + "/password", staff(set_password)),
        web.post(PATH + "/password/drop", staff(drop_password)),
        web.post(PATH + "/leave", staff(leave_everywhere)),
    ]
