"""The first page: at most seven lines, most harm first, each a door to the list where it is settled."""

from __future__ import annotations

import asyncio

from aiohttp import web

import texts
from console.desk import Desk
from console.guard import HOME, staff
from console.pages import download
from services.county import desk

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


async def sheet(at: Desk) -> web.Response:
    """The same lines on one sheet of paper: numbers only."""
    from delivery.paper import monday_sheet as paper  # the drawing libraries take seconds to load

    lines = [(texts.render(f"console.line_{one.name}"), one.count) for one in await desk.lines(at.reach, now=at.now)]
    facts = paper.MondaySheetFacts(texts.render("paper.monday"), at.today, tuple(lines))
    content = await asyncio.to_thread(paper.pdf, facts)
    return download(content, f"monday-{at.today:%Y%m%d}.pdf", "application/pdf")


def routes() -> list[web.AbstractRouteDef]:
    """The first page, with and without the last stroke, and on paper."""
    return [
        web.get(HOME, staff(first)),
        web.get(HOME.rstrip("/"), staff(first)),
        web.get(HOME + "sheet", staff(sheet)),
    ]
