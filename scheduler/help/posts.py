"""Knocks for service posts: what silence agrees to, offers nobody answered, terms and rests that ended."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from scheduler.job import Deps, job
from services.help import posts


@job(daily="17:40")
async def post_reviews(now: datetime, deps: Deps) -> dict[str, int]:
    """Towards evening: light posts nobody objected to for two workdays are given or released, the others recalled."""
    counted: Counter[str] = Counter()
    for holding in await posts.due_for_silence(now):
        async with deps.transaction():
            counted[await posts.settle_by_silence(holding, now, deps.county.posts)] += 1
    return dict(counted)


@job(every=600, after=["post_terms"])
async def post_offers(now: datetime, deps: Deps) -> dict[str, int]:
    """Every ten minutes: a free place whose offer lapsed goes to the next on the waiting list."""
    counted = Counter({"lapsed": 0, "handed_out": 0})
    for holding in await posts.lapsed_offers(now):
        async with deps.transaction():
            counted["lapsed"] += await posts.lapse_offer(holding, now, deps.county.posts)
    for post in await posts.posts_waited_for():
        async with deps.transaction():
            counted["handed_out"] += await posts.hand_out_place(post, now, deps.county.posts)
    return dict(counted)


@job(daily="07:40")
async def post_terms(now: datetime, deps: Deps) -> dict[str, int]:
    """Each morning: posts whose term ended are given back."""
    ended = 0
    for holding in await posts.terms_over(now):
        async with deps.transaction():
            ended += await posts.end_term(holding, now)
    return {"ended": ended}


@job(daily="08:40")
async def post_rests(now: datetime, deps: Deps) -> dict[str, int]:
    """Each morning: whoever rested until today is asked whether they go on."""
    asked = 0
    for holding in await posts.rests_over(now):
        async with deps.transaction():
            asked += await posts.ask_after_rest(holding, now)
    return {"asked": asked}


@job(daily="09:20")
async def post_appraisals(now: datetime, deps: Deps) -> dict[str, int]:
    """In the county's month of 评岗: whoever reviews posts is asked, once a year, for a line about each holder."""
    asked = 0
    for person, count in (await posts.due_this_year(now, deps.county.posts)).items():
        async with deps.transaction():
            asked += await posts.ask_to_appraise(person, count, now)
    return {"asked": asked}


JOBS = [post_reviews, post_terms, post_offers, post_rests, post_appraisals]
