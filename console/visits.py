"""五必到 as a list: who is due, who goes, and what became of it."""

from __future__ import annotations

from aiohttp import web

from console.desk import Desk
from console.guard import staff
from kit.errors import Refusal
from services import desk, visits

PATH = "/console/visits"
LISTS = ("overdue", "hospital", "birthdays", "all")


async def due(at: Desk) -> web.Response:
    """Open duties, the earliest first; `which` narrows them, `after` turns the page."""
    which = at.request.query.get("which", "all")
    which = which if which in LISTS else "all"
    after = at.whole("after")
    found = await desk.due_visits(at.reach, which, now=at.now, after=after)
    more = after + desk.LISTED if len(found) == desk.LISTED else 0
    shown = [(row, visits.occasion_in_words(row.occasion), visits.day_in_words(row.due_on)) for row in found]
    return at.show("visits.html", rows=shown, which=which, lists=LISTS, more=more, results=visits.RESULTS)


async def record(at: Desk) -> web.StreamResponse:
    """What became of a visit, as the visitor told it."""
    form = await at.form()
    result = form.get("result", "")
    if result not in visits.RESULTS:
        raise Refusal("console.result_wanted")
    await visits.record(
        at.whole("number"),
        result,
        form.get("line", "").strip()[:200],
        by=at.opened.person,
        reach=at.reach,
        now=at.now,
    )
    return at.back(f"{PATH}?which={form.get('which', 'all')}", "recorded")


def routes() -> list[web.AbstractRouteDef]:
    """The list and its one answer."""
    return [web.get(PATH, staff(due)), web.post(PATH + "/{number}", staff(record))]
