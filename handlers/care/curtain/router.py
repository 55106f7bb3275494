"""The router of the daily sign of life, and what its parts share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversation.context import Context
from conversation.router import Router
from services.care import curtain
from services.people import access, members
from texts import render

if TYPE_CHECKING:
    from models.care.curtain import CurtainSubscription
    from models.people.members import Person
    from services.people.access import Reach

router = Router("curtain")


def policy_of(ctx: Context) -> curtain.CurtainPolicy:
    """The county's numbers for it."""
    return curtain.CurtainPolicy.of(ctx.county.curtain)


async def reach_of(ctx: Context) -> Reach:
    """How far whoever writes may reach."""
    return await access.reach_of(ctx.person, ctx.today)


async def person_within_reach(ctx: Context) -> Person:
    """The person chosen, if whoever writes may set this up for them."""
    person = await members.by_id(int(ctx.chosen["person"]))
    await access.require(await reach_of(ctx), "see_tags", person)
    return person


async def watcher_name(held: CurtainSubscription) -> str:
    """Who looks, for a sentence; empty where nobody is named."""
    ids = [one for one in (held.watcher_id, held.backup_id) if one]
    return (await members.by_id(ids[0])).name if ids else ""


def spoken_clock(clock: str) -> str:
    """`9点`, `9点30分` of `09:30`."""
    hour, minute = clock.split(":")
    whole = render("curtain.hour", hour=int(hour))
    return whole if minute == "00" else render("curtain.hour_minute", hour=int(hour), minute=minute)
