"""Who has a notice and who is missing: the elder's 1, the secretary's list, calls, the second round, 更正."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.reply import Choice, Reply, begin, menu, say
from handlers.outreach.broadcasts.deciding import goes_out
from handlers.outreach.broadcasts.router import LIST_LENGTH, router
from handlers.outreach.broadcasts.wording import audience_words, clock, day_of
from kit.clock import local
from kit.masking import masked_phone
from services.outreach import broadcasts
from services.people import access
from texts import render
from texts.days import spoken_moment

if TYPE_CHECKING:
    from models.outreach.notices import Broadcast

_SHOWN_WORDS = 15


@router.action(needs=())
async def received(ctx: Context) -> Reply:
    """ "1" after a notice: everybody this telephone speaks for has it."""
    people = [one.person.id for one in ctx.speakers]
    await broadcasts.received(int(ctx.chosen["broadcast"]), people, ctx.openid, now=ctx.now)
    return say("broadcasts.thanks")


@router.action(needs=())
async def comes(ctx: Context) -> Reply:
    """ "1" to an invitation: they come."""
    return await _said(ctx, comes=True)


@router.action(needs=())
async def stays(ctx: Context) -> Reply:
    """ "2" to an invitation: they do not, and nobody asks why."""
    return await _said(ctx, comes=False)


async def _said(ctx: Context, *, comes: bool) -> Reply:
    people, number = [one.person.id for one in ctx.speakers], int(ctx.chosen["broadcast"])
    await broadcasts.answered(number, people, ctx.openid, comes=comes, now=ctx.now)
    reply = say("broadcasts.comes_thanks" if comes else "broadcasts.stays_thanks")
    return reply.undoable("broadcasts.stays" if comes else "broadcasts.comes", broadcast=number)


@router.action()
async def list_all(ctx: Context) -> Reply:
    """The last notices of one's own subtree."""
    rows = await broadcasts.broadcasts_of(await access.reach_of(ctx.person, ctx.today), LIST_LENGTH)
    if not rows:
        return say("broadcasts.none")
    choices = [
        Choice(
            render("broadcasts.line", day=day_of(row), message=row.text[:_SHOWN_WORDS]),
            "broadcasts.status",
            {"broadcast": row.id},
        )
        for row in rows
    ]
    return menu("broadcasts.list", choices)


@router.action()
async def status(ctx: Context) -> Reply:
    """Where everybody stands with a notice, and what can be done about it."""
    row = await _chosen(ctx)
    if row is None:
        return say("broadcasts.none")
    facts = {"day": day_of(row), "audience": audience_words(row)}
    if row.state == broadcasts.NEEDS_SECOND:
        return say("broadcasts.status_needs_second", **facts)
    standing = await broadcasts.status(row)
    if not standing.total and row.send_at:
        return say("broadcasts.status_scheduled", clock=clock(ctx, row.send_at), **facts)
    parts = [
        render(f"broadcasts.status_{name}", count=count)
        for name in ("confirmed", "told", "sent", "waiting", "failed")
        if (count := getattr(standing, name))
    ]
    if coming := await broadcasts.coming(row):
        parts.append(render("broadcasts.status_comes", comes=coming.comes, stays=coming.stays))
    said = render("words.comma").join(parts)
    return menu("broadcasts.status", _next_steps(row.id, standing), count=standing.total, standing=said, **facts)


def _next_steps(broadcast_id: int, standing: broadcasts.Standing) -> list[Choice]:
    steps = [("missing", "missing"), ("again", "again")] if standing.missing else []
    steps += [("correct", "correct"), ("list", "list_all")]
    steps += [("hand", "hand_over")] if standing.missing else []
    return [
        Choice(render(f"broadcasts.do_{label}"), f"broadcasts.{action}", {"broadcast": broadcast_id})
        for label, action in steps
    ]


async def _chosen(ctx: Context) -> Broadcast | None:
    """The notice that was picked, else the person's own last one, else the last of the subtree."""
    reach = await access.reach_of(ctx.person, ctx.today)
    if chosen := ctx.chosen.get("broadcast"):
        return await broadcasts.open_one(int(chosen), reach)
    own = await broadcasts.latest_of(ctx.person.id)
    return own or next(iter(await broadcasts.broadcasts_of(reach, 1)), None)


@router.action()
async def missing(ctx: Context) -> Reply:
    """Who has not confirmed and was not told, five lines at a time; the fifth leads on when there are more."""
    row = await _chosen(ctx)
    if row is None:
        return say("broadcasts.none")
    count = (await broadcasts.status(row)).missing
    if not count:
        return say("broadcasts.missing_none")
    reach = await access.reach_of(ctx.person, ctx.today)
    if not await broadcasts.may_read_names(row, reach):
        return say("broadcasts.missing_counts", count=count)
    people = await broadcasts.missing(row, reach, after=int(ctx.chosen.get("after", 0)), limit=LIST_LENGTH + 1)
    listed = people if len(people) <= LIST_LENGTH else people[: LIST_LENGTH - 1]
    choices = [Choice(one.name, "broadcasts.person", {"broadcast": row.id, "person": one.id}) for one in listed]
    if len(listed) < len(people):
        further = {"broadcast": row.id, "after": listed[-1].id}
        choices.append(Choice(render("broadcasts.more"), "broadcasts.missing", further))
    return menu("broadcasts.missing", choices, count=count)


@router.action()
async def person(ctx: Context) -> Reply:
    """Somebody who is missing: the telephone, and what came of the call."""
    reach = await access.reach_of(ctx.person, ctx.today)
    row = await broadcasts.open_one(int(ctx.chosen["broadcast"]), reach)
    missed = await broadcasts.missed_one(row, int(ctx.chosen["person"]), reach)
    may_call = await broadcasts.may_call(missed, ctx.person, reach, now=ctx.now)
    phone = _grouped(missed.phone or "") if may_call else masked_phone(missed.phone or "")
    args = {"broadcast": row.id, "person": missed.id}
    choices = [
        Choice(render(f"broadcasts.{outcome}"), "broadcasts.told", {**args, "outcome": outcome})
        for outcome in broadcasts.RESULTS
    ]
    choices.append(Choice(render("broadcasts.do_history"), "broadcasts.history", args))
    return menu("broadcasts.person", choices, name=missed.name, phone=phone)


@router.action()
async def history(ctx: Context) -> Reply:
    """What was tried for this person, when and why: the last five lines."""
    reach = await access.reach_of(ctx.person, ctx.today)
    row = await broadcasts.open_one(int(ctx.chosen["broadcast"]), reach)
    missed = await broadcasts.missed_one(row, int(ctx.chosen["person"]), reach)
    past = await broadcasts.history(row, missed)
    lines = [
        render("broadcasts.past_line", when=spoken_moment(local(one.at), ctx.today), what=render(one.say))
        for one in past[-LIST_LENGTH:]
    ]
    if not lines:
        return say("broadcasts.past_none", name=missed.name)
    return say("broadcasts.history", name=missed.name, lines="\n".join(lines))


def _grouped(phone: str) -> str:
    """A telephone number in groups, as it is read out: 199 0000 0001."""
    return f"{phone[:3]} {phone[3:7]} {phone[7:]}" if len(phone) == 11 else phone


@router.action()
async def told(ctx: Context) -> Reply:
    """The tick of whoever told somebody."""
    reach = await access.reach_of(ctx.person, ctx.today)
    row = await broadcasts.open_one(int(ctx.chosen["broadcast"]), reach)
    missed = await broadcasts.missed_one(row, int(ctx.chosen["person"]), reach)
    await broadcasts.told(row, missed, str(ctx.chosen["outcome"]), by=ctx.person, now=ctx.now)
    return say("broadcasts.told", name=missed.name)


@router.action()
async def again(ctx: Context) -> Reply:
    """The same words to those alone who have not answered."""
    row = await _chosen(ctx)
    if row is None:
        return say("broadcasts.none")
    reach = await access.reach_of(ctx.person, ctx.today)
    decided = await broadcasts.send_again(row.id, ctx.person, reach, now=ctx.now, numbers=ctx.county.notices)
    return goes_out(ctx, "broadcasts.again", decided).undoable("broadcasts.cancel", broadcast=row.id)


@router.action()
async def hand_over(ctx: Context) -> Reply:
    """Those who have not answered are told by their liaisons: a second round by people."""
    row = await _chosen(ctx)
    if row is None:
        return say("broadcasts.none")
    reach, numbers = await access.reach_of(ctx.person, ctx.today), ctx.county.notices
    decided = await broadcasts.send_again(row.id, ctx.person, reach, now=ctx.now, numbers=numbers, by_people=True)
    return goes_out(ctx, "broadcasts.handed", decided).undoable("broadcasts.cancel", broadcast=row.id)


@router.action()
async def correct(ctx: Context) -> Reply:
    """更正: other words to exactly the same people."""
    row = await _chosen(ctx)
    if row is None:
        return say("broadcasts.none")
    if not (await broadcasts.status(row)).total:
        choices = [Choice(render("broadcasts.do_cancel"), "broadcasts.cancel", {"broadcast": row.id})]
        return menu("broadcasts.not_out_yet", choices)
    return begin("broadcast_correction", broadcast=row.id)
