"""Service posts: fit as a table, places that go once, the queue that moves once, review, rest and return."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

import pytest
from cast import Cast, arrange

from kit.county import PostNumbers
from kit.errors import Refusal
from models.database import transaction
from models.help.posts import PostHolding, ServicePost
from models.outreach.notices import Notice
from models.people.access import AuditEntry
from models.people.accounts import Question
from models.people.members import Person
from models.people.organisation import Organisation
from services.help import posts
from services.help.posts import naming, rules
from services.people import access

NUMBERS = PostNumbers()
LIGHT, MEDIUM = rules.Work("light"), rules.Work("medium")


@pytest.mark.parametrize(
    ("work", "fitness", "advice"),
    [
        pytest.param(LIGHT, rules.Fitness(92), (), id="a light post suits everybody"),
        pytest.param(MEDIUM, rules.Fitness(79), (), id="a medium post suits up to 79"),
        pytest.param(MEDIUM, rules.Fitness(80), ("light_only",), id="from 80 on only light posts"),
        pytest.param(rules.Work("heavy"), rules.Fitness(None), (), id="an unknown age excludes nothing"),
        pytest.param(rules.Work(flags=("ladder",)), rules.Fitness(74), (), id="a ladder at 74"),
        pytest.param(rules.Work(flags=("ladder",)), rules.Fitness(75), ("risky",), id="no ladder from 75 on"),
        pytest.param(rules.Work(flags=("traffic",)), rules.Fitness(75), ("risky",), id="no traffic from 75 on"),
        pytest.param(
            rules.Work("medium", words="治安巡逻员"), rules.Fitness(76), ("risky",), id="a patrol is risky by its name"
        ),
        pytest.param(
            rules.Work("medium", post_type="patroller"), rules.Fitness(81), ("light_only", "risky"), id="both at 81"
        ),
        pytest.param(
            rules.Work(flags=("stairs",)), rules.Fitness(66, walks_badly=True), ("stairs",), id="no stairs for bad legs"
        ),
        pytest.param(MEDIUM, rules.Fitness(66, walks_badly=True), ("stairs",), id="only light work for bad legs"),
        pytest.param(rules.Work(flags=("stairs",)), rules.Fitness(66), (), id="stairs for good legs"),
    ],
)
def test_what_is_advised_against(work: rules.Work, fitness: rules.Fitness, advice: tuple[str, ...]) -> None:
    assert rules.advice(work, fitness, NUMBERS) == advice


@pytest.mark.parametrize(
    ("said", "is_hard"),
    [
        (None, False),
        ("", False),
        ("no_stairs", True),
        ("腿脚不好 有坐着干的岗吗", True),
        ("不能爬楼", True),
        ("坐轮椅", True),
        ("行动自如", False),
        ("good", False),
        ("有什么岗位", False),
    ],
)
def test_whether_stairs_are_hard(said: str | None, is_hard: bool) -> None:
    assert rules.walks_badly(said) is is_hard


TITLES = [
    "楼栋长",
    "矛盾调解员",
    "政策宣传员",
    "环境监督员",
    "治安巡逻员",
    "四点半课堂辅导老师",
    "窗帘行动志愿者",
    "驿站值守员",
    "义务理发员",
    "家电维修员",
    "线上理论宣讲员",
    "空巢老人探望员",
    "红色小区管理员",
    "文体队领队",
]


@pytest.mark.parametrize(
    ("said", "titles"),
    [
        ("政策宣传员", ["政策宣传员"]),
        ("调解员", ["矛盾调解员"]),
        ("矛盾调解", ["矛盾调解员"]),
        ("环境监督岗", ["环境监督员"]),
        ("理发那个岗", ["义务理发员"]),
        ("理发", ["义务理发员"]),
        ("巡逻", ["治安巡逻员"]),
        ("宣讲员", ["线上理论宣讲员"]),
        ("楼动长", ["楼栋长"]),
        ("正策宣传园", ["政策宣传员"]),
        ("网格员", []),
        ("员", []),
    ],
)
def test_a_post_is_found_by_half_a_name_or_by_its_sound(said: str, titles: list[str]) -> None:
    listed = [ServicePost(title=title) for title in TITLES]
    assert [post.title for post in naming.meant(said, listed)] == titles


async def someone(cast: Cast, name: str, **more: object) -> Person:
    return await Person.create(name=name, branch=cast.branch, community=cast.community, **more)


async def post_at(place: Organisation, number: int, title: str, **more: object) -> ServicePost:
    return await ServicePost.create(organisation=place, number=number, title=title, **more)


async def claimed(post: ServicePost, person: Person, now: datetime) -> PostHolding:
    async with transaction():
        return (await posts.claim(post, person, now=now, numbers=NUMBERS)).holding


async def offered_numbers(person: Person, now: datetime, said: str = "") -> list[int]:
    found = await posts.offers(person, today=now.date(), numbers=NUMBERS, said=said)
    return [offer.post.number for offer in found]


async def test_offers_are_near_and_fit_with_skills_first(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    await post_at(cast.community, 9, "义务理发员", skills=["haircut"])
    await post_at(cast.county, 20, "县里宣讲员")
    await post_at(cast.branch, 21, "楼栋长")
    await post_at(cast.other_community, 3, "别处的岗")
    await post_at(cast.community, 22, "关了的岗", status="closed")
    await post_at(cast.community, 23, "过期的岗", until=date(2026, 10, 11))
    # 赵一禾 is eighty: no medium patrol; she cuts hair.
    assert await offered_numbers(cast.zhao, monday) == [9, 21, 3, 20]


async def test_a_wish_about_legs_leaves_out_what_means_stairs(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    await post_at(cast.community, 8, "驿站值守员")
    await post_at(cast.community, 9, "楼道卫生员", duties="逐层上楼查看")
    person = await someone(cast, "孙三木", birth="1956-01-01")
    assert await offered_numbers(person, monday) == [3, 8, 9, 5]
    assert await offered_numbers(person, monday, "腿脚不好 有坐着干的岗吗") == [3, 8]


async def test_full_posts_come_last_and_own_posts_not_at_all(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    person = await someone(cast, "孙三木", birth="1956-01-01")
    full = await post_at(cast.community, 1, "楼栋长", slots=1)
    await claimed(full, cast.qian, monday)
    await claimed(cast.patrol, person, monday)
    assert await offered_numbers(person, monday) == [3, 1]


async def test_the_community_numbers_before_the_township(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    await post_at(cast.township, 3, "街道的岗")
    found = await posts.by_number(cast.qian, 3, monday.date())
    assert [post.id for post in found] == [cast.post.id]


@pytest.mark.parametrize("places", [10, 20])
async def test_of_200_at_once_as_many_win_as_there_are_places(db: None, monday: datetime, places: int) -> None:
    cast = await arrange(monday)
    post = await post_at(cast.community, 7, "窗帘行动志愿者", slots=places)
    people = [await someone(cast, f"{number}号志愿者", birth="1960-01-01") for number in range(200)]

    async def try_one(person: Person) -> str:
        try:
            async with transaction():
                await posts.claim(post, person, now=monday, numbers=NUMBERS)
        except Refusal as refusal:
            return refusal.key
        return "claimed"

    answers = await asyncio.gather(*[try_one(person) for person in people])
    await post.refresh_from_db()
    assert {one: answers.count(one) for one in set(answers)} == {"claimed": places, "posts.full": 200 - places}
    assert post.taken == places == await PostHolding.filter(post_id=post.id, state="pending").count()


async def test_a_claimed_post_cannot_be_claimed_again(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    await claimed(cast.post, cast.qian, monday)
    with pytest.raises(Refusal, match=r"posts\.already_held"):
        await claimed(cast.post, cast.qian, monday)
    await cast.post.refresh_from_db()
    assert cast.post.taken == 1


async def test_a_fourth_post_is_only_for_who_insists_and_then_a_person_settles_it(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    for number in (11, 12, 13):
        await claimed(await post_at(cast.community, number, f"岗{number}"), cast.qian, monday)
    with pytest.raises(Refusal, match=r"posts\.too_many"):
        await claimed(cast.post, cast.qian, monday)
    async with transaction():
        fourth = await posts.claim(cast.post, cast.qian, now=monday, numbers=NUMBERS, insists=True)
    assert not fourth.is_quiet


async def test_nobody_claims_more_than_ten_times_a_day(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    for _ in range(10):
        row = await claimed(cast.post, cast.qian, monday)
        await posts.withdraw(row.id, cast.qian, now=monday, numbers=NUMBERS)
    with pytest.raises(Refusal, match=r"posts\.too_often"):
        await claimed(cast.post, cast.qian, monday)
    await claimed(cast.post, cast.qian, monday + timedelta(days=1))


@pytest.mark.parametrize(
    ("post", "person", "is_quiet"),
    [("post", "qian", True), ("patrol", "qian", False), ("patrol", "zhao", False)],
    ids=["light", "medium", "against advice"],
)
async def test_silence_agrees_to_light_posts_only(
    db: None, monday: datetime, post: str, person: str, is_quiet: bool
) -> None:
    cast = await arrange(monday)
    row = await claimed(getattr(cast, post), getattr(cast, person), monday)
    assert row.decide_on == date(2026, 10, 14)
    assert await posts.due_for_silence(monday + timedelta(days=1)) == []
    wednesday = monday + timedelta(days=2)
    assert await posts.due_for_silence(wednesday) == [row.id]
    assert await posts.settle_by_silence(row.id, wednesday, NUMBERS) == ("agreed" if is_quiet else "asked_again")
    assert await posts.due_for_silence(wednesday) == []
    await row.refresh_from_db()
    assert row.state == ("active" if is_quiet else "pending")


async def test_the_community_worker_is_asked_and_agrees(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    row = await claimed(cast.patrol, cast.qian, monday)
    asked = await Notice.get(business_key__startswith=f"holding:{row.id}:pending")
    assert asked.recipient == f"person:{cast.worker.id}"
    reach = await access.reach_of(cast.worker, monday.date())
    [waiting] = await posts.to_review(reach)
    await posts.approve(waiting, by=cast.worker, now=monday, numbers=NUMBERS)
    await row.refresh_from_db()
    assert (row.state, row.since, row.decided_by_id) == ("active", date(2026, 10, 12), cast.worker.id)
    assert await told(cast.qian) == ["posts.approved"]
    assert "posts.leader_active" in await told(cast.secretary)
    assert await AuditEntry.filter(action="post.approved", actor=f"person:{cast.worker.id}").count() == 1
    with pytest.raises(Refusal, match=r"posts\.already_settled"):
        await posts.approve(waiting, by=cast.secretary, now=monday, numbers=NUMBERS)


async def told(person: Person) -> list[str]:
    rows = await Notice.filter(recipient=f"person:{person.id}").order_by("id")
    return [row.say for row in rows]


async def test_staff_settle_only_what_is_theirs_and_never_their_own(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    row = await claimed(cast.patrol, cast.qian, monday)
    own = await claimed(cast.post, cast.secretary, monday)
    for person, seen in ((cast.worker, {row.id, own.id}), (cast.secretary, {row.id}), (cast.feng, set())):
        reach = await access.reach_of(person, monday.date())
        assert {one.id for one in await posts.to_review(reach)} == seen
    reach = await access.reach_of(cast.feng, monday.date())
    with pytest.raises(Refusal, match=r"access\.unknown"):
        await posts.open_one(row.id, reach)


async def waiting_for(post: ServicePost, person: Person, now: datetime) -> PostHolding:
    async with transaction():
        return (await posts.wait(post, person, now=now))[0]


async def test_a_freed_place_goes_to_the_next_once(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    holder = await claimed(cast.patrol, cast.qian, monday)
    first = await waiting_for(cast.patrol, cast.leader, monday)
    second = await waiting_for(cast.patrol, cast.secretary, monday + timedelta(minutes=1))
    await posts.withdraw(holder.id, cast.qian, now=monday, numbers=NUMBERS)
    await cast.patrol.refresh_from_db()
    assert cast.patrol.taken == 1
    assert (await told(cast.leader)).count("posts.place_free") == 1
    assert "posts.place_free" not in await told(cast.secretary)
    with pytest.raises(Refusal, match=r"posts\.full"):
        await claimed(cast.patrol, cast.wang, monday)
    taken = await posts.take_offer(first.id, cast.leader, now=monday, numbers=NUMBERS)
    assert taken.holding.state == "pending"
    with pytest.raises(Refusal, match=r"posts\.offer_over"):
        await posts.take_offer(second.id, cast.secretary, now=monday, numbers=NUMBERS)


async def test_an_offer_nobody_answers_goes_on_after_48_hours(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    holder = await claimed(cast.patrol, cast.qian, monday)
    first = await waiting_for(cast.patrol, cast.leader, monday)
    second = await waiting_for(cast.patrol, cast.secretary, monday + timedelta(minutes=1))
    await posts.withdraw(holder.id, cast.qian, now=monday, numbers=NUMBERS)
    assert await posts.lapsed_offers(monday + timedelta(hours=47)) == []
    late = monday + timedelta(hours=49)
    assert await posts.lapsed_offers(late) == [first.id]
    assert await posts.lapse_offer(first.id, late, NUMBERS)
    assert not await posts.lapse_offer(first.id, late, NUMBERS)
    await second.refresh_from_db()
    assert second.offered_until == late + timedelta(hours=48)
    with pytest.raises(Refusal, match=r"posts\.offer_over"):
        await posts.take_offer(first.id, cast.leader, now=late, numbers=NUMBERS)
    await posts.withdraw(second.id, cast.secretary, now=late, numbers=NUMBERS)
    await cast.patrol.refresh_from_db()
    assert cast.patrol.taken == 0


async def test_places_freed_at_once_go_to_different_waiters(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    post = await post_at(cast.community, 7, "窗帘行动志愿者", slots=5)
    people = [await someone(cast, f"{number}号志愿者", birth="1960-01-01") for number in range(15)]
    held = [await claimed(post, person, monday) for person in people[:5]]
    for person in people[5:]:
        await waiting_for(post, person, monday)

    async def leave(row: PostHolding, person: Person) -> None:
        async with transaction():
            await posts.withdraw(row.id, person, now=monday, numbers=NUMBERS)

    await asyncio.gather(*[leave(row, person) for row, person in zip(held, people[:5], strict=True)])
    offered = await PostHolding.filter(post_id=post.id, offered_until__isnull=False).order_by("id")
    assert [row.person_id for row in offered] == [person.id for person in people[5:10]]
    assert await Notice.filter(say="posts.place_free").count() == 5
    await post.refresh_from_db()
    assert post.taken == 5


async def test_a_capacity_that_grew_is_handed_out(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    await claimed(cast.patrol, cast.qian, monday)
    row = await waiting_for(cast.patrol, cast.leader, monday)
    assert await posts.posts_waited_for() == []
    await ServicePost.filter(id=cast.patrol.id).update(slots=2)
    assert await posts.posts_waited_for() == [cast.patrol.id]
    assert await posts.hand_out_place(cast.patrol.id, monday, NUMBERS)
    await row.refresh_from_db()
    assert row.offered_until is not None


async def test_nobody_queues_where_a_place_is_free_or_twice(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    with pytest.raises(Refusal, match=r"posts\.has_place"):
        await waiting_for(cast.post, cast.qian, monday)
    await claimed(cast.patrol, cast.qian, monday)
    await waiting_for(cast.patrol, cast.leader, monday)
    with pytest.raises(Refusal, match=r"posts\.already_held"):
        await waiting_for(cast.patrol, cast.leader, monday)


async def active(post: ServicePost, person: Person, cast: Cast, now: datetime) -> PostHolding:
    row = await claimed(post, person, now)
    await posts.approve(row, by=cast.worker, now=now, numbers=NUMBERS)
    return row


async def test_giving_back_is_reviewed_and_frees_the_place(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    row = await active(cast.post, cast.qian, cast, monday)
    asked = await posts.release(row.id, cast.qian, now=monday, numbers=NUMBERS)
    assert (asked.holding.state, asked.is_quiet) == ("release_pending", True)
    await cast.post.refresh_from_db()
    assert cast.post.taken == 1
    assert await posts.settle_by_silence(row.id, monday + timedelta(days=2), NUMBERS) == "agreed"
    await row.refresh_from_db()
    await cast.post.refresh_from_db()
    assert (row.state, row.until, row.open_mark, cast.post.taken) == ("released", date(2026, 10, 14), None, 0)
    assert await claimed(cast.post, cast.qian, monday + timedelta(days=3))


async def test_the_wish_to_leave_can_be_taken_back(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    row = await active(cast.post, cast.qian, cast, monday)
    await posts.release(row.id, cast.qian, now=monday, numbers=NUMBERS)
    assert (await posts.keep(row.id, cast.qian, now=monday)).state == "active"
    with pytest.raises(Refusal, match=r"posts\.already_settled"):
        await posts.keep(row.id, cast.qian, now=monday)


async def test_a_rest_keeps_the_place_and_the_leader_knows(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    row = await active(cast.post, cast.zhao, cast, monday)
    assert await posts.pause_all(cast.zhao, monday) == 1
    assert [one.state for one in await posts.my_posts(cast.zhao)] == ["paused"]
    await posts.resume(row.id, cast.zhao, now=monday)
    assert await told(cast.leader) == ["posts.leader_active", "posts.leader_paused", "posts.leader_resumed"]
    await cast.post.refresh_from_db()
    assert cast.post.taken == 1


async def test_who_moved_or_died_leaves_every_post_and_is_not_written_to(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    await active(cast.post, cast.zhao, cast, monday)
    await claimed(cast.patrol, cast.zhao, monday)
    waiter = await waiting_for(cast.patrol, cast.qian, monday)
    before = await told(cast.zhao)
    assert await posts.leave_all(cast.zhao, monday, reason="deceased") == 2
    assert await posts.leave_all(cast.zhao, monday, reason="deceased") == 0
    assert await told(cast.zhao) == before
    assert "posts.leader_released" in await told(cast.leader)
    assert await posts.my_posts(cast.zhao) == []
    with pytest.raises(Refusal, match=r"posts\.full"):
        await claimed(cast.patrol, cast.leader, monday)
    assert await posts.posts_waited_for() == [cast.patrol.id]
    assert await posts.hand_out_place(cast.patrol.id, monday, NUMBERS)
    await waiter.refresh_from_db()
    assert waiter.offered_until is not None


async def test_the_county_says_how_long_a_freed_place_is_kept(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    holder = await claimed(cast.patrol, cast.zhao, monday)
    waiter = await waiting_for(cast.patrol, cast.qian, monday)
    await posts.withdraw(holder.id, cast.zhao, now=monday, numbers=PostNumbers(offer_hours=72))
    await waiter.refresh_from_db()
    assert waiter.offered_until == monday + timedelta(hours=72)


async def test_who_takes_a_claim_back_leaves_no_question_with_the_reviewer(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    row = await claimed(cast.post, cast.qian, monday)
    asked = await Notice.get(say="posts.to_review")
    question = await Question.create(
        openid="oWorker", title="认领", choices=asked.asks, asked_at=monday, notice_id=asked.id,
        valid_until=monday + timedelta(days=1),
    )  # fmt: skip
    await posts.withdraw(row.id, cast.qian, now=monday, numbers=NUMBERS)
    await question.refresh_from_db()
    await asked.refresh_from_db()
    assert (question.valid_until, asked.state) == (monday, "expired")


async def test_a_term_that_ended_gives_the_post_back_with_thanks(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    post = await post_at(cast.community, 8, "驿站值守员", until=date(2026, 10, 31))
    row = await active(post, cast.qian, cast, monday)
    assert row.until == date(2026, 10, 31)
    assert await posts.terms_over(datetime.fromisoformat("2026-10-31T09:00:00+08:00")) == []
    november = datetime.fromisoformat("2026-11-01T09:00:00+08:00")
    assert await posts.terms_over(november) == [row.id]
    assert await posts.end_term(row.id, november)
    assert (await told(cast.qian))[-1] == "posts.term_ended"
    with pytest.raises(Refusal, match=r"posts\.closed"):
        await claimed(post, cast.leader, november)


async def test_a_decision_can_be_taken_back_while_the_place_is_there(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    row = await claimed(cast.patrol, cast.qian, monday)
    await posts.reject(row, "要会用对讲机", by=cast.worker, now=monday, numbers=NUMBERS)
    assert row.state == "rejected"
    await posts.reconsider(row, "pending", by=cast.worker, now=monday)
    await cast.patrol.refresh_from_db()
    assert (row.state, cast.patrol.taken) == ("pending", 1)
    await posts.reject(row, "要会用对讲机", by=cast.worker, now=monday, numbers=NUMBERS)
    await claimed(cast.patrol, cast.leader, monday)
    with pytest.raises(Refusal, match=r"posts\.place_gone"):
        await posts.reconsider(row, "pending", by=cast.worker, now=monday)


async def test_names_of_holders_are_for_those_whose_task_it_is(db: None, monday: datetime) -> None:
    cast = await arrange(monday)
    await active(cast.post, cast.qian, cast, monday)
    for person, shown in ((cast.worker, (["钱二梅"], 0)), (cast.chief, ([], 1)), (cast.feng, ([], 1))):
        rows, hidden = await posts.holders(cast.post, await access.reach_of(person, monday.date()))
        assert ([row.person.name for row in rows], hidden) == shown
