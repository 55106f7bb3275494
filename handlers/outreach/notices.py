"""请回复1查看: reads out what a mere form only announced, and asks what it asks."""

from __future__ import annotations

from conversation.context import Context
from conversation.reply import Reply
from conversation.router import Router
from services.help import questions

router = Router("notices")


@router.action(needs=())
async def show(ctx: Context) -> Reply:
    """The notice in full, to the account it was sent to and nobody else."""
    spoken_for = [one.person.id for one in ctx.speakers]
    hours = ctx.county.notices.answer_hours
    return Reply(await questions.read(int(ctx.chosen["notice"]), ctx.openid, spoken_for, now=ctx.now, hours=hours))


@router.action(needs=())
async def show_alarm(ctx: Context) -> Reply:
    """The same for an alarm, which a digit opens before anything else that was asked."""
    return await show(ctx)
