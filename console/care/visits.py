"""五必到 as a list: who is due, who goes, and what became of it."""

from __future__ import annotations

from typing import Never

from aiohttp import web

from console.desk import Desk
from console.guard import staff
from kit.errors import Refusal
from services.care import visits
from services.county import desk
from services.people import duty_persons

PATH = "/console/visits"
LISTS = ("overdue", "hospital", "birthdays", "all")


async def due(at: Desk) -> web.Response:
    """Open duties, the earliest first; `which` narrows them, `after` turns the page."""
    which = _which(at)
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


async def who_goes(at: Desk) -> web.Response:
    """Who could go, and why; somebody else is named."""
    task, found = await visits.suggestions(
        at.whole("number"), by=at.opened.person, reach=at.reach, today=at.today
    )  # fmt: skip
    words = (visits.occasion_in_words(task.occasion), visits.day_in_words(task.due_on))
    return at.show("assign.html", task=task, found=found, occasion=words[0], day=words[1], which=_which(at))


async def assign(at: Desk) -> web.StreamResponse:
    """The duty is theirs from now on, and they are told."""
    form, number = await at.form(), at.whole("number")
    said, name = form.get("visitor", ""), form.get("name", "").strip()
    if name:
        visitor = await duty_persons.near(name, at.reach, at.today)
    else:
        _, found = await visits.suggestions(number, by=at.opened.person, reach=at.reach, today=at.today)
        visitor = next((one.person for one in found if str(one.person.id) == said), None) or _nobody()
    await visits.assign(number, visitor, by=at.opened.person, reach=at.reach, now=at.now)
    return at.back(f"{PATH}?which={_which(at, form.get('which', ''))}", "assigned")


def _nobody() -> Never:
    raise Refusal("console.visitor_wanted")


def _which(at: Desk, said: str = "") -> str:
    which = said or at.request.query.get("which", "all")
    return which if which in LISTS else "all"


def routes() -> list[web.AbstractRouteDef]:
    """The list, its answer, and who goes."""
    return [
        web.get(PATH, staff(due)),
        web.post(PATH + "/{number}", staff(record)),
        web.get(PATH + "/{number}/assign", staff(who_goes)),
        web.post(PATH + "/{number}/assign", staff(assign)),
    ]
