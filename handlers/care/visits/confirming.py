"""他们来看您了吗: one digit of the person visited; a no is put to the secretary."""

from __future__ import annotations

from conversation.context import Context
from conversation.reply import Choice, Reply, menu, say
from handlers.care.visits.listing import LIST_LENGTH
from handlers.care.visits.router import router
from services.care import visits
from services.people import access
from texts import render
from texts.days import spoken_day


@router.action()
async def came(ctx: Context) -> Reply:
    """1 来了."""
    await visits.say_came(int(ctx.chosen["visit"]), await access.reach_of(ctx.person, ctx.today), now=ctx.now)
    return say("visits.thanks_came")


@router.action()
async def not_came(ctx: Context) -> Reply:
    """2 没来."""
    await visits.say_not_came(int(ctx.chosen["visit"]), await access.reach_of(ctx.person, ctx.today), now=ctx.now)
    return say("visits.thanks_not_came")


@router.action()
async def doubt(ctx: Context) -> Reply:
    """The secretary reads whose visit did not come, and says what came of asking."""
    found = await visits.doubt_of(int(ctx.chosen["visit"]), await access.reach_of(ctx.person, ctx.today))
    args = {"visit": found.task_id}
    choices = [
        Choice(render("visits.doubt_came"), "visits.doubt_settled", args),
        Choice(render("visits.doubt_again"), "visits.send_again", args),
    ]
    return menu("visits.doubt", choices, name=found.name, visitor=found.visitor, day=spoken_day(found.on))


@router.action()
async def doubts(ctx: Context) -> Reply:
    """Those that rose to this person, by name."""
    found = await visits.doubts_for(await access.reach_of(ctx.person, ctx.today), LIST_LENGTH)
    if not found:
        return say("visits.doubt_none")
    choices = [Choice(render("visits.title_doubt", name=one.name, day=spoken_day(one.on)), "visits.doubt",
                      {"visit": one.task_id}) for one in found]  # fmt: skip
    return menu("visits.doubts", choices)


@router.action()
async def doubt_settled(ctx: Context) -> Reply:
    """They did come."""
    await visits.settle_doubt(int(ctx.chosen["visit"]), await access.reach_of(ctx.person, ctx.today), now=ctx.now)
    return say("visits.doubt_settled")


@router.action()
async def send_again(ctx: Context) -> Reply:
    """They did not: the duty is open again."""
    found = await visits.doubt_of(int(ctx.chosen["visit"]), await access.reach_of(ctx.person, ctx.today))
    await visits.send_again(found.task_id, by=ctx.person, now=ctx.now)
    return say("visits.doubt_sent")
