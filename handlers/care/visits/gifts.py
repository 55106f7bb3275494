"""慰问品: what was given, with a second name, who is asked whether it is so."""

from __future__ import annotations

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, menu, say
from handlers.care.visits.router import router
from kit.errors import Refusal
from services.care import visits
from services.people import access
from texts import render

_LONGEST = 60


@router.action()
async def gift(ctx: Context) -> Reply:
    """Something was handed over: what, and who was there."""
    return begin("visits.gift", visit=ctx.chosen["visit"])


async def _clean_what(ctx: Context, text: str) -> str:
    if len(text.strip()) < 2:
        raise Refusal("visits.gift_empty")
    return text.strip()[:_LONGEST]


async def _clean_name(ctx: Context, text: str) -> str:
    return text.strip()[:_LONGEST]


async def _finish(ctx: Context, answers: Answers) -> Reply:
    noted = await visits.note_gift(
        int(answers["visit"]), str(answers["what"]), str(answers["second"]), by=ctx.person, now=ctx.now
    )
    shown = await visits.gift_shown(noted.id)
    return say("visits.gift_noted", name=shown.second)


router.dialog(
    Dialog(
        "visits.gift",
        (Step("what", "visits.ask_gift", _clean_what), Step("second", "visits.ask_second", _clean_name)),
        _finish,
    )
)


@router.action()
async def gift_check(ctx: Context) -> Reply:
    """The second name reads it and says whether it is so; whoever looks into it reads what was said."""
    shown = await visits.gift_of(int(ctx.chosen["gift"]), await access.reach_of(ctx.person, ctx.today))
    facts = {"giver": shown.giver, "name": shown.for_whom, "what": shown.what, "second": shown.second}
    if shown.state == "disputed":
        return say("visits.gift_told", **facts)
    choices = [
        Choice(render("visits.gift_right"), "visits.gift_confirm", {"gift": shown.gift_id, "right": True}),
        Choice(render("visits.gift_wrong"), "visits.gift_confirm", {"gift": shown.gift_id, "right": False}),
    ]
    return menu("visits.gift_shown", choices, **facts)


@router.action()
async def gift_confirm(ctx: Context) -> Reply:
    """1 对, 2 不对."""
    is_right = bool(ctx.chosen["right"])
    await visits.settle_gift(int(ctx.chosen["gift"]), is_right=is_right, by=ctx.person, now=ctx.now)
    return say("visits.gift_confirmed" if is_right else "visits.gift_disputed_kept")
