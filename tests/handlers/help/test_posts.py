"""Claiming by chat: post numbers that are not line numbers, read-backs, the queue, the review, a wrong answer each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from cast import Cast, arrange
from talking import spoken

from conversation.context import Context
from conversation.engine import Engine
from conversation.reply import Reply
from conversation.router import Directory, Router
from conversation.seat import Seat, read_seat, write_seat
from handlers.help import posts as room
from kit.errors import Refusal
from models.database import transaction
from models.help.posts import PostHolding, ServicePost
from models.outreach.notices import Notice
from models.people.members import Person

human, check_in, talk, menu = Router("human"), Router("check_in"), Router("conversation"), Router("help")


def stands_for(router: Router, name: str, words: str) -> None:
    """Another room, as far as this one leads there."""

    async def run(ctx: Context) -> Reply:
        return Reply(words)

    run.__name__ = name
    router.action(needs=())(run)


stands_for(human, "guess", "（猜）")
stands_for(human, "call", "（找人）")
stands_for(check_in, "waiting", "（等审的报到）")
stands_for(talk, "never_mind", "（不办了）")
stands_for(menu, "menu", "（菜单）")
ENGINE = Engine(Directory.of([room.router, human, check_in, talk, menu]))


class TakenBack(Exception):
    """Takes the transaction back, as the edge does."""


@dataclass
class Phone:
    """One bound account that talks to the posts alone."""

    person: Person
    now: datetime
    seat: Seat = field(default_factory=Seat)

    async def say(self, text: str) -> str:
        """The answer to one message; what was refused is taken back and the seat kept, as the edge does."""
        ctx = spoken(self.person, text, self.now)
        try:
            async with transaction():
                answered = await ENGINE.answer(ctx, read_seat(write_seat(self.seat)))
                if answered.was_refused:
                    raise TakenBack
        except TakenBack:
            self.now += timedelta(seconds=20)
        self.seat, self.now = answered.seat, self.now + timedelta(seconds=20)
        return answered.text

    async def choose(self, do: str, **args: object) -> str:
        """What a digit to a notice's question does."""
        ctx = spoken(self.person, "1", self.now).speaking_for(self.person).choosing(args)
        async with transaction():
            reply = await ENGINE.directory.actions[do].run(ctx)
        self.seat = self.seat.showing(reply.text, reply.choices, self.now) if reply.choices else self.seat
        return reply.text


@pytest.fixture
async def cast(db: None, monday: datetime) -> Cast:
    """桂花社区 with six posts more."""
    arranged = await arrange(monday)
    for number, title, slots in (
        (1, "楼栋长", 24),
        (2, "矛盾调解员", 1),
        (8, "驿站值守员", 32),
        (9, "义务理发员", 6),
        (11, "线上理论宣讲员", 5),
        (12, "空巢老人探望员", 12),
    ):
        await ServicePost.create(organisation=arranged.community, number=number, title=title, slots=slots)
    return arranged


@pytest.fixture
def phone(cast: Cast, monday: datetime) -> Callable[[str], Phone]:
    """A phone in somebody's hand."""
    return lambda name: Phone(getattr(cast, name), monday)


Phones = Callable[[str], Phone]


async def states_of(person: Person) -> list[tuple[int, str]]:
    rows = await PostHolding.filter(person_id=person.id).order_by("id").prefetch_related("post")
    return [(row.post.number, row.state) for row in rows]


async def test_the_list_begins_each_line_with_the_number_of_the_post(phone: Phones) -> None:
    zhao = phone("zhao")
    assert await zhao.say("看看岗位") == (
        "适合您的岗位有7个：\n9 义务理发员（轻，还有6个）\n1 楼栋长（轻，还有24个）\n2 矛盾调解员（轻，还有1个）\n"
        "3 政策宣传员（轻，还有2个）\n8 驿站值守员（轻，还有32个）\n想认领就回复它的号，看别的回复“更多”。"
    )
    assert await zhao.say("更多") == (
        "适合您的岗位有7个：\n11 线上理论宣讲员（轻，还有5个）\n12 空巢老人探望员（轻，还有12个）\n"
        "想认领哪个，回复它的号，0 返回。"
    )


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("3", "政策宣传员"),
        ("三号", "政策宣传员"),
        ("第三个", "矛盾调解员"),
        ("9", "义务理发员"),
        ("政策宣传员", "政策宣传员"),
    ],
    ids=["digit", "spoken number", "third line", "first line's number", "name"],
)
async def test_a_number_means_the_post_and_an_ordinal_the_line(phone: Phones, said: str, title: str) -> None:
    zhao = phone("zhao")
    await zhao.say("看看岗位")
    assert f"“{title}”，对吗？对就回复1，不对回复2。" in await zhao.say(said)


async def test_a_number_that_is_not_listed_shows_the_list_again(phone: Phones) -> None:
    zhao = phone("zhao")
    await zhao.say("看看岗位")
    assert (await zhao.say("7")).startswith("单子上没有7号，请回复单子上的号。适合您的岗位有7个：\n9 ")
    assert "3号“政策宣传员”" in await zhao.say("3")


async def test_claimed_by_number_read_back_and_taken_back_within_ten_minutes(cast: Cast, phone: Phones) -> None:
    zhao = phone("zhao")
    assert await zhao.say("认领3号") == "您认领的是3号“政策宣传员”，对吗？对就回复1，不对回复2。"
    assert await zhao.say("对") == (
        "好的，3号“政策宣传员”给您留着了，周五常最晚10月14日(周三)回话。点错了就回复“撤销”。"
    )
    assert await states_of(cast.zhao) == [(3, "pending")]
    assert await zhao.say("认领3号") == "3号“政策宣传员”您已经认领了，不用再报。看自己的岗位，回复“我的岗位”。"
    assert await zhao.say("撤销") == "好的，3号“政策宣传员”给您取消了。想看别的岗位，回复“看看岗位”。"
    assert await states_of(cast.zhao) == [(3, "released")]


async def test_a_no_to_the_read_back_shows_the_list(phone: Phones) -> None:
    zhao = phone("zhao")
    await zhao.say("三号岗我来")
    assert (await zhao.say("2")).startswith("适合您的岗位有7个：")


@pytest.mark.parametrize(
    ("said", "starts"),
    [
        ("我领调解员", "您认领的是2号“矛盾调解员”，对吗？"),
        ("我想当政策宣传员", "您认领的是3号“政策宣传员”，对吗？"),
        ("俺认领理发那个岗", "您认领的是9号“义务理发员”，对吗？"),
        ("我来当网格员", "没有找到“网格员”这个岗位。给您看看现有的：\n适合您的岗位有7个："),
        ("认领77号", "您附近没有77号岗位。给您看看现有的：\n适合您的岗位有7个："),
        ("现在招楼栋长不", "您认领的是1号“楼栋长”，对吗？"),
    ],
)
async def test_a_post_is_named_in_many_ways(phone: Phones, said: str, starts: str) -> None:
    assert (await phone("zhao").say(said)).startswith(starts)


async def test_what_is_not_advised_is_said_gently_and_the_person_decides(cast: Cast, phone: Phones) -> None:
    zhao = phone("zhao")
    assert await zhao.say("认领5号") == (
        "5号“治安巡逻员”要出些力气，一般请年轻些的来做。您觉得身体可以，想认领就回复1，换一个回复2。"
    )
    assert await zhao.say("1") == (
        "好的，5号“治安巡逻员”给您留着了，周五常看过才算定。定下来会告诉您。点错了就回复“撤销”。"
    )
    assert await states_of(cast.zhao) == [(5, "pending")]


async def test_home_visits_go_in_pairs(phone: Phones) -> None:
    zhao = phone("zhao")
    await zhao.say("认领12号")
    assert "上门时两个人一起去。" in await zhao.say("1")


async def test_a_full_post_offers_its_queue_and_the_freed_place_asks(cast: Cast, phone: Phones) -> None:
    qian, zhao = phone("qian"), phone("zhao")
    await qian.say("认领2号")
    await qian.say("1")
    assert await zhao.say("认领2号") == ("2号“矛盾调解员”满了。有空位先问您，要排队吗？排队回复1，看别的回复2。")
    assert await zhao.say("好") == ("好的，2号“矛盾调解员”您排在第1位。有空位马上问您。不等了就回复“撤销”。")
    await qian.say("撤销")
    asked = await Notice.get(say="posts.place_free")
    assert asked.recipient == f"person:{cast.zhao.id}"
    assert asked.asks is not None
    assert (await zhao.choose("posts.take_offer", **asked.asks[0]["args"])).startswith(
        "好的，2号“矛盾调解员”给您留着了"
    )


async def test_the_last_place_gone_between_question_and_answer(cast: Cast, phone: Phones) -> None:
    qian, zhao = phone("qian"), phone("zhao")
    await zhao.say("认领2号")
    await qian.say("认领2号")
    await qian.say("1")
    assert await zhao.say("1") == "2号“矛盾调解员”满了。有空位先问您，要排队吗？排队回复1，看别的回复2。"
    assert await states_of(cast.zhao) == []


async def test_staff_agree_by_number_refuse_with_a_reason_and_take_it_back(cast: Cast, phone: Phones) -> None:
    zhao, qian, worker = phone("zhao"), phone("qian"), phone("worker")
    for one in (zhao, qian):
        await one.say("认领3号")
        await one.say("1")
    assert await worker.say("同意3号") == (
        "等您审的岗位事：2件\n1 赵一禾认领3号政策宣传员\n2 钱二梅认领3号政策宣传员\n回复数字就行，0 返回。"
    )
    assert (await worker.say("9")).startswith("请回复1到2之间的数字。")
    assert await worker.say("1") == "赵一禾想认领3号“政策宣传员”。同意回复1，不同意回复2。"
    assert await worker.say("1") == "好的，已同意赵一禾认领3号“政策宣传员”，会告诉本人。点错了就回复“撤销”。"
    assert await worker.say("撤销") == "好的，赵一禾的3号“政策宣传员”又放回来等您定。"
    assert await states_of(cast.zhao) == [(3, "pending")]
    assert (await worker.say("同意赵一禾认领楼栋长")).startswith("好的，已同意赵一禾")
    assert await worker.say("不同意3号") == "请用一句话写明原因，会告诉本人。"
    assert await worker.say("a") == "原因请写得明白一点，比如：这个岗要会用电脑。"
    assert (await worker.say("这个岗要会用电脑")).startswith("好的，钱二梅的3号“政策宣传员”没同意")
    assert await states_of(cast.qian) == [(3, "rejected")]
    assert await worker.say("批准") == "（等审的报到）"


async def test_staff_words_from_somebody_else_reach_a_person(phone: Phones) -> None:
    assert await phone("qian").say("同意3号") == "（找人）"


async def test_a_question_answered_late_never_settles_something_else(cast: Cast, phone: Phones) -> None:
    zhao, worker = phone("zhao"), phone("worker")
    await zhao.say("认领3号")
    await zhao.say("1")
    row = await PostHolding.get(person_id=cast.zhao.id)
    await worker.choose("posts.approve", holding=row.id, state="pending")
    await PostHolding.filter(id=row.id).update(state="release_pending")
    late = {"holding": row.id, "state": "pending"}
    with pytest.raises(Refusal, match=r"posts\.already_settled"):
        await worker.choose("posts.approve", **late)


async def given(cast: Cast, phone: Phones, number: int) -> Phone:
    """赵一禾 has this post."""
    zhao, worker = phone("zhao"), phone("worker")
    await zhao.say(f"认领{number}号")
    await zhao.say("1")
    await worker.say(f"同意{number}号")
    assert (number, "active") in await states_of(cast.zhao)
    return zhao


async def test_a_post_is_given_back_after_a_read_back(cast: Cast, phone: Phones) -> None:
    zhao = await given(cast, phone, 3)
    assert await zhao.say("退掉3号岗") == "您要退掉3号“政策宣传员”，对吗？退就回复1，不退回复2。"
    assert await zhao.say("2") == "（不办了）"
    await zhao.say("退岗")
    assert await zhao.say("1") == (
        "您想退3号“政策宣传员”，报给周五常了。最晚10月14日(周三)办好。想接着干，回复“撤销”。"
    )
    assert await zhao.say("撤销") == "好的，3号“政策宣传员”还是您的，接着干就行。"
    assert await states_of(cast.zhao) == [(3, "active")]


async def test_a_rest_and_the_return(cast: Cast, phone: Phones) -> None:
    zhao = await given(cast, phone, 3)
    assert await zhao.say("我那个岗能不能先停两个月") == (
        "3号“政策宣传员”先停到12月12日(周六)，位子给您留着，对吗？对就回复1，不对回复2。"
    )
    assert (await zhao.say("1")).startswith("好的，3号“政策宣传员”先停到12月12日(周六)，")
    assert await zhao.choose("posts.mine") == (
        "您的岗位：\n3 政策宣传员（停到12月12日(周六)）\n要退、要停，回复它的号，0 返回。"
    )
    assert await zhao.say("3") == (
        "3号“政策宣传员”，停到12月12日(周六)。您想：\n1 接着干\n2 退岗\n回复数字就行，0 返回。"
    )
    assert await zhao.say("1") == "好的，3号“政策宣传员”接着干，辛苦您了。"
    assert await states_of(cast.zhao) == [(3, "active")]


async def test_with_two_posts_the_one_to_give_back_is_asked_for(cast: Cast, phone: Phones) -> None:
    await given(cast, phone, 3)
    zhao = await given(cast, phone, 8)
    assert await zhao.say("我不想干了 退岗") == (
        "您的岗位：\n3 政策宣传员（在岗）\n8 驿站值守员（在岗）\n要退、要停，回复它的号，0 返回。"
    )
    assert await zhao.say("8") == "您要退掉8号“驿站值守员”，对吗？退就回复1，不退回复2。"


async def test_nobody_has_nothing_to_give_back(phone: Phones) -> None:
    assert await phone("qian").say("退岗") == "您现在还没有岗位。想看看有什么岗位，回复“看看岗位”。"


async def test_the_first_three_offers_after_the_check_in(phone: Phones) -> None:
    said = await phone("zhao").choose("posts.offers")
    assert said == (
        "离您近、适合您的岗位：\n9 义务理发员（轻，还有6个）\n1 楼栋长（轻，还有24个）\n2 矛盾调解员（轻，还有1个）\n"
        "想认领就回复它的号，看别的回复“更多”。"
    )


async def test_who_holds_a_post_is_for_staff(cast: Cast, phone: Phones) -> None:
    await given(cast, phone, 3)
    worker = phone("worker")
    assert await worker.choose("posts.holders", number="3") == "3号“政策宣传员”，1人，共2个位子：\n赵一禾"
    assert (await worker.choose("posts.holders")).startswith("您管的岗位，想看谁在干，回复它的号：\n1 楼栋长（0/24人）")
    assert await worker.say("3") == "3号“政策宣传员”，1人，共2个位子：\n赵一禾"
    assert await phone("qian").choose("posts.holders", number="3") == ""
