"""系统还好吗: when the clock last went round, when something last went out, and what comes next."""

from __future__ import annotations

from datetime import datetime

from conversation.context import Context
from conversation.reply import Reply, say
from conversation.router import Router
from kit.clock import local
from services.county import pulse
from services.people import access, staff
from texts import render
from texts.days import spoken_moment

router = Router("pulse")


@router.intent("house_state")
async def now(ctx: Context) -> Reply:
    """For those in office; anybody else is shown what can be done here."""
    if not await staff.is_staff(ctx.member, ctx.today):
        return Reply("").followed_by("help.menu_of")
    seen = await pulse.pulse(ctx.now)
    facts = {"knocked": _clock(ctx, seen.knocked_at), "delivered": _clock(ctx, seen.delivered_at)}
    if seen.due_at is None:
        return await _with_dropped(ctx, say("pulse.now_idle", **facts), seen.dropped)
    reply = say("pulse.now", due=_clock(ctx, max(seen.due_at, ctx.now)), **facts)
    return await _with_dropped(ctx, reply, seen.dropped)


async def _with_dropped(ctx: Context, reply: Reply, count: int) -> Reply:
    """Greetings that were too late are named, so that somebody may still ring."""
    names = await pulse.dropped(await access.reach_of(ctx.person, ctx.today), now=ctx.now) if count else []
    if not names:
        return reply
    listed = render("pulse.dropped", count=count, names=render("words.comma").join(names))
    return Reply(f"{reply.text}\n{listed}")


def _clock(ctx: Context, moment: datetime | None) -> str:
    return spoken_moment(local(moment), ctx.today) if moment else render("pulse.never")
