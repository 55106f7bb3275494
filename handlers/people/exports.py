"""导出名册: a second person agrees, or does not, from the chat."""

from __future__ import annotations

from conversation.context import Context
from conversation.reply import Reply, say
from conversation.router import Router
from services.county import desk
from services.people import access

router = Router("exports")


@router.action()
async def agree(ctx: Context) -> Reply:
    """The second yes: the window to cancel begins."""
    reach = await access.reach_of(ctx.person, ctx.today)
    await desk.agree_to_export(int(ctx.chosen["request"]), ctx.person, reach, now=ctx.now, numbers=ctx.county.notices)
    return say("exports.agreed_by_you")


@router.action()
async def refuse(ctx: Context) -> Reply:
    """The second person would not: nothing leaves."""
    reach = await access.reach_of(ctx.person, ctx.today)
    await desk.refuse_export(int(ctx.chosen["request"]), ctx.person, reach, now=ctx.now)
    return say("exports.refused_by_you")
