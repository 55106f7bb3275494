"""Questions and wishes that wait for a human: read, answered, closed."""

from __future__ import annotations

from aiohttp import web

from console.desk import Desk
from console.guard import staff
from services.county import desk
from services.help import wishes
from services.people import staff as office

PATH = "/console/questions"
_LONGEST = 60


async def waiting(at: Desk) -> web.Response:
    """What waits on this person's list and beneath the own offices."""
    return at.show("questions.html", rows=await desk.asked(at.reach))


async def opened(at: Desk) -> web.Response:
    """One of the own list, with its words and the telephone number."""
    wish = await wishes.one_of(at.whole("number"), at.opened.person)
    person = await wishes.who_wished(wish)
    words, phone = await office.words_of(wish), await office.phone_for_wish(wish)
    name = person.name if person else ""
    return at.show("question.html", wish=wish, name=name, words=words, phone=phone, most=_LONGEST)


async def settle(at: Desk) -> web.StreamResponse:
    """Seen to; what was typed goes back to whoever asked."""
    wish = await wishes.one_of(at.whole("number"), at.opened.person)
    answer = " ".join((await at.form()).get("answer", "").split())[:_LONGEST]
    await wishes.settle(wish, by=at.opened.person, result="done", now=at.now, answer=answer)
    return at.back(PATH, "settled")


def routes() -> list[web.AbstractRouteDef]:
    """The list, one of it, and the end."""
    return [
        web.get(PATH, staff(waiting)),
        web.get(PATH + "/{number}", staff(opened)),
        web.post(PATH + "/{number}", staff(settle)),
    ]
