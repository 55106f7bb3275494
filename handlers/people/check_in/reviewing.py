"""The community worker answers a registration by a digit: taken in, or given back with a reason."""

from __future__ import annotations

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin, menu, say
from handlers.people.check_in.router import router
from kit.errors import Refusal
from services.people import access, check_in
from texts import render
from texts.days import spoken_day


@router.intent("reviews")
async def waiting(ctx: Context) -> Reply:
    """Applications that wait for this person's answer."""
    rows = await check_in.waiting_for(await access.reach_of(ctx.person, ctx.today))
    if not rows:
        return say("check_in.none_waiting")
    choices = [
        Choice(
            render(
                "check_in.line",
                name=row.person.name,
                community=row.community.name,
                day=spoken_day(row.due_on),
            ),
            "check_in.review",
            {"check_in": row.id},
        )
        for row in rows
    ]
    return menu("check_in.waiting_list", choices, count=len(rows))


@router.action()
async def review(ctx: Context) -> Reply:
    """One application: who, where, and what to do with it."""
    row = await check_in.open_one(int(ctx.chosen["check_in"]), await access.reach_of(ctx.person, ctx.today))
    if row.state not in check_in.WAITING:
        return say("check_in.already_settled")
    choices = [
        Choice(render("check_in.do_accept"), "check_in.accept", {"check_in": row.id}),
        Choice(render("check_in.do_return"), "check_in.return_it", {"check_in": row.id}),
        Choice(render("check_in.do_later"), "conversation.never_mind"),
    ]
    home = (row.estate or "") + (render("check_in.building", building=row.building) if row.building else "")
    return menu(
        "check_in.detail",
        choices,
        name=row.person.name,
        home=home,
        community=row.community.name,
        day=spoken_day(row.due_on),
    )


@router.action()
async def accept(ctx: Context) -> Reply:
    """Taken in: number, certificate, receipt."""
    row = await check_in.open_one(int(ctx.chosen["check_in"]), await access.reach_of(ctx.person, ctx.today))
    before = await check_in.standing_before(row)
    accepted = await check_in.accept(row, by=ctx.person, now=ctx.now)
    reply = say("check_in.accepted_by_you", name=row.person.name, number=accepted.card_no or "")
    return reply.undoable("check_in.reopen", check_in=row.id, before=before)


@router.action()
async def reopen(ctx: Context) -> Reply:
    """点错了 after a decision."""
    row = await check_in.open_one(int(ctx.chosen["check_in"]), await access.reach_of(ctx.person, ctx.today))
    await check_in.reopen(row, ctx.chosen.get("before"), by=ctx.person, now=ctx.now)
    return say("check_in.reopened", name=row.person.name)


@router.action()
async def return_it(ctx: Context) -> Reply:
    """Give it back: with which reason?"""
    return begin("return_check_in", check_in=ctx.chosen["check_in"])


async def _clean_reason(ctx: Context, text: str) -> str:
    if len(text.strip()) < 2:
        raise Refusal("check_in.reason_wanted")
    return text.strip()[:60]


async def _returned(ctx: Context, answers: Answers) -> Reply:
    row = await check_in.open_one(int(answers["check_in"]), await access.reach_of(ctx.person, ctx.today))
    await check_in.return_to_sender(row, answers["reason"], by=ctx.person, now=ctx.now)
    return say("check_in.returned_by_you", name=row.person.name).undoable("check_in.reopen", check_in=row.id)


router.dialog(Dialog("return_check_in", (Step("reason", "check_in.ask_reason", _clean_reason),), _returned))
