"""The first page: at most seven lines, most harm first, each a door to the list where it is settled."""

from __future__ import annotations

from aiohttp import web

from console.desk import Desk
from console.guard import HOME, staff
from services import desk

DOORS_OF = {
    "overdue": "/console/visits?which=overdue",
    "hospital": "/console/visits?which=hospital",
    "birthdays": "/console/visits?which=birthdays",
    "unfilled": "/console/posts",
    "approvals": "/console/approvals",
    "questions": "/console/questions",
    "health": "/console/operations",
}


async def first(at: Desk) -> web.Response:
    """What a Monday morning begins with."""
    lines = await desk.lines(at.reach, now=at.now)
    alone = await desk.alone_at(at.reach, at.today)
    return at.show("home.html", lines=[(line, DOORS_OF[line.name]) for line in lines], alone=alone)


def routes() -> list[web.AbstractRouteDef]:
    """The first page, with and without the last stroke."""
    return [web.get(HOME, staff(first)), web.get(HOME.rstrip("/"), staff(first))]
