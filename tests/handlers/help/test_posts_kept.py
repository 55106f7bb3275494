"""A secretary keeps the posts by chat: numbered steps, a read-back, a wrong answer each; elders rest and read."""

from __future__ import annotations

from datetime import datetime

import pytest
from cast import Cast
from talking import Talk

from kit.county import PostNumbers
from models.database import transaction
from models.help.posts import PostHolding, ServicePost
from models.people.members import Person
from services.help import posts

NUMBERS = PostNumbers()


async def given(post: ServicePost, person: Person, cast: Cast, now: datetime) -> PostHolding:
    async with transaction():
        row = (await posts.claim(post, person, now=now, numbers=NUMBERS)).holding
        return await posts.approve(row, by=cast.worker, now=now, numbers=NUMBERS)


async def test_a_post_is_opened_in_four_steps_with_wrong_answers_in_between(talk: Talk) -> None:
    assert await talk.say("oWorker", "新增岗位") == "（第1步，共4步）岗位叫什么？比如：环境监督员。"
    assert (await talk.say("oWorker", "岗")).startswith("名称写2到14个字就行")
    assert (await talk.say("oWorker", "门岗值守员")).startswith("（第2步，共4步）做些什么？")
    assert await talk.say("oWorker", "每周两个上午看门岗") == "（第3步，共4步）要几个人？回复数字就行。"
    assert (await talk.say("oWorker", "很多")).startswith("要几个人，请回复1到500之间的数字。")
    assert await talk.say("oWorker", "两个人") == "（第4步，共4步）活儿重不重？轻回复1，中等回复2，重回复3。"
    assert (await talk.say("oWorker", "9")).startswith("请回复数字：轻是1")
    assert await talk.say("oWorker", "1") == (
        "新岗位“门岗值守员”，2个人，活儿轻。做什么：每周两个上午看门岗。对就回复1，不对回复2重填。"
    )
    assert (await talk.say("oWorker", "1")).startswith("好的，6号“门岗值守员”开好了。")
    assert "6 门岗值守员（轻，还有2个）" in await talk.say("oZhao", "看看岗位")
    assert (await talk.say("oWorker", "撤销")).startswith("好的，6号“门岗值守员”关掉了。")
    assert "门岗值守员" not in await talk.say("oZhao", "看看岗位")


async def test_who_keeps_no_posts_gets_a_person(talk: Talk) -> None:
    assert "会给您打电话" in await talk.say("oZhao", "新增岗位")
    assert "会给您打电话" in await talk.say("oLeader", "关掉3号岗位")


async def test_what_a_post_says_is_changed_after_a_read_back(talk: Talk, cast: Cast) -> None:
    assert await talk.say("oWorker", "改3号岗位") == (
        "3号“政策宣传员”，0/2人，开着。改哪样？\n1 名称\n2 内容\n3 地点\n4 人数\n5 别的\n回复数字就行，0 返回。"
    )
    assert await talk.say("oWorker", "3") == "在哪里？比如：党群服务站。没有就回复“无”。"
    assert await talk.say("oWorker", "党群服务站") == (
        "3号“政策宣传员”的地点改成“党群服务站”，对吗？对就回复1，不对回复2。"
    )
    assert await talk.say("oWorker", "1") == "好的，3号的地点改成“党群服务站”了。点错了就回复“撤销”。"
    assert (await ServicePost.get(id=cast.post.id)).place == "党群服务站"
    assert await talk.say("oWorker", "撤销") == "好的，3号的地点改成“没写”了。点错了就回复“撤销”。"
    assert (await ServicePost.get(id=cast.post.id)).place is None


@pytest.mark.parametrize(
    ("line", "said", "shown"),
    [
        ("1", "会写毛笔字", "毛笔"),
        ("1", "不用", "没写"),
        ("2", "重", "重"),
        ("3", "11月1日到12月31日", "11月1日(周日)到12月31日(周四)"),
        ("3", "到年底，12月31日", "到12月31日(周四)"),
        ("3", "长期", "长期"),
    ],
)
async def test_skills_exertion_and_period_are_read_as_they_are_said(
    talk: Talk, line: str, said: str, shown: str
) -> None:
    for words in ("改3号岗位", "5", line):
        await talk.say("oWorker", words)
    assert f"改成“{shown}”，对吗？" in await talk.say("oWorker", said)


async def test_a_period_that_is_no_period_is_asked_again(talk: Talk) -> None:
    for words in ("改3号岗位", "5", "3"):
        await talk.say("oWorker", words)
    assert (await talk.say("oWorker", "看情况吧")).startswith("我没听明白是哪天。")


async def test_fewer_places_than_holders_are_refused_with_their_names(talk: Talk, cast: Cast) -> None:
    for person in (cast.zhao, cast.qian):
        await given(cast.post, person, cast, talk.now)
    for words in ("改3号岗位", "4", "1"):
        await talk.say("oWorker", words)
    assert await talk.say("oWorker", "1") == (
        "3号“政策宣传员”现在占着2个位子：赵一禾、钱二梅。位子不能比人少，先请人退岗。"
    )


async def test_a_post_is_closed_taken_back_and_opened_again(talk: Talk, cast: Cast) -> None:
    row = await given(cast.post, cast.zhao, cast, talk.now)
    assert await talk.say("oWorker", "关掉3号岗位") == (
        "3号“政策宣传员”关掉，占着的1个位子都交回，会告诉本人，对吗？对就回复1，不对回复2。"
    )
    assert await talk.say("oWorker", "1") == (
        "好的，3号“政策宣传员”关掉了。十分钟后告诉这1个人。点错了就回复“撤销”，谁也不会知道。"
    )
    assert await talk.say("oWorker", "撤销") == "好的，3号“政策宣传员”照旧，1个人还在岗，没有告诉任何人。"
    assert (await PostHolding.get(id=row.id)).state == "active"
    for words in ("3号岗位不设了", "1"):
        await talk.say("oWorker", words)
    assert await talk.say("oWorker", "关掉3号岗位") != ""
    assert (await talk.say("oWorker", "1")).startswith("3号“政策宣传员”已经关掉了。")
    assert (await talk.say("oWorker", "重开3号岗位")).startswith("3号“政策宣传员”重新开放，让人认领，对吗？")
    assert (await talk.say("oWorker", "1")).startswith("好的，3号“政策宣传员”又可以认领了。")


async def test_the_posts_one_keeps_come_as_a_list(talk: Talk) -> None:
    assert await talk.say("oWorker", "管岗位") == (
        "您管的岗位有2个，没列出的说号就行：\n1 3号政策宣传员（开着）\n2 5号治安巡逻员（开着）\n回复数字就行，0 返回。"
    )
    assert (await talk.say("oWorker", "2")).startswith("5号“治安巡逻员”，0/1人，开着。改哪样？")
    assert (await talk.say("oWorker", "改77号岗位")).startswith("没有找到这个岗位。")


async def test_an_elder_rests_until_a_day_and_is_asked_then(talk: Talk, cast: Cast) -> None:
    row = await given(cast.post, cast.zhao, cast, talk.now)
    assert await talk.say("oZhao", "3号岗先歇到三月") == (
        "3号“政策宣传员”先停到3月1日(周一)，位子给您留着，对吗？对就回复1，不对回复2。"
    )
    assert (await talk.say("oZhao", "1")).endswith("到那天我再问您。")
    assert "停到3月1日(周一)" in await talk.say("oZhao", "我的岗位")
    await talk.say("oZhao", "0")
    async with transaction():
        await posts.ask_after_rest(row.id, talk.now)
    assert (await talk.say("oZhao", "歇到四月底")).startswith("3号“政策宣传员”先停到4月30日(周五)，")


async def test_a_line_is_written_without_marks_and_read_by_the_holder(talk: Talk, cast: Cast) -> None:
    await given(cast.post, cast.zhao, cast, talk.now)
    assert await talk.say("oWorker", "评岗") == (
        "还有1位没写评语，一位一句话，不打分。先写谁？\n1 赵一禾，3号政策宣传员\n回复数字就行，0 返回。"
    )
    assert await talk.say("oWorker", "1") == "赵一禾在3号“政策宣传员”干得怎么样？写一句话，本人看得到。"
    assert (await talk.say("oWorker", "95分，全社区第一名")).startswith("只写做了什么，不打分、不排名。")
    assert await talk.say("oWorker", "每周都来，邻居都夸") == (
        "好的，赵一禾的评语记下了，会谢谢本人。点错了就回复“撤销”。"
    )
    assert await talk.say("oZhao", "我的服务记录") == "您的服务记录：\n2026年起，3号政策宣传员：每周都来，邻居都夸"
    assert await talk.say("oWorker", "撤销") == "好的，赵一禾的评语撤了，没有告诉本人。"
    assert await talk.say("oZhao", "我的服务记录") == "您的服务记录：\n2026年起，3号政策宣传员"
    assert (await talk.say("oQian", "我的服务记录")).startswith("还没有服务记录。")
