"""转告: the own call list, one call at a time, with a button for each thing that may come of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import web

import texts
from console.desk import Desk
from console.guard import staff
from kit.errors import Refusal
from services.county import desk
from services.outreach import calls

if TYPE_CHECKING:
    from models.outreach.calls import Call

PATH = "/console/calls"


async def waiting(at: Desk) -> web.Response:
    """Whom this person is to tell now, the first asked first; `last` is the call just recorded, to take it back."""
    me, after = at.opened.person, at.whole("after")
    rows = await calls.list_of(me, now=at.now, after=after, limit=desk.LISTED)
    more = rows[-1][0].id if len(rows) == desk.LISTED else 0
    count, last = await calls.count_of(me, now=at.now), at.whole("last")
    return at.show("calls.html", rows=rows, more=more, count=count, last=last)


async def opened(at: Desk) -> web.Response:
    """One of them: telephone, the words to read aloud, why it came here. The look stands in the book, so by a form."""
    return await _shown(at, is_sure=False)


async def answered(at: Desk) -> web.StreamResponse:
    """What came of it; news of a death is asked about once more before it is passed on."""
    form = await at.form()
    result, question = form.get("result", ""), form.get("question", "")
    if result == "died" and not form.get("sure"):
        return await _shown(at, is_sure=True)
    call = await _one(at)
    if call.state != "open":
        raise Refusal("calls.settled")
    hold = timedelta(hours=at.doors.county.visits.report_hold_hours)
    done = await desk.answer_call(call, desk.Told(result, question, hold), by=at.opened.person, now=at.now)
    return at.back(f"{PATH}?last={call.id}" if done in _CAN_BE_TAKEN_BACK else PATH, done)


_CAN_BE_TAKEN_BACK = ("call_told", "call_moves", "call_kept")


async def take_back(at: Desk) -> web.StreamResponse:
    """It was the wrong button."""
    await calls.take_back(at.whole("number"), by=at.opened.person, now=at.now)
    return at.back(PATH, "call_taken_back")


async def _one(at: Desk) -> Call:
    return await calls.one_of(at.whole("number"), at.opened.person)


async def _shown(at: Desk, *, is_sure: bool) -> web.Response:
    call = await _one(at)
    shown = await calls.show(call, by=at.opened.person, now=at.now)
    first, further = calls.RESULTS[call.way], calls.FURTHER[call.way]
    first, further = _without_question(first), _without_question(further)
    phone = texts.in_groups(shown.phone) if shown.phone else ""
    return at.show("call.html", call=call, shown=shown, phone=phone, first=first, further=further, is_sure=is_sure,
                   may_ask="asks_back" in (*calls.RESULTS[call.way], *calls.FURTHER[call.way]))  # fmt: skip


def _without_question(results: tuple[str, ...]) -> tuple[str, ...]:
    """What they ask back has a field of its own."""
    return tuple(one for one in results if one != "asks_back")


def routes() -> list[web.AbstractRouteDef]:
    """The list, one of it, what came of it, and the way back."""
    return [
        web.get(PATH, staff(waiting)),
        web.post(PATH + "/{number}/open", staff(opened)),
        web.post(PATH + "/{number}", staff(answered)),
        web.post(PATH + "/{number}/back", staff(take_back)),
    ]
