"""The knocks for posts: each does what is due once, and nothing when knocked again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from cast import arrange

from kit.county import County, PostNumbers
from models.database import transaction
from models.help.posts import PostHolding, ServicePost
from scheduler.help import posts as jobs
from scheduler.job import Deps
from services.help import posts

NOBODY: Any = None
DEPS = Deps(NOBODY, NOBODY, County(), transaction)


async def test_silence_for_two_workdays_agrees_once(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    await posts.claim(cast.post, cast.qian, now=monday, numbers=PostNumbers())
    await posts.claim(cast.patrol, cast.qian, now=monday, numbers=PostNumbers())
    assert await jobs.post_reviews.run(monday + timedelta(days=1), DEPS) == {}
    wednesday = monday + timedelta(days=2)
    assert await jobs.post_reviews.run(wednesday, DEPS) == {"agreed": 1, "asked_again": 1}
    assert await jobs.post_reviews.run(wednesday, DEPS) == {}


async def test_an_unanswered_offer_goes_on_once(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    held = await posts.claim(cast.patrol, cast.qian, now=monday, numbers=PostNumbers())
    for person in (cast.leader, cast.secretary):
        await posts.wait(cast.patrol, person, now=monday)
    await posts.withdraw(held.holding.id, cast.qian, now=monday, numbers=PostNumbers())
    assert await jobs.post_offers.run(monday + timedelta(hours=1), DEPS) == {"lapsed": 0, "handed_out": 0}
    late = monday + timedelta(hours=49)
    assert await jobs.post_offers.run(late, DEPS) == {"lapsed": 1, "handed_out": 0}
    assert await jobs.post_offers.run(late, DEPS) == {"lapsed": 0, "handed_out": 0}
    assert await PostHolding.filter(offered_until__gt=late, state="waitlisted").count() == 1


async def test_an_ended_term_is_given_back_once(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    await ServicePost.filter(id=cast.post.id).update(until=date(2026, 10, 20))
    post = await ServicePost.get(id=cast.post.id)
    claimed = await posts.claim(post, cast.qian, now=monday, numbers=PostNumbers())
    await posts.approve(claimed.holding, by=cast.worker, now=monday, numbers=PostNumbers())
    after = monday + timedelta(days=9)
    assert await jobs.post_terms.run(after, DEPS) == {"ended": 1}
    assert await jobs.post_terms.run(after, DEPS) == {"ended": 0}
