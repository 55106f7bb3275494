"""A notice is sent, looked at by a second person, or taken back in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.reply import Choice, Reply, menu, say
from conversation.router import CONSENT
from handlers.outreach.broadcasts.router import router
from handlers.outreach.broadcasts.wording import clock, preview_facts, says, seen_now
from services.help import wishes
from services.outreach import broadcasts
from services.people import access
from texts import render

if TYPE_CHECKING:
    from models.outreach.notices import Broadcast
    from models.people.members import Person

_MOST_NAMED = 3


@router.action()
async def send(ctx: Context) -> Reply:
    """Yes: either the window to cancel begins, or a second person is asked."""
    numbers = ctx.county.notices
    phone = await wishes.phone_for(ctx.person, None) or ctx.county.phone
    decided = await broadcasts.send(int(ctx.chosen["broadcast"]), ctx.person, now=ctx.now, numbers=numbers, phone=phone)
    if decided.send_at is None:
        names = render("words.comma").join(one.name for one in decided.seconds[:_MOST_NAMED])
        reply = say("broadcasts.waits_for_second", limit=numbers.second_person_above, names=names)
    else:
        reply = goes_out(ctx, "broadcasts.scheduled", decided)
    return reply.undoable("broadcasts.cancel", broadcast=decided.row.id)


def goes_out(ctx: Context, key: str, decided: broadcasts.Decided) -> Reply:
    """When it goes out, to how many, and how long it can be taken back."""
    goes_at = clock(ctx, decided.send_at or ctx.now)
    return say(key, clock=goes_at, count=decided.count, minutes=ctx.county.notices.cancel_minutes)


@router.action()
async def review(ctx: Context) -> Reply:
    """The second person sees what the first one wrote."""
    row = await _to_approve(ctx)
    if row.state != broadcasts.NEEDS_SECOND:
        return say("broadcasts.settled")
    args = {"broadcast": row.id}
    choices = [
        Choice(render("broadcasts.do_approve"), "broadcasts.approve", args),
        Choice(render("broadcasts.do_refuse"), "broadcasts.refuse", args),
        Choice(render("broadcasts.do_later"), "conversation.never_mind"),
    ]
    seen = await seen_now(ctx, row)
    return menu("broadcasts.review", choices, name=await broadcasts.author_name(row), **await preview_facts(ctx, seen))


async def _to_approve(ctx: Context) -> Broadcast:
    reach = await access.reach_of(ctx.person, ctx.today)
    return await broadcasts.to_approve(int(ctx.chosen["broadcast"]), ctx.person, reach)


@router.action()
async def approve(ctx: Context) -> Reply:
    """The second yes: the window to cancel begins."""
    reach = await access.reach_of(ctx.person, ctx.today)
    decided = await broadcasts.approve(
        int(ctx.chosen["broadcast"]), ctx.person, reach, now=ctx.now, numbers=ctx.county.notices
    )
    return goes_out(ctx, "broadcasts.approved_by_you", decided).undoable("broadcasts.cancel", broadcast=decided.row.id)


@router.action()
async def refuse(ctx: Context) -> Reply:
    """The second person would not send it."""
    reach = await access.reach_of(ctx.person, ctx.today)
    author = await broadcasts.refuse(int(ctx.chosen["broadcast"]), ctx.person, reach, now=ctx.now)
    return say("broadcasts.refused_by_you", name=author.name)


@router.action()
async def cancel(ctx: Context) -> Reply:
    """撤销 or 取消通知 within the window: nobody got it."""
    chosen = ctx.chosen.get("broadcast")
    pending = None if chosen else await broadcasts.pending_of(ctx.person.id)
    if not chosen and pending is None:
        return say("broadcasts.none_to_cancel")
    number = await broadcasts.cancel(int(chosen or (pending.id if pending else 0)), ctx.person, now=ctx.now)
    return say("broadcasts.cancelled" if number == 1 else "broadcasts.again_cancelled")


# Words of the staff about their notices that sound like a member's: 取消通知 is "no more notices", too.


@router.intent("unsubscribe_notices", needs=(CONSENT,))
async def fewer_or_cancel(ctx: Context) -> Reply:
    """取消通知 of somebody whose notice still waits; of everybody else it is fewer notices."""
    person = _only_person(ctx)
    if person and says(ctx, "cancel") and await broadcasts.pending_of(person.id):
        return Reply("").followed_by("broadcasts.cancel")
    return Reply("").followed_by("my.fewer")


@router.intent("query_stats", "order_status", needs=(CONSENT,))
async def status_or_wish(ctx: Context) -> Reply:
    """通知怎么样了 of somebody who writes notices; everything else about figures and orders is a wish."""
    person = _only_person(ctx)
    if person and says(ctx, "about_notices"):
        reach = await access.reach_of(person, ctx.today)
        if reach.paths("broadcast", "subtree", "group"):
            return Reply("").followed_by("broadcasts.status")
    return Reply("").followed_by("wishes.wish")


def _only_person(ctx: Context) -> Person | None:
    return ctx.member or (ctx.speakers[0].person if len(ctx.speakers) == 1 else None)
