"""五必到 by the clock: plans duties, reminds visitors, greets members, lets what is undone rise."""

from __future__ import annotations

from datetime import datetime

from kit.clock import local_day
from scheduler.job import Deps, job
from services.care import visits

_PAGE = 200
"""People in one transaction: on SQLite messages wait as long as it lasts, some tenths of a second."""


@job(every=600)
async def plan_visits(now: datetime, deps: Deps) -> dict[str, int]:
    """Every ten minutes: duties that come into sight, page by page, and what changed in those already open."""
    rules = await visits.rules_now(deps.county)
    keepers = visits.Keepers(local_day(now), rules.visits.most_open)
    async with deps.transaction():
        await visits.note_rules(rules, now)
        cancelled = await visits.clear_up(now=now)
    async with deps.transaction():
        handed_over = await visits.hand_over(keepers, now=now)
    made, changed = 0, 0
    while True:
        async with deps.transaction():
            page = await visits.plan_page(rules, keepers, now=now, page=_PAGE)
        made, changed = made + page.made, changed + page.changed
        # A short page is not the last one: those to look at anew come first, and those whose day has come after them.
        if not page.looked_at:
            return {"made": made, "changed": changed, "cancelled": cancelled, "handed_over": handed_over}


@job(every=300, after=["plan_visits"])
async def remind_visits(now: datetime, deps: Deps) -> dict[str, int]:
    """Every five minutes: the reminders that stand now, one notice a visitor."""
    rules, keepers = await visits.rules_now(deps.county), visits.Keepers(local_day(now))
    visitors: set[int] = set()
    after: int | None = 0
    while after is not None:
        async with deps.transaction():
            page = await visits.visitors_to_remind(rules, keepers, now=now, after=after, page=_PAGE)
        visitors |= page.visitors
        after = page.last
    reminded = 0
    for visitor in sorted(visitors):
        async with deps.transaction():
            reminded += await visits.remind(visitor, rules, now=now)
    return {"reminded": reminded}


@job(every=300, after=["plan_visits"])
async def greet_members(now: datetime, deps: Deps) -> dict[str, int]:
    """Every five minutes of the day: members whose day it is, page by page."""
    rules, greeted = await visits.rules_now(deps.county), 0
    while True:
        async with deps.transaction():
            seen, posted = await visits.greet_page(rules, now=now, page=_PAGE)
        greeted += posted
        if seen < _PAGE:
            return {"greeted": greeted}


@job(daily="09:10")
async def ask_about_visits(now: datetime, deps: Deps) -> dict[str, int]:
    """Each morning: who asked a year ago not to be visited is asked whether it still holds."""
    async with deps.transaction():
        return {"asked": await visits.ask_again(now=now)}
