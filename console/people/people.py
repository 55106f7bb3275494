"""People: found as one types, and a page for each with what happened and what will."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

import texts
from console.desk import Desk
from console.guard import staff
from kit.clock import local
from services.care import visits
from services.county import desk
from services.county.coming import Coming
from services.people import consents, looks

PATH = "/console/people"


async def found(at: Desk) -> web.Response:
    """The search page; asked by the page's own script it answers with the rows alone."""
    said = at.request.query.get("q", "")
    rows = await desk.search(at.reach, said, today=at.today)
    is_part = "HX-Request" in at.request.headers
    return at.show("people_rows.html" if is_part else "people.html", rows=rows, q=said[:40], most=desk.FOUND)


async def one(at: Desk) -> web.Response:
    """One person's page."""
    return await _page(at)


async def unmask(at: Desk) -> web.Response:
    """One masked field shown once, with a reason; the look stands in the book before it is answered."""
    form = await at.form()
    field = form.get("field", "")
    _, said = await looks.look(
        at.whole("number"), field, form.get("reason", ""), by=at.opened.person, reach=at.reach, now=at.now
    )
    return await _page(at, field=field, shown=said)


async def _page(at: Desk, *, field: str = "", shown: str = "") -> web.Response:
    page = await desk.page(at.whole("number"), at.reach, now=at.now)
    lines = [(task, visits.occasion_in_words(task.occasion), visits.day_in_words(task.due_on)) for task in page.visits]
    may = await desk.may_do(page.person, at.reach)
    return at.show(
        "person.html",
        page=page,
        visits=lines,
        fields=looks.FIELDS,
        field=field,
        shown=shown,
        may=may,
        ties=await desk.ties(page.person) if may.enter else None,
        past=await desk.happened(page.person, at.reach),
        ahead=[_foreseen(one) for one in await desk.ahead(page.person, at.doors.county, now=at.now)],
        version=desk.version_of(page.person),
        purposes=consents.purposes(),
        life=desk.LIFE,
    )


def _foreseen(one: Coming) -> tuple[datetime, str, str, str]:
    """When, the words, the reason and the way, as sentences; what may not be named stays unnamed (V12)."""
    words = texts.render(one.say, **one.facts) if one.kind != "waiting" else ""
    way = texts.render(one.way) if one.way else ""
    return local(one.at), words, texts.render(one.why, **one.because), way


def routes() -> list[web.AbstractRouteDef]:
    """The search, the page, and a look behind the mask."""
    return [
        web.get(PATH, staff(found)),
        web.get(PATH + "/{number}", staff(one)),
        web.post(PATH + "/{number}", staff(unmask)),
    ]
