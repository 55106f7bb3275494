"""Service posts (服务岗位) with places left."""

from __future__ import annotations

from aiohttp import web

from console.desk import Desk
from console.guard import staff
from services.county import desk
from services.people import duty_persons

PATH = "/console/posts"


async def unfilled(at: Desk) -> web.Response:
    """Posts somebody could still take, by community and number."""
    return at.show("posts.html", rows=await desk.open_posts(at.reach))


async def claim(at: Desk) -> web.StreamResponse:
    """Somebody of the own people takes it, as they said; it waits for a yes like any claim."""
    named = await duty_persons.near((await at.form()).get("name", "").strip(), at.reach, at.today)
    person = await desk.theirs(named.id, at.reach, "check_in")
    entry = desk.Entry(person, at.opened.person, at.reach, at.now, at.doors.county)
    await desk.behalf.claim_open(entry, at.whole("number"))
    return at.back(PATH, "entered")


def routes() -> list[web.AbstractRouteDef]:
    """The list, and a claim on behalf."""
    return [web.get(PATH, staff(unfilled)), web.post(PATH + "/{number}", staff(claim))]
