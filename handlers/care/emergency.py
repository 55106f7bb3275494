"""危险: answered first, whoever writes; told to everybody near; open until a human takes over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.reply import Choice, Reply, menu, say
from conversation.router import Router
from services.care import alarms
from services.help import wishes
from texts import render, section

if TYPE_CHECKING:
    from models.help.wishes import Alarm
    from models.people.members import Person

router = Router("emergency")


@router.intent("emergency", needs=())
async def alarm(ctx: Context) -> Reply:
    """What to do now, in words for the kind of danger; "正在通知" only if somebody reachable is being told."""
    return await _raised(ctx, ctx.text, ctx.reading.danger or "ill")


async def _raised(ctx: Context, words: str, danger: str) -> Reply:
    place = await wishes.place_of(ctx.subject, ctx.account.scanned_id)
    raised = await alarms.raise_alarm(danger, words, openid=ctx.openid, person=ctx.subject, place=place, now=ctx.now)
    key = f"emergency.do_{danger}" if danger in section("emergency", "kinds") else "emergency.do_ill"
    return Reply(render(key) + "\n" + _who_is_told(raised, ctx, "calling" if danger == _CALLED_FOR else "telling"))


@router.action(needs=())
async def ask(ctx: Context) -> Reply:
    """Not sure whether it is danger or illness: one question, and the words wait (domain §3.4 rule 1)."""
    said = {"said": ctx.text}
    choices = [
        Choice(render("emergency.in_danger"), "emergency.yes", said),
        Choice(render("emergency.no_danger"), "emergency.no", said),
    ]
    return menu("emergency.ask", choices, tail="emergency.ask_tail")


@router.action(needs=())
async def yes(ctx: Context) -> Reply:
    """Danger it is."""
    return await _raised(ctx, str(ctx.chosen["said"]), "ill")


@router.action(needs=())
async def no(ctx: Context) -> Reply:
    """No danger: on with what the words meant."""
    return Reply("", said=str(ctx.chosen["said"]))


_CALLED_FOR = "wish_to_die"
"""What nobody is sent to the door for, but somebody telephones."""


def _who_is_told(raised: alarms.Raised, ctx: Context, how: str) -> str:
    phone = raised.phone or ctx.county.phone
    if raised.told:
        names = section("emergency", "capacities")
        told = render("words.and").join(dict.fromkeys(names[one] for one in raised.told[:2]))
        return render(f"emergency.{how}", told=told)
    return render("emergency.dial", phone=phone) if phone else render("emergency.dial_nobody")


@router.action(needs=())
async def fraud(ctx: Context) -> Reply:
    """A fraud in progress: a warning and the number to call; the community hears of it."""
    asking = wishes.Asking(ctx.openid, ctx.subject, await wishes.place_of(ctx.subject, ctx.account.scanned_id))
    kept = await wishes.keep("fraud", asking, now=ctx.now, words=ctx.text if ctx.has_consented else None)
    return say("emergency.fraud_told", name=kept.keeper.name) if kept.keeper else say("emergency.fraud")


@router.action(needs=())
async def all_well(ctx: Context) -> Reply:
    """虚惊一场, 按错了, 没事了: good news, whoever says it; a human still calls (promise R25)."""
    if not await alarms.reassured(ctx.openid, now=ctx.now):
        return Reply("").followed_by("help.menu")
    return say("emergency.reassured" if ctx.subject else "emergency.reassured_stranger")


@router.action(needs=())
async def take_over(ctx: Context) -> Reply:
    """A human takes the alarm over. Family is thanked, and the calls go on: who is near has not answered yet."""
    if ctx.owner is None:
        return say("emergency.thanks_contact")
    taken, person = await alarms.take_over(int(ctx.chosen["alarm"]), by=ctx.owner, now=ctx.now)
    return _yours(taken, person).undoable("emergency.give_back", alarm=taken.id)


@router.action(needs=())
async def give_back(ctx: Context) -> Reply:
    """点错了: it was not taken over after all; everybody else is called on at once."""
    if ctx.owner is None:
        return say("emergency.none_taken")
    await alarms.give_back(int(ctx.chosen["alarm"]), by=ctx.owner, now=ctx.now)
    return say("emergency.given_back")


@router.action(needs=())
async def mine(ctx: Context) -> Reply:
    """The alarm this person has taken over, once more: how did it end?"""
    if ctx.owner is None:
        return say("emergency.none_taken")
    return _yours(*await alarms.taken_by(ctx.owner, ctx.chosen.get("alarm")))


def _yours(taken: Alarm, person: Person | None) -> Reply:
    """Who, the telephone, and what was written, to nobody else; and how to close it."""
    ends = [
        Choice(render(f"emergency.{outcome}"), "emergency.close", {"alarm": taken.id, "outcome": outcome})
        for outcome in ("helped", "false_alarm")
    ]
    return menu(
        "emergency.yours",
        ends,
        tail="emergency.how_to_close",
        name=person.name if person else render("wishes.stranger"),
        phone=(person.phone if person else None) or render("emergency.no_phone"),
        words=(taken.words or "")[-_WORDS_SHOWN:],
    )


_WORDS_SHOWN = 200


@router.action(needs=())
async def close(ctx: Context) -> Reply:
    """How it ended; a false alarm is good news."""
    if ctx.owner is None:
        return say("emergency.none_taken")
    alarm = int(ctx.chosen["alarm"])
    await alarms.close(alarm, ctx.chosen["outcome"], by=ctx.owner, now=ctx.now)
    return say(f"emergency.closed_{ctx.chosen['outcome']}").undoable("emergency.reopen", alarm=alarm)


@router.action(needs=())
async def reopen(ctx: Context) -> Reply:
    """点错了: it is not over yet, and still with the same person."""
    if ctx.owner is None:
        return say("emergency.none_taken")
    return _yours(*await alarms.reopen(int(ctx.chosen["alarm"]), by=ctx.owner, now=ctx.now))
