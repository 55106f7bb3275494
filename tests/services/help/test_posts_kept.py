"""Posts are opened, changed, closed and appraised by those in charge; holders rest until a day they name."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from cast import Cast, arrange

from delivery import waiting
from kit.county import County, PostNumbers
from kit.errors import Refusal
from models.database import transaction
from models.help.posts import PostAppraisal, PostHolding, ServicePost
from models.outreach.notices import Notice
from models.people.access import AuditEntry
from models.people.members import Person
from scheduler.help import posts as jobs
from scheduler.job import Deps
from services.help import posts
from services.people import access

NUMBERS = PostNumbers()
GATE = posts.NewPost("门岗值守员", "每周两个上午", 2, "light")


@pytest.fixture
async def cast(db: None, monday: datetime) -> Cast:
    return await arrange(monday)


async def reach_of(person: Person, now: datetime) -> access.Reach:
    return await access.reach_of(person, now.date())


async def opened(cast: Cast, by: Person, now: datetime, place: int | None = None) -> ServicePost:
    reach = await reach_of(by, now)
    async with transaction():
        at = place or (await posts.places_for(reach))[0].id
        return await posts.open_post(at, GATE, by=by, reach=reach, now=now)


async def active(post: ServicePost, person: Person, cast: Cast, now: datetime) -> PostHolding:
    async with transaction():
        row = (await posts.claim(post, person, now=now, numbers=NUMBERS)).holding
        return await posts.approve(row, by=cast.worker, now=now, numbers=NUMBERS)


KEEPERS = [("worker", "桂花社区"), ("secretary", "金桂花园党支部"), ("township_worker", "青禾街道党工委"),
           ("chief", "东禾县离退休干部党工委"), ("leader", None), ("zhao", None), ("feng", None)]  # fmt: skip


@pytest.mark.parametrize(("who", "place"), KEEPERS, ids=[name for name, _ in KEEPERS])
async def test_who_keeps_posts_keeps_them_at_their_own_place(
    cast: Cast, monday: datetime, who: str, place: str | None
) -> None:
    reach = await reach_of(getattr(cast, who), monday)
    assert posts.may_keep_posts(reach) is (place is not None)
    assert [one.name for one in await posts.places_for(reach)] == ([place] if place else [])


async def test_a_new_post_takes_the_next_number_of_its_community(cast: Cast, monday: datetime) -> None:
    first = await opened(cast, cast.worker, monday)
    second = await opened(cast, cast.secretary, monday)
    assert (first.number, second.number) == (6, 7)
    assert await posts.by_number(cast.zhao, 7, monday.date()) == [second]


async def test_nobody_opens_a_post_at_anothers_place(cast: Cast, monday: datetime) -> None:
    with pytest.raises(Refusal, match=r"access\.unknown"):
        await opened(cast, cast.secretary, monday, place=cast.other_community.id)
    reach = await reach_of(cast.secretary, monday)
    with pytest.raises(Refusal, match=r"access\.unknown"):
        await posts.of_keeper(cast.post.id, reach)


async def test_there_are_never_fewer_places_than_holders(cast: Cast, monday: datetime) -> None:
    for person in (cast.zhao, cast.qian):
        await active(cast.post, person, cast, monday)
    reach = await reach_of(cast.worker, monday)
    with pytest.raises(Refusal, match=r"posts\.slots_below") as refused:
        await posts.change(cast.post, "slots", 1, by=cast.worker, reach=reach, now=monday)
    assert refused.value.facts["names"] == "赵一禾、钱二梅"
    assert await posts.change(cast.post, "slots", 5, by=cast.worker, reach=reach, now=monday) == 2
    assert (await ServicePost.get(id=cast.post.id)).slots == 5


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "政策讲解员"),
        ("duties", "每月讲一次"),
        ("place", "社区一楼"),
        ("skills", ["lecturing"]),
        ("exertion", "medium"),
    ],
)
async def test_what_a_post_says_is_changed_and_changed_back(
    cast: Cast, monday: datetime, field: str, value: object
) -> None:
    reach = await reach_of(cast.worker, monday)
    before = await posts.change(cast.post, field, value, by=cast.worker, reach=reach, now=monday)
    assert getattr(await ServicePost.get(id=cast.post.id), field) == value
    changed = await posts.of_keeper(cast.post.id, reach)
    assert await posts.change(changed, field, before, by=cast.worker, reach=reach, now=monday) == value


async def test_the_terms_of_the_holders_end_with_the_post(cast: Cast, monday: datetime) -> None:
    row = await active(cast.post, cast.zhao, cast, monday)
    reach = await reach_of(cast.worker, monday)
    period = ["2026-10-12", "2026-12-31"]
    assert await posts.change(cast.post, "period", period, by=cast.worker, reach=reach, now=monday) == [None, None]
    await row.refresh_from_db()
    assert row.until == date(2026, 12, 31)


async def crowded(cast: Cast, now: datetime) -> tuple[PostHolding, PostHolding, PostHolding]:
    """治安巡逻员 with its one place given, one claim of 宣传员 that waits, and a queue."""
    given = await active(cast.patrol, cast.zhao, cast, now)
    async with transaction():
        queued = (await posts.wait(cast.patrol, cast.qian, now=now, numbers=NUMBERS))[0]
        asked = (await posts.claim(cast.post, cast.qian, now=now, numbers=NUMBERS)).holding
    return given, queued, asked


async def test_when_a_post_closes_holders_and_waiters_are_told(cast: Cast, monday: datetime) -> None:
    given, queued, _ = await crowded(cast, monday)
    done = await posts.shut(cast.patrol, by=cast.worker, now=monday)
    assert [holding for holding, _, _ in done.ended] == [given.id, queued.id]
    told = {row.person_id: (row.say, row.due_at) for row in await Notice.filter(say__startswith="posts.closed_for")}
    after = monday + timedelta(minutes=10)
    assert told == {
        cast.zhao.id: ("posts.closed_for_holder", after),
        cast.qian.id: ("posts.closed_for_waiter", after),
    }
    assert await Notice.filter(say="posts.leader_released", person_id=cast.leader.id, due_at=after).count() == 1
    patrol = await ServicePost.get(id=cast.patrol.id)
    assert (patrol.status, patrol.taken) == ("closed", 0)
    assert not [offer for offer in await posts.around(cast.leader, monday.date()) if offer.id == patrol.id]
    with pytest.raises(Refusal, match=r"posts\.already_shut"):
        await posts.shut(patrol, by=cast.worker, now=monday)


async def test_a_closing_that_is_taken_back_is_heard_by_nobody(cast: Cast, monday: datetime) -> None:
    given, queued, asked = await crowded(cast, monday)
    for post, count in ((cast.patrol, 2), (cast.post, 1)):
        done = await posts.shut(post, by=cast.worker, now=monday)
        assert await posts.reopen(post, by=cast.worker, now=monday, ended=done.ended) == count
    for row, state in ((given, "active"), (queued, "waitlisted"), (asked, "pending")):
        before = row.decide_on
        await row.refresh_from_db()
        assert (row.state, row.decide_on, row.open_mark is None) == (state, before, False)
    assert (await ServicePost.get(id=cast.patrol.id)).taken == 1
    quiet = await Notice.filter(say__in=["posts.closed_for_holder", "posts.closed_for_waiter"]).values_list(
        "state", flat=True
    )
    assert set(quiet) == {"expired"}


async def test_a_closed_post_opens_again_but_not_after_its_last_day(cast: Cast, monday: datetime) -> None:
    await posts.shut(cast.post, by=cast.worker, now=monday)
    closed = await ServicePost.get(id=cast.post.id)
    assert await posts.reopen(closed, by=cast.worker, now=monday) == 0
    with pytest.raises(Refusal, match=r"posts\.already_open"):
        await posts.reopen(closed, by=cast.worker, now=monday)
    await ServicePost.filter(id=cast.post.id).update(status="closed", until=date(2026, 10, 1))
    with pytest.raises(Refusal, match=r"posts\.term_is_over"):
        await posts.reopen(await ServicePost.get(id=cast.post.id), by=cast.worker, now=monday)


# Resting until a day.

DEPS = Deps(None, None, County(), transaction)  # type: ignore[arg-type]


async def test_whoever_rests_until_a_day_is_asked_on_it_once(cast: Cast, monday: datetime) -> None:
    row = await active(cast.post, cast.zhao, cast, monday)
    await posts.pause(row.id, cast.zhao, now=monday, until=date(2026, 10, 20))
    assert await jobs.post_rests.run(monday + timedelta(days=7), DEPS) == {"asked": 0}
    tuesday = monday + timedelta(days=8)
    assert await jobs.post_rests.run(tuesday, DEPS) == {"asked": 1}
    assert await jobs.post_rests.run(tuesday + timedelta(days=1), DEPS) == {"asked": 0}
    asked = await Notice.get(say="posts.rest_over")
    assert [one["do"] for one in asked.asks or []] == ["posts.resume", "posts.rest_longer", "posts.ask_release"]
    await row.refresh_from_db()
    assert (row.state, (await ServicePost.get(id=cast.post.id)).taken) == ("paused", 1)


async def test_who_rests_already_names_another_day(cast: Cast, monday: datetime) -> None:
    row = await active(cast.post, cast.zhao, cast, monday)
    for day in (date(2026, 10, 20), date(2026, 11, 20)):
        await posts.pause(row.id, cast.zhao, now=monday, until=day)
    assert [one.paused_until for one in await posts.my_posts(cast.zhao)] == [date(2026, 11, 20)]
    assert await Notice.filter(say="posts.leader_paused").count() == 1
    await posts.resume(row.id, cast.zhao, now=monday)
    await row.refresh_from_db()
    assert (row.state, row.paused_until) == ("active", None)


# 评岗.

DECEMBER = datetime.fromisoformat("2026-12-01T09:20:00+08:00")


async def test_in_the_month_of_appraisal_the_reviewer_is_asked_once(cast: Cast, monday: datetime) -> None:
    for person in (cast.zhao, cast.qian):
        await active(cast.post, person, cast, monday)
    assert await jobs.post_appraisals.run(DECEMBER - timedelta(days=1), DEPS) == {"asked": 0}
    assert await jobs.post_appraisals.run(DECEMBER, DEPS) == {"asked": 1}
    assert await jobs.post_appraisals.run(DECEMBER + timedelta(days=1), DEPS) == {"asked": 0}
    asked = await Notice.get(say="posts.appraise_due")
    said = await waiting.read_out(asked.id)
    assert asked.person_id == cast.worker.id
    assert said is not None
    assert said.text == "今年该评岗了，还有2位在岗的等您写一句评语。回复1开始。"


async def test_one_line_a_holder_and_the_holder_is_thanked_without_it(cast: Cast, monday: datetime) -> None:
    row = await active(cast.post, cast.zhao, cast, monday)
    reach = await reach_of(cast.worker, DECEMBER)
    rows, count = await posts.to_appraise(reach, DECEMBER.date(), limit=5)
    assert ([one.id for one in rows], count) == ([row.id], 1)
    await posts.appraise(rows[0], "每周都来", by=cast.worker, now=DECEMBER)
    thanks = await Notice.get(say="posts.appraised")
    assert (thanks.person_id, thanks.due_at) == (cast.zhao.id, DECEMBER + timedelta(minutes=10))
    assert "每周都来" not in (await waiting.read_out(thanks.id)).text  # type: ignore[union-attr]
    assert await posts.to_appraise(reach, DECEMBER.date(), limit=5) == ([], 0)
    with pytest.raises(Refusal, match=r"posts\.already_appraised"):
        await posts.appraisable(row.id, reach, DECEMBER.date())
    served = await posts.record_of(cast.zhao)
    assert [(one.number, one.since, one.until, one.lines) for one in served] == [
        (3, date(2026, 10, 12), None, ("每周都来",))
    ]
    assert (await AuditEntry.get(action="post.appraised")).facts == {"year": 2026}


async def test_a_line_is_taken_back_before_the_holder_hears_of_it(cast: Cast, monday: datetime) -> None:
    row = await active(cast.post, cast.zhao, cast, monday)
    made = await posts.appraise(row, "每周都来", by=cast.worker, now=DECEMBER)
    with pytest.raises(Refusal, match=r"access\.unknown"):
        await posts.take_back(made.id, by=cast.secretary, now=DECEMBER)
    await posts.take_back(made.id, by=cast.worker, now=DECEMBER)
    assert (await Notice.get(say="posts.appraised")).state == "expired"
    assert await PostAppraisal.all().count() == 0


@pytest.mark.parametrize(("who", "count"), [("worker", 1), ("secretary", 1), ("leader", 0), ("feng", 0), ("chief", 0)])
async def test_only_those_in_charge_write_about_a_holder(cast: Cast, monday: datetime, who: str, count: int) -> None:
    row = await active(cast.post, cast.zhao, cast, monday)
    reach = await reach_of(getattr(cast, who), DECEMBER)
    assert (await posts.to_appraise(reach, DECEMBER.date(), limit=5))[1] == count
    if not count:
        with pytest.raises(Refusal, match=r"access\.unknown"):
            await posts.appraisable(row.id, reach, DECEMBER.date())


async def test_nobody_writes_about_themselves(cast: Cast, monday: datetime) -> None:
    await active(cast.post, cast.secretary, cast, monday)
    reach = await reach_of(cast.secretary, DECEMBER)
    assert await posts.to_appraise(reach, DECEMBER.date(), limit=5) == ([], 0)


async def test_at_the_end_of_a_term_a_line_is_asked_for(cast: Cast, monday: datetime) -> None:
    await ServicePost.filter(id=cast.post.id).update(until=date(2026, 10, 31))
    row = await active(await ServicePost.get(id=cast.post.id), cast.zhao, cast, monday)
    november = datetime.fromisoformat("2026-11-01T07:40:00+08:00")
    assert await posts.end_term(row.id, november)
    asked = await Notice.get(say="posts.appraise_term")
    assert (asked.person_id, asked.asks) == (
        cast.worker.id,
        [{"label": "写评语", "do": "posts.appraise", "args": {"holding": row.id}}],
    )
    assert (await posts.to_appraise(await reach_of(cast.worker, november), november.date(), limit=5))[1] == 1
