"""Away for a while: nobody looks until somebody is back."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Reply, begin, say
from conversation.understanding.dates import named_days
from conversation.understanding.numerals import plain_numbers
from handlers.care.curtain.router import person_within_reach, reach_of, router
from kit.errors import Refusal
from services.care import curtain
from services.people import members
from texts import section
from texts.days import spoken_day

if TYPE_CHECKING:
    from models.people.members import Person


@router.action()
async def pause(ctx: Context) -> Reply:
    """Until when?"""
    return begin("curtain_pause", person=(await person_within_reach(ctx)).id)


async def _clean_until(ctx: Context, text: str) -> str:
    days = named_days(text, ctx.today)
    if not days or days[-1] <= ctx.today:
        raise Refusal("curtain.day_wanted")
    return days[-1].isoformat()


async def _paused(ctx: Context, answers: Answers) -> Reply:
    return await _pause(ctx, await members.by_id(int(answers["person"])), date.fromisoformat(answers["until"]))


async def _pause(ctx: Context, person: Person, back_on: date) -> Reply:
    """Nobody looks before the day somebody is back."""
    await curtain.pause(person, back_on - timedelta(days=1), by=await reach_of(ctx), now=ctx.now)
    is_own = person.id == ctx.person.id
    said = say("curtain.paused", day=spoken_day(back_on)) if is_own else None
    reply = said or say("curtain.paused_for", name=person.name, day=spoken_day(back_on))
    return reply.undoable("curtain.resume", person=person.id)


router.dialog(Dialog("curtain_pause", (Step("until", "curtain.ask_until", _clean_until),), _paused))


@router.action()
async def resume(ctx: Context) -> Reply:
    """Back, or it was a mistake."""
    person = await person_within_reach(ctx)
    await curtain.resume(person, by=await reach_of(ctx), now=ctx.now)
    return say("curtain.resumed")


@router.intent("curtain_back")
async def back(ctx: Context) -> Reply:
    """回来了: of somebody who was away; of anybody else it is a good word."""
    held = await curtain.subscription_of(ctx.person.id)
    if held is None or not held.paused_until or held.paused_until < ctx.today:
        return Reply("").followed_by("my.safe")
    await curtain.resume(ctx.person, by=await reach_of(ctx), now=ctx.now)
    return say("curtain.resumed_welcome")


@router.intent("away")
async def away(ctx: Context) -> Reply:
    """ "我去女儿家住几天": nobody looks for them in that time; of others it is only good to know."""
    back_on = ctx.today + timedelta(days=_days_meant(ctx.text))
    if back_on == ctx.today or await curtain.subscription_of(ctx.person.id) is None:
        return Reply("").followed_by("my.safe")
    return await _pause(ctx, ctx.person, back_on)


def _days_meant(text: str) -> int:
    found = re.search(section("curtain", "words")["span"], plain_numbers(text))
    if found is None:
        return 0
    spans = section("curtain", "spans")
    unit = next(days for word, days in spans.items() if found[2].endswith(word))
    many = int(found[1]) if found[1].isdigit() else spans.get(found[1])
    return int(unit * many) if many else int(unit) // 2
