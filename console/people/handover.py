"""交接: everything of one visitor to another in one step, for a while or for good."""

from __future__ import annotations

from datetime import date

from aiohttp import web

from console.desk import Desk
from console.guard import staff
from kit.errors import Refusal
from services.care import visits
from services.county import desk
from services.people import duty_persons, handover

PATH = "/console/people/{number}/hand-over"


async def load(at: Desk) -> web.Response:
    """What this person has in hand, and a form to give it to somebody else."""
    giver = await desk.theirs(at.whole("number"), at.reach, "check_in")
    return at.show("handover.html", giver=giver, held=await handover.preview(giver))


async def give(at: Desk) -> web.StreamResponse:
    """All of it to the one who is named; with a last day it comes back by itself."""
    giver = await desk.theirs(at.whole("number"), at.reach, "check_in")
    form = await at.form()
    taker = await duty_persons.near(form.get("name", ""), at.reach, at.today)
    most = (await visits.rules_now(at.doors.county)).visits.most_open
    until = _last_day(form.get("until", ""), at.today)
    await handover.hand_over(giver, taker, by=at.opened.person, now=at.now, most=most, until=until)
    return at.back(f"/console/people/{giver.id}", "handed_over")


def _last_day(said: str, today: date) -> date | None:
    try:
        until = date.fromisoformat(said) if said else None
    except ValueError as exc:
        raise Refusal("console.day_wanted") from exc
    if until and until < today:
        raise Refusal("console.day_past")
    return until


def routes() -> list[web.AbstractRouteDef]:
    """The load, and the step."""
    return [web.get(PATH, staff(load)), web.post(PATH, staff(give))]
