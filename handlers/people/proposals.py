"""提议: a group leader speaks for somebody of the group who waits for an answer."""

from __future__ import annotations

from conversation.context import Context
from conversation.reply import Choice, Reply, menu, say
from conversation.router import Router
from services.people import access, proposals
from texts import render

router = Router("proposals")

MOST_LISTED = 5


@router.action()
async def listed(ctx: Context) -> Reply:
    """What of the group waits for a decision."""
    reach = await access.reach_of(ctx.person, ctx.today)
    if not proposals.may_propose(reach):
        return Reply("").followed_by("human.call")
    found = await proposals.waiting(reach, limit=MOST_LISTED)
    if not found:
        return say("proposals.none")
    choices = [Choice(_line(one), "proposals.propose", {"kind": one.kind, "row": one.id}) for one in found]
    return menu("proposals.listed", choices)


def _line(one: proposals.Waits) -> str:
    if one.kind == "check_in":
        return render("proposals.line_check_in", name=one.name)
    key = "proposals.line_claim" if one.state == "pending" else "proposals.line_release"
    return render(key, name=one.name, number=one.number, title=one.title)


@router.action()
async def propose(ctx: Context) -> Reply:
    """Chosen: whoever decides hears of it, with the leader's name."""
    reach = await access.reach_of(ctx.person, ctx.today)
    kind: proposals.Kind = "holding" if ctx.chosen["kind"] == "holding" else "check_in"
    found, reviewer = await proposals.propose(kind, int(ctx.chosen["row"]), by=ctx.person, reach=reach, now=ctx.now)
    return say("proposals.proposed", name=found.name, other=reviewer.name)
