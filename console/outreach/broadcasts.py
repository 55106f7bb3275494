"""通知: written as a sentence for an audience, looked at before the yes, and followed until everybody has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

import texts
from console.desk import Desk
from console.guard import staff
from kit.errors import Refusal
from services.outreach import audience, broadcasts

if TYPE_CHECKING:
    from models.outreach.notices import Broadcast

PATH = "/console/broadcasts"
_LISTED = 20


async def written(at: Desk) -> web.Response:
    """A sheet to write on, and the last notices of the own subtree with where they stand."""
    rows = await broadcasts.broadcasts_of(at.reach, _LISTED)
    standing = list(zip(rows, await broadcasts.status_of_each(rows), strict=True))
    return at.show("broadcasts.html", rows=standing, may_write=bool(at.reach.paths("broadcast", "subtree", "group")))


async def write(at: Desk) -> web.StreamResponse:
    """Keep the words as a draft; the look at it comes next."""
    form, author = await at.form(), at.opened.person
    await broadcasts.require_room(author, now=at.now, limit=at.doors.county.notices.broadcasts_per_day)
    meant = await broadcasts.understood(form.get("audience", ""), author, at.reach, now=at.now)
    row = await broadcasts.draft(author, at.reach, meant, form.get("message", ""), now=at.now)
    if form.get("asks") == "comes":
        await broadcasts.ask_who_comes(row)
    return web.Response(status=303, headers={"Location": f"{PATH}/{row.id}"})


async def one(at: Desk) -> web.Response:
    """One notice: before the yes who would get it and how, afterwards who has it."""
    row = await broadcasts.open_one(at.whole("number"), at.reach)
    policy, numbers = audience.policy_of(at.doors.county), at.doors.county.notices
    seen = await broadcasts.preview(row, policy, now=at.now) if row.state == "draft" else None
    say, facts = await broadcasts.words_for(row)
    status = await broadcasts.status(row) if seen is None else None
    may_name = await broadcasts.may_read_names(row, at.reach)
    missing = await broadcasts.missing(row, at.reach, limit=50) if status and may_name else []
    return at.show(
        "broadcast.html",
        row=row,
        words=texts.render(say, **facts),
        whom=broadcasts.audience_in_words(broadcasts.audience_now(row)),
        author=await broadcasts.author_name(row),
        seen=seen,
        ways=broadcasts.ways_in_words(seen.ways) if seen else "",
        standing=status,
        missing=missing,
        coming=await broadcasts.coming(row) if seen is None else None,
        may_name=may_name,
        goes_at=_goes_at(row, at),
        limit=numbers.second_person_above,
        needs_second=seen is not None and seen.count > numbers.second_person_above,
        is_mine=row.author_id == at.opened.person.id,
        may_agree=row.state == "needs_second" and await _may_agree(at, row.id),
    )


def _goes_at(row: Broadcast, at: Desk) -> str:
    """When it goes out, in words; empty where nobody has set a time or it has gone."""
    waits = row.state in ("draft", "needs_second", "scheduled")
    wanted = row.send_at or broadcasts.wanted_at(row)
    quiet = audience.quiet_of(at.doors.county.notices)
    return broadcasts.clock_in_words(wanted, at.now, quiet) if waits and wanted else ""


async def send(at: Desk) -> web.StreamResponse:
    """The author's yes: a second person is asked, or the window to cancel begins."""
    county = at.doors.county
    number = at.whole("number")
    await broadcasts.send(number, at.opened.person, now=at.now, numbers=county.notices, phone=county.phone)
    return at.back(f"{PATH}/{number}", "sent")


async def _may_agree(at: Desk, number: int) -> bool:
    try:
        await broadcasts.to_approve(number, at.opened.person, at.reach)
    except Refusal:
        return False
    return True


async def agree(at: Desk) -> web.StreamResponse:
    """The second person's yes: the window to cancel begins."""
    number = at.whole("number")
    await broadcasts.approve(number, at.opened.person, at.reach, now=at.now, numbers=at.doors.county.notices)
    return at.back(f"{PATH}/{number}", "second")


async def refuse(at: Desk) -> web.StreamResponse:
    """The second person's no: it is not sent, and its author hears by whom."""
    number = at.whole("number")
    await broadcasts.refuse(number, at.opened.person, at.reach, now=at.now)
    return at.back(f"{PATH}/{number}", "refused")


async def cancel(at: Desk) -> web.StreamResponse:
    """Take it back before it goes out."""
    number = at.whole("number")
    await broadcasts.cancel(number, at.opened.person, now=at.now)
    return at.back(f"{PATH}/{number}", "cancelled")


def routes() -> list[web.AbstractRouteDef]:
    """The sheet, the list, one of it, the author's yes, the second person's, and no."""
    return [
        web.get(PATH, staff(written)),
        web.post(PATH, staff(write)),
        web.get(PATH + "/{number}", staff(one)),
        web.post(PATH + "/{number}/send", staff(send)),
        web.post(PATH + "/{number}/agree", staff(agree)),
        web.post(PATH + "/{number}/refuse", staff(refuse)),
        web.post(PATH + "/{number}/cancel", staff(cancel)),
    ]
