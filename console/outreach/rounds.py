"""What comes after a notice was written: when it goes, who has it by name, once more, by liaisons, corrected."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

import texts
from console.desk import Desk
from console.guard import staff
from console.outreach.broadcasts import PATH
from kit.clock import at_local
from kit.errors import Refusal
from services.outreach import audience, broadcasts

_LISTED = 50


async def counted(at: Desk) -> web.Response:
    """Whom these words mean and how many they are, while they are being typed."""
    said = at.request.query.get("audience", "")[:60]
    try:
        meant = await broadcasts.understood(said, at.opened.person, at.reach, now=at.now)
    except Refusal as refusal:
        return at.show("broadcast_count.html", words=texts.render(refusal.key, **refusal.facts))
    count = await audience.count_of(meant, at.reach, at.today)
    whom = broadcasts.audience_in_words(meant)
    return at.show("broadcast_count.html", words=texts.render("console.counted", whom=whom, count=count))


async def later(at: Desk) -> web.StreamResponse:
    """The author wants it to go out at a moment of their own."""
    number, said = at.whole("number"), (await at.form()).get("later", "")
    try:
        moment = datetime.fromisoformat(said)
    except ValueError as unclear:
        raise Refusal("console.later_wanted") from unclear
    moment = broadcasts.sensible_moment(at_local(moment.date(), moment.time()), at.now)
    await broadcasts.set_time(number, at.opened.person, moment)
    return at.back(f"{PATH}/{number}", "later")


async def people(at: Desk) -> web.Response:
    """Everybody it was for, or those alone who stand at one `state`, and how far it came with each."""
    row = await broadcasts.open_one(at.whole("number"), at.reach)
    if not await broadcasts.may_read_names(row, at.reach):
        raise Refusal("access.unknown")
    state, after = at.request.query.get("state", ""), at.whole("after")
    if state in broadcasts.STATES:
        found, more = await broadcasts.each_standing(row, at.reach, state, after=after, limit=_LISTED)
    else:
        state = ""
        found, more = await broadcasts.each_one(row, at.reach, after=after, limit=_LISTED)
    return at.show("broadcast_people.html", row=row, people=found, more=more, state=state)


async def again(at: Desk) -> web.StreamResponse:
    """The same words to those alone who have not answered: once more, or told by their liaisons."""
    number, by_people = at.whole("number"), (await at.form()).get("how") == "people"
    await broadcasts.send_again(
        number, at.opened.person, at.reach, now=at.now, numbers=at.doors.county.notices, by_people=by_people
    )
    return at.back(f"{PATH}/{number}", "handed" if by_people else "again")


async def correct(at: Desk) -> web.StreamResponse:
    """更正: other words for exactly the same people, looked at like any notice before they go."""
    message, author = (await at.form()).get("message", ""), at.opened.person
    await broadcasts.require_room(author, now=at.now, limit=at.doors.county.notices.broadcasts_per_day)
    row = await broadcasts.correction_of(at.whole("number"), author, at.reach, message, now=at.now)
    return web.Response(status=303, headers={"Location": f"{PATH}/{row.id}"})


def routes() -> list[web.AbstractRouteDef]:
    """Before the notice's own page, so that `count` is no number."""
    return [
        web.get(PATH + "/count", staff(counted)),
        web.post(PATH + "/{number}/later", staff(later)),
        web.get(PATH + "/{number}/people", staff(people)),
        web.post(PATH + "/{number}/again", staff(again)),
        web.post(PATH + "/{number}/correct", staff(correct)),
    ]
