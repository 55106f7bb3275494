"""请不要来看我: read back, kept, asked again after a year, and taken back with a sentence."""

from __future__ import annotations

from conversation.context import Context
from conversation.reply import Reply, confirm, say
from handlers.care.visits.router import router
from services.care import visits


@router.intent("no_visit")
async def no_visit(ctx: Context) -> Reply:
    """The wish is read back before it counts."""
    return confirm("visits.no_visit_ask", "visits.no_visit_keep", args={})


@router.action()
async def no_visit_keep(ctx: Context) -> Reply:
    """Confirmed."""
    await visits.please_do_not_visit(ctx.person, by=ctx.owner, now=ctx.now)
    return say("visits.no_visit_kept").undoable("visits.no_visit_ends")


@router.action()
async def no_visit_stays(ctx: Context) -> Reply:
    """A year later: still so."""
    await visits.please_do_not_visit(ctx.person, by=ctx.owner, now=ctx.now)
    return say("visits.no_visit_stays")


@router.intent("visits_welcome")
async def no_visit_ends(ctx: Context) -> Reply:
    """可以来看我了."""
    is_back = await visits.visits_welcome(ctx.person, by=ctx.owner, now=ctx.now)
    return say("visits.visits_back" if is_back else "visits.visits_never_off")
