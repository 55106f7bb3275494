"""What belongs to no capability: a plain no to a read-back, a yes to nothing, staff words from others."""

from __future__ import annotations

from conversation.context import Context
from conversation.reply import Reply, say
from conversation.router import Router
from services.people import staff

router = Router("conversation")


@router.action(needs=())
async def never_mind(ctx: Context) -> Reply:
    """不对: nothing was done."""
    return say("conversation.never_mind")


@router.intent("confirm_yes", "confirm_no", needs=())
async def answer_to_nothing(ctx: Context) -> Reply:
    """好 or 不 while nothing is asked: kindly, and the menu (domain §3.4).

    同意 of somebody who has not agreed yet is what a withdrawal leaves open: the notice is shown again.
    """
    if ctx.reading.intent == "approve" and not ctx.has_consented:
        return Reply("").followed_by("consents.ask")
    if ctx.reading.intent in ("approve", "reject") and await staff.is_staff(ctx.owner, ctx.today):
        return Reply("").followed_by(ctx.reading.intent)
    return Reply("").followed_by("help.menu")


@router.intent("approve", "reject", needs=())
async def nothing_to_approve(ctx: Context) -> Reply:
    """Staff words: for staff the list of what waits, for everybody else a human (domain §3.4)."""
    is_staff = await staff.is_staff(ctx.owner, ctx.today)
    return Reply("").followed_by("check_in.waiting" if is_staff else "human.call")
