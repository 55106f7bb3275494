"""A watcher's round, and what those say who were told that somebody is missed."""

from __future__ import annotations

from conversation.context import Context
from conversation.reply import Choice, Reply, menu, say
from conversation.router import MEMBER
from handlers.care.curtain.router import policy_of, router, watcher_name
from services.care import alarms, curtain
from services.help import wishes
from texts import render, section

_A_ROUND = 4


@router.intent("curtain_round", "curtain_list")
async def round(ctx: Context) -> Reply:  # noqa: A001  what a watcher makes is called so
    """Whom this person looks after today, those not seen yet; the very number ticks one."""
    watched = await curtain.round_of(ctx.person, now=ctx.now)
    unseen = [one for one in watched if not one.is_seen]
    if not unseen:
        return say("curtain.round_empty" if watched else "curtain.round_nobody")
    choices = [Choice(one.name, "curtain.one", {"person": one.person_id}) for one in unseen[:_A_ROUND]]
    if len(unseen) > 1:
        ids = [one.person_id for one in unseen]
        choices.append(Choice(render("curtain.all_fine"), "curtain.tick_all", {"people": ids}))
    return menu("curtain.round", choices)


@router.action()
async def one(ctx: Context) -> Reply:
    """One of the round: seen or not."""
    wanted = int(ctx.chosen["person"])
    line = next((one for one in await curtain.round_of(ctx.person, now=ctx.now) if one.person_id == wanted), None)
    if line is None:
        return Reply("").followed_by("curtain.round")
    choices = [
        Choice(render("curtain.seen"), "curtain.tick", {"person": wanted, "fine": True}),
        Choice(render("curtain.not_seen"), "curtain.tick", {"person": wanted, "fine": False}),
    ]
    return menu("curtain.one", choices, name=line.name, sign=section("curtain", "signs")[line.sign])


@router.action()
async def tick(ctx: Context) -> Reply:
    """Ticked; where nothing was seen the watcher calls at once."""
    is_fine = bool(ctx.chosen["fine"])
    result, name = await curtain.tick(int(ctx.chosen["person"]), is_fine=is_fine, by=ctx.person, now=ctx.now)
    if is_fine:
        return say("curtain.kept_fine", name=name).followed_by("curtain.round")
    return Reply("").followed_by("curtain.show", result=result)


@router.action()
async def tick_all(ctx: Context) -> Reply:
    """The whole round at once."""
    people = [int(one) for one in ctx.chosen["people"]]
    for person in people:
        await curtain.tick(person, is_fine=True, by=ctx.person, now=ctx.now)
    return say("curtain.all_ticked", count=len(people))


# Somebody is missed.


@router.action(needs=(MEMBER,))
async def fine(ctx: Context) -> Reply:
    """都好: the person's own word."""
    await curtain.said_fine(ctx.person.id, now=ctx.now)
    return say("curtain.thanks")


@router.action(needs=(MEMBER,))
async def come(ctx: Context) -> Reply:
    """请人来看看: those who look after the person are called on at once."""
    await curtain.asked_to_come(ctx.person, now=ctx.now)
    await curtain.take_steps(policy_of(ctx), now=ctx.now)
    held = await curtain.subscription_of(ctx.person.id)
    name = await watcher_name(held) if held else ""
    return say("curtain.coming", name=name) if name else say("curtain.coming_nobody")


@router.action(needs=())
async def show(ctx: Context) -> Reply:
    """Whom to reach and how, for whoever was told; the family needs no telephone number."""
    result = int(ctx.chosen["result"])
    seen = await curtain.opened(result, ctx.openid, ctx.owner, now=ctx.now)
    if seen.is_settled:
        return say("curtain.settled", name=seen.person.name)
    ends = [("is_fine", "reached"), ("not_reached", "not_reached"), ("danger", "danger")]
    ends += [("is_away", "gone_away")] if ctx.owner else []
    choices = [Choice(render(f"curtain.{label}"), f"curtain.{do}", {"result": result}) for label, do in ends]
    if ctx.owner is None:
        return menu("curtain.opened_family", choices, name=seen.person.name)
    lines = [render("curtain.family_line", name=name, phone=phone) for name, phone in seen.family[:1]]
    known = {"name": seen.person.name, "family": "".join(lines)}
    if not seen.person.phone:
        return menu("curtain.opened_no_phone", choices, **known)
    return menu("curtain.opened", choices, phone=seen.person.phone, **known)


@router.action(needs=())
async def waiting(ctx: Context) -> Reply:
    """Several are missed: one after the other."""
    found = await curtain.told_of(ctx.owner) if ctx.owner else []
    if not found:
        return say("curtain.waiting_none")
    return menu("curtain.waiting", [Choice(name, "curtain.show", {"result": one}) for one, name in found])


@router.action(needs=())
async def reached(ctx: Context) -> Reply:
    """Good news, and everybody told hears it."""
    how = "phone" if ctx.owner else "family"
    name = await curtain.say_fine(int(ctx.chosen["result"]), ctx.openid, ctx.owner, how=how, now=ctx.now)
    return say("curtain.kept_fine", name=name)


@router.action(needs=())
async def not_reached(ctx: Context) -> Reply:
    """Not yet: the ladder goes on."""
    await curtain.no_sign(int(ctx.chosen["result"]), ctx.openid, ctx.owner, now=ctx.now)
    return say("curtain.go_on")


@router.action(needs=(MEMBER,))
async def gone_away(ctx: Context) -> Reply:
    """Away, and nobody knew."""
    name = await curtain.away(int(ctx.chosen["result"]), ctx.openid, ctx.person, now=ctx.now)
    return say("curtain.kept_away", name=name)


@router.action(needs=())
async def danger(ctx: Context) -> Reply:
    """Somebody stands at the door and help is needed: an alarm like any other (promise R25)."""
    result = int(ctx.chosen["result"])
    seen = await curtain.opened(result, ctx.openid, ctx.owner, now=ctx.now)
    words = render("curtain.danger_words", name=seen.person.name)
    place = await wishes.place_of(seen.person, None)
    await alarms.raise_alarm("ill", words, openid=ctx.openid, person=seen.person, place=place, now=ctx.now)
    return say("emergency.do_ill")
