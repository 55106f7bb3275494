"""走访数字: how many visits were due, done, excused and open, for the places of whoever asks."""

from __future__ import annotations

from datetime import date, timedelta

from conversation.context import Context
from conversation.reply import Reply, say
from handlers.care.visits.router import router
from services.care import visits
from services.people import access, organisation
from texts.days import spoken_day


@router.intent("visit_sums")
async def sums(ctx: Context) -> Reply:
    """Since the beginning of the year up to today and the windows that are open; counts only."""
    reach = await access.reach_of(ctx.person, ctx.today)
    paths = reach.paths("statistics", "subtree")
    if not paths:
        return Reply("").followed_by("human.call")
    place = await organisation.by_path(min(paths, key=len))
    found = await visits.account(place, date(ctx.today.year, 1, 1), ctx.today + timedelta(days=14))
    counted = found.sums
    return say(
        "visits.sums",
        place=place.name,
        day=spoken_day(found.last),
        due=counted["due"],
        done=counted["done"],
        excused=counted["excused"],
        open=counted["open"],
        missing=counted["unaccounted"],
    )
