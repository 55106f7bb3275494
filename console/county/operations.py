"""The house's own health: heartbeat, queue, allowances, what broke, and the doors to guards, drills and successors."""

from __future__ import annotations

from aiohttp import web

import texts
from console.desk import Desk
from console.guard import staff
from kit.clock import local
from kit.errors import Refusal
from services.county import upkeep, warnings
from services.county.desk import running
from services.help import heard

PATH = "/console/operations"
_PHRASES = 30


async def health(at: Desk) -> web.Response:
    """Heartbeat, backup, rehearsed restore, warnings, queue, quotas, parked messages: each with what to do."""
    marks = [(name, await upkeep.noted(name)) for name in (upkeep.HEARTBEAT, "backup", "restored")]
    return at.show(
        "operations.html",
        warnings=[_in_words(one) for one in await warnings.standing(at.now)],
        marks=[(name, local(mark[1]) if mark else None) for name, mark in marks],
        queue=await running.queue(at.now),
        quotas=await running.quotas(at.doors.county.platform, at.now),
        platform=at.doors.county.platform,
        parked=await running.parked(at.reach),
    )


def _in_words(warning: str) -> str:
    """A standing warning as a sentence; `duty_missing:桂花社区` names what it concerns."""
    name, _, what = warning.partition(":")
    return texts.render(f"console.warning_{name}", what=what)


async def do_again(at: Desk) -> web.StreamResponse:
    """One more attempt at a message that broke; its transactions are those of the inbox."""
    one = await running.parked_one(at.whole("number"), at.reach)
    came = await at.doors.do_again(one.id, at.now)
    if came != "done":
        raise Refusal("operations.parked_again")
    return at.back(PATH, "done_again")


async def fell_through(at: Desk) -> web.Response:
    """What nobody understood lately, the commonest first, with the meanings it may be given."""
    rows = await heard.waiting(at.reach, _PHRASES)
    return at.show("heard.html", rows=rows, meanings=sorted(heard.meanings_known().items(), key=lambda one: one[1]))


async def give_meaning(at: Desk) -> web.StreamResponse:
    """From now on it means this; without a meaning it is put aside."""
    phrase = await heard.one_of(at.whole("number"), at.reach)
    intent, by = (await at.form()).get("intent", ""), f"person:{at.opened.person.id}"
    if intent:
        await heard.means(phrase, intent, by=by, now=at.now)
    else:
        await heard.put_aside(phrase, by=by, now=at.now)
    return at.back(f"{PATH}/heard", "learned" if intent else "put_aside")


async def deeds(at: Desk) -> web.Response:
    """The book of deeds, a page at a time."""
    after = at.whole("after")
    rows = await running.deeds(at.reach, now=at.now, after=after)
    more = after + len(rows) if len(rows) == running.LISTED else 0
    return at.show("deeds.html", rows=[(one, _deed_words(one.action)) for one in rows], more=more)


def _deed_words(action: str) -> str:
    """What a deed is called; one that has no name yet is shown as it stands."""
    known: str = texts.section("operations", "deeds").get(action.replace(".", "_"), action)
    return known


def routes() -> list[web.AbstractRouteDef]:
    """The page, what broke, what fell through, the book."""
    return [
        web.get(PATH, staff(health)),
        web.post(PATH + "/parked/{number}", staff(do_again, saves=False)),
        web.get(PATH + "/heard", staff(fell_through)),
        web.post(PATH + "/heard/{number}", staff(give_meaning)),
        web.get(PATH + "/deeds", staff(deeds)),
    ]
