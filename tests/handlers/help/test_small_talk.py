"""Binding, consent, wishes, own things and help by chat, each with what goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from cast import Cast, arrange
from talking import Talk, open_talk

from conversation.router import Directory
from handlers.routers import ROUTERS
from kit.county import County
from models.care.safe import SafeReport
from models.help.wishes import Wish
from models.outreach.notices import Notice
from models.people.accounts import Account, Binding
from models.people.members import Consent, Person
from services.people import binding
from texts import section
from wechat.messages import read

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    return await arrange(monday)


@pytest.fixture
async def talk(cast: Cast, monday: datetime) -> AsyncIterator[Talk]:
    opened = await open_talk(ROUTERS, monday)
    yield opened
    await opened.inbox.stop()


def test_every_intent_that_is_offered_has_somebody_who_answers() -> None:
    directory = Directory.of(ROUTERS)
    assert {*section("intents", "titles")} <= {*directory.intents}


# Consent


async def test_nothing_personal_before_consent_and_then_on_with_what_was_wanted(talk: Talk) -> None:
    assert "您同意吗？" in await talk.say("oNew", "我要报到")
    assert await talk.say("oNew", "1") == "谢谢您，记下了。\n（第1步，共4步）请问您的姓名？（回复 0 返回）"
    assert (await Consent.get(openid="oNew")).version == County().privacy_version


async def test_a_refusal_right_after_consent_does_not_take_the_consent_back(talk: Talk) -> None:
    await talk.push("oNew", "SCAN", EventKey="slip:" + "0" * 32, Ticket="t")
    await talk.say("oNew", "1")
    assert "这张绑定条用过了" in await talk.say("oNew", "1")
    assert await Account.filter(openid="oNew", consented=County().privacy_version).exists()


async def test_refusing_consent_costs_nothing_but_the_function(talk: Talk) -> None:
    await talk.say("oNew", "我要报到")
    assert (await talk.say("oNew", "3")).startswith("好的，不留您的信息")
    assert "120" in await talk.say("oNew", "我摔倒了起不来")


async def test_consent_is_withdrawn_by_a_phrase_at_once(talk: Talk) -> None:
    assert (await talk.say("oZhao", "撤回同意")).startswith("已经撤回，马上生效")
    assert "您同意吗？" in await talk.say("oZhao", "我今天平安")


# Binding


async def test_a_slip_binds_with_digits_and_name_and_is_taken_back(talk: Talk, cast: Cast, monday: datetime) -> None:
    policy = County().binding
    slips = await binding.make_slips(cast.community, now=monday, policy=policy, persons=[cast.wang])
    await Account.create(openid="oNew", first_seen=monday, consented=County().privacy_version)
    await talk.push("oNew", "CLICK", EventKey="binding.by_slip")
    assert await talk.say("oNew", "两位") == "请发四位数字，比如：0427。"
    await talk.say("oNew", slips[0].code)
    assert (await talk.say("oNew", "王百川")).startswith("王百川，绑好了")
    assert (await Binding.current().get(openid="oNew")).person_id == cast.wang.id
    assert await talk.say("oNew", "撤销") == "好的，已经解开了。"
    assert not await Binding.current().filter(openid="oNew").exists()


async def test_following_again_after_leaving_begins_with_a_clean_talk(talk: Talk) -> None:
    await talk.push("oZhao", "CLICK", EventKey="help.menu")
    await talk.push("oZhao", "unsubscribe")
    assert not await Binding.current().filter(openid="oZhao").exists()
    assert (await Account.get(openid="oZhao")).seat == {}
    assert "1 向社区报到" in await talk.push("oZhao", "subscribe", EventKey="")


# Wishes


async def test_a_wish_is_read_back_kept_and_taken_back(talk: Talk) -> None:
    assert "对吗？" in await talk.say("oZhao", "家里水管漏了 找人修一下")
    assert (await talk.say("oZhao", "1")).startswith("记下了，吴六合会给您打电话")
    assert (await Wish.get()).words == "家里水管漏了 找人修一下"
    assert await talk.say("oZhao", "撤销") == "好的，已经撤掉了。"
    assert (await Wish.get()).state == "withdrawn"


async def test_the_keeper_settles_it_takes_that_back_and_settles_again(talk: Talk) -> None:
    await talk.say("oZhao", "帮忙")
    for _ in range(2):
        await talk.push("oLeader", "CLICK", EventKey="wishes.mine")
        assert "1 办好了" in await talk.say("oLeader", "1")
        assert (await talk.say("oLeader", "1")).startswith("好的，记下了")
        assert await Notice.filter(say="wishes.answered", state="waiting").count() == 1
        assert (await talk.say("oLeader", "撤销")).startswith("好的，又放回")
        assert await Notice.filter(say="wishes.answered", state="waiting").count() == 0


async def test_nobody_reads_anothers_wish(talk: Talk) -> None:
    await talk.say("oZhao", "帮忙")
    wish = await Wish.get()
    assert wish.keeper_id is not None
    answer = await talk.push("oQian", "CLICK", EventKey="wishes.mine")
    assert answer == "现在没有等您办的事，您歇歇。"


# One's own


async def test_a_sign_of_life_counts_for_the_day_it_was_written(talk: Talk) -> None:
    talk.now = datetime.fromisoformat("2026-10-12T23:59:50+08:00")
    for _ in range(2):
        assert (await talk.say("oZhao", "今天平安")).startswith("收到，您今天平安")
    talk.now += timedelta(minutes=1)
    await talk.say("oZhao", "今天平安")
    assert sorted(str(row.day) for row in await SafeReport.all()) == ["2026-10-12", "2026-10-13"]


async def test_a_new_number_is_read_back_kept_and_taken_back(talk: Talk) -> None:
    await talk.say("oZhao", "我换手机号了 新号19900000011")
    await talk.say("oZhao", "对")
    assert (await Person.get(key="zhao")).phone == "19900000011"
    await talk.say("oZhao", "撤销")
    assert (await Person.get(key="zhao")).phone == "19900000001"


async def test_a_topic_is_dropped_and_wanted_again(talk: Talk) -> None:
    await talk.say("oZhao", "别发通知了")
    await talk.say("oZhao", "学习通知")
    assert (await Person.get(key="zhao")).opted_out == ["study"]
    await talk.say("oZhao", "撤销")
    assert (await Person.get(key="zhao")).opted_out == []


async def test_the_profile_shows_only_ones_own(talk: Talk) -> None:
    shown = await talk.say("oZhao", "我的信息")
    assert "赵一禾" in shown
    assert "赵小禾" not in shown


# Help


@pytest.mark.parametrize(
    ("openid", "first"),
    [("oNew", "1 向社区报到"), ("oZhao", "1 我的事"), ("oWorker", "1 等我审的报到")],
    ids=["stranger", "member", "staff"],
)
async def test_the_menu_fits_who_asks(talk: Talk, openid: str, first: str) -> None:
    assert first in await talk.push(openid, "CLICK", EventKey="help.menu")


async def test_a_number_while_nothing_is_asked_acts_on_nothing(talk: Talk) -> None:
    assert (await talk.say("oZhao", "3")).startswith("刚才没有要您选的")


async def test_two_misunderstandings_in_a_row_name_a_telephone(talk: Talk) -> None:
    assert (await talk.say("oZhao", "嘎嘎嘎")).startswith("抱歉，我没听明白")
    assert "199 0000 0900" in await talk.say("oZhao", "嘎嘎嘎")


async def test_staff_words_of_others_reach_a_human(talk: Talk) -> None:
    assert "吴六合" in await talk.say("oZhao", "审核通过")


async def test_a_forged_menu_key_does_nothing(talk: Talk) -> None:
    assert (await talk.push("oZhao", "CLICK", EventKey="no.such")).startswith("这个选项已经过期了")


async def test_calling_again_and_again_rings_the_keeper_once(talk: Talk) -> None:
    for words in ("帮忙", "找书记", "帮忙"):
        assert "李四友" in await talk.say("oQian", words) or "吴六合" in await talk.say("oQian", words)
    assert await Wish.filter(openid="oQian", state="open").count() == 1
    assert await Notice.filter(say="wishes.new_named").count() == 1


@pytest.mark.parametrize("words", ["看看岗位", "有什么岗位"])
async def test_looking_at_posts_needs_neither_consent_nor_a_name(talk: Talk, words: str) -> None:
    said = await talk.say("oNew", words)
    assert "3 政策宣传员" in said
    assert "您同意吗" in await talk.say("oNew", "3")


# What has no words


@pytest.mark.parametrize("kind", ["file", "finder_video"], ids=["a file", "a kind that came later"])
async def test_what_cannot_be_opened_is_answered_with_a_telephone_number(talk: Talk, kind: str) -> None:
    head = {"ToUserName": "gh_5a17c0de0001", "FromUserName": "oZhao", "CreateTime": str(int(talk.now.timestamp()))}
    answer = await talk.inbox.take(read({**head, "MsgType": kind, "MsgId": "7"}, "<xml/>"), talk.now)
    assert answer.startswith("您发的收到了，这一种我打不开。")
    assert any(sign.isdigit() for sign in answer)


async def test_a_whole_article_is_not_guessed_at(talk: Talk) -> None:
    said = await talk.say("oZhao", "金桂花园三栋 春晖苑 楼栋 " * 60)
    assert said.startswith("这段话有点长，我怕看错了。")
    assert "199 0000 0900" in said


async def test_a_telephone_number_alone_is_a_new_number_and_a_stranger_s_four_digits_a_slip(talk: Talk) -> None:
    assert (await talk.say("oZhao", "19900000088")).startswith("新号码是199 0000 0088，对吗？")
    await talk.say("oSomebodyNew", "0427")
    assert "请问您的姓名" in await talk.say("oSomebodyNew", "1")
