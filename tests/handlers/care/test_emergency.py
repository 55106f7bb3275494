"""Danger by chat: served at once, from anybody; taken over by one; closed; asked about when in doubt."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from cast import Cast, arrange
from talking import Talk, open_talk

from conversation.reply import Choice
from conversation.seat import Seat, write_seat
from handlers.routers import ROUTERS
from models.help.wishes import Alarm, Wish
from models.outreach.notices import Notice
from models.people.accounts import Account, Question
from services.people import binding

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    found = await arrange(monday)
    await Account.get_or_create({"first_seen": monday}, openid="oDaughter")
    return found


@pytest.fixture
async def talk(cast: Cast, monday: datetime) -> AsyncIterator[Talk]:
    opened = await open_talk(ROUTERS, monday)
    yield opened
    await opened.inbox.stop()


async def ring(talk: Talk, openid: str) -> None:
    """The question that a delivered alarm leaves with this account."""
    notice = await Notice.filter(say__startswith="emergency.alarm").first()
    assert notice is not None
    await Question.create(
        openid=openid,
        title="急事",
        choices=notice.asks,
        asked_at=talk.now,
        valid_until=talk.now.replace(year=2027),
        notice_id=notice.id,
    )


@pytest.mark.parametrize(
    ("words", "number"),
    [("我摔倒了起不来", "120"), ("家里着火了", "119"), ("有人撬我家门", "110"), ("我不想活了", "12356")],
    ids=["fall", "fire", "crime", "wish to die"],
)
async def test_the_number_to_dial_comes_first(talk: Talk, words: str, number: str) -> None:
    assert number in (await talk.say("oZhao", words)).splitlines()[0]


async def test_a_stranger_without_consent_is_served_at_once(talk: Talk) -> None:
    answer = await talk.say("oNobody", "救命，我胸口疼得厉害")
    assert "120" in answer
    assert "我们正在通知" in answer
    alarm = await Alarm.get()
    assert (alarm.person_id, alarm.words) == (None, "救命，我胸口疼得厉害")


async def test_nobody_is_said_to_be_told_who_cannot_be_reached(talk: Talk) -> None:
    await Account.all().update(follows=False)
    answer = await talk.say("oZhao", "我摔倒了起不来")
    assert "正在通知" not in answer
    assert answer.endswith("请再打电话199 0000 0900，我们来帮您。")


async def test_one_takes_over_by_a_digit_and_closes(talk: Talk) -> None:
    await talk.say("oZhao", "我摔倒了起不来")
    await ring(talk, "oLeader")
    assert (await talk.say("oLeader", "1")).startswith("这件事交给您了，请马上联系。赵一禾，电话199 0000 0001。")
    assert await talk.say("oLeader", "2") == "没事就是好消息，谢谢您跑一趟。"
    assert (await Alarm.get()).outcome == "false_alarm"
    assert await talk.say("oLeader", "好的") != ""


async def test_the_second_is_told_who_was_quicker(talk: Talk) -> None:
    await talk.say("oZhao", "我摔倒了起不来")
    for openid in ("oLeader", "oWorker"):
        await ring(talk, openid)
    await talk.say("oLeader", "1")
    assert await talk.say("oWorker", "1") == "吴六合已经接手了，谢谢您。"
    assert not await Question.filter(openid="oWorker", answered_at__isnull=True).exists()


@pytest.mark.parametrize("is_proxy", [False, True], ids=["a stranger's account", "bound as family"])
async def test_family_is_thanked_and_the_alarm_stays_open(talk: Talk, cast: Cast, is_proxy: bool) -> None:
    if is_proxy:
        await binding.bind("oDaughter", cast.zhao, how="staff", now=talk.now, relation="proxy")
    await talk.say("oZhao", "我摔倒了起不来")
    await ring(talk, "oDaughter")
    assert (await talk.say("oDaughter", "1")).startswith("好的，辛苦您")
    assert (await Alarm.get()).state == "open"


async def test_who_forgot_to_close_finds_it_among_own_things(talk: Talk) -> None:
    await talk.say("oZhao", "我摔倒了起不来")
    await ring(talk, "oLeader")
    await talk.say("oLeader", "1")
    await talk.push("oLeader", "CLICK", EventKey="help.menu")
    assert "我接手的急事（1件）" in await talk.push("oLeader", "CLICK", EventKey="my.tasks")
    assert "1 人已经帮到了" in await talk.say("oLeader", "1")
    assert await talk.say("oLeader", "1") == "辛苦您了，记下了。"
    assert await talk.push("oLeader", "CLICK", EventKey="emergency.mine") == "现在没有您接手的急事。"


async def doubt(talk: Talk, said: str) -> None:
    """As if the engine had just asked about these words."""
    choices = (Choice("有", "emergency.yes", {"said": said}), Choice("没有", "emergency.no", {"said": said}))
    seat = write_seat(Seat().showing("您现在有危险吗？", choices, talk.now))
    await Account.filter(openid="oZhao").update(seat=seat)


async def test_danger_after_all_raises_the_alarm_with_the_first_words(talk: Talk) -> None:
    await doubt(talk, "头晕得站不住")
    assert "120" in await talk.say("oZhao", "1")
    assert (await Alarm.get()).words == "头晕得站不住"


async def test_no_danger_goes_on_with_the_wish(talk: Talk) -> None:
    await doubt(talk, "今天平安")
    assert await talk.say("oZhao", "2") == "收到，您今天平安，我们就放心了。"
    assert not await Alarm.exists()


async def test_a_fraud_in_progress_is_warned_of_and_told_to_the_community(talk: Talk) -> None:
    assert (await talk.say("oZhao", "客服叫我转账")).startswith("先别转账")
    assert (await Wish.get()).kind == "fraud"


async def test_who_says_that_all_is_well_after_all_is_still_called(talk: Talk) -> None:
    await talk.say("oZhao", "我摔倒了起不来")
    assert "放心" in await talk.say("oZhao", "报平安")
    assert await Notice.filter(say="emergency.says_well_open").exists()
    assert await Alarm.filter(openid="oZhao", state="open").count() == 1


@pytest.mark.parametrize(
    "words",
    [
        "虚惊一场",
        "按错了",
        "点错了 没事",
        "没事了",
        "已经好了",
        "我缓过来了，不用来了",
        "孙子乱按的",
        "火已经灭了",
        "冇得事哒",
        "找着了 人回来了",
    ],
)
async def test_a_false_alarm_is_good_news_in_any_words(talk: Talk, words: str) -> None:
    await talk.say("oZhao", "我摔倒了起不来")
    assert "放心" in await talk.say("oZhao", words)
    assert await Notice.filter(say="emergency.says_well_open").exists()
    assert await Alarm.filter(openid="oZhao", state="open").count() == 1


@pytest.mark.parametrize("words", ["没事吗", "不是按错了 我真起不来", "还是疼得厉害", "没好 还在流血"])
async def test_what_only_sounds_like_it_takes_no_alarm_back(talk: Talk, words: str) -> None:
    await talk.say("oZhao", "我摔倒了起不来")
    assert "放心" not in await talk.say("oZhao", words)


async def test_a_stranger_takes_a_call_for_help_back_too(talk: Talk) -> None:
    await talk.say("oNew", "煤气漏了")
    assert "放心" in await talk.say("oNew", "弄错了，虚惊一场")


async def test_undo_after_the_alarm_takes_back_what_was_done_since(talk: Talk) -> None:
    await talk.say("oZhao", "我摔倒了起不来")
    await talk.say("oZhao", "帮忙")
    assert await talk.say("oZhao", "点错了") == "好的，已经撤掉了。"


async def taken(talk: Talk, cast: Cast) -> Alarm:
    await talk.say("oZhao", "我摔倒了起不来")
    alarm = await Alarm.get()
    await talk.push("oLeader", "CLICK", EventKey="help.menu")
    seat = Seat().showing("急事", (Choice("", "emergency.take_over", {"alarm": alarm.id}),), talk.now)
    await Account.filter(openid="oLeader").update(seat=write_seat(seat))
    assert "交给您了" in await talk.say("oLeader", "1")
    return alarm


async def test_a_wrong_digit_gives_the_alarm_back_and_others_are_called_at_once(talk: Talk, cast: Cast) -> None:
    alarm = await taken(talk, cast)
    assert await talk.say("oLeader", "点错了") == "好的，您没有接手，我们马上再找别人。"
    again = await Alarm.get(id=alarm.id)
    assert (again.state, again.taken_by_id) == ("open", None)
    assert again.next_at <= talk.now


async def test_an_alarm_closed_by_a_wrong_digit_is_not_over(talk: Talk, cast: Cast) -> None:
    alarm = await taken(talk, cast)
    assert await talk.say("oLeader", "2") == "没事就是好消息，谢谢您跑一趟。"
    assert "交给您了" in await talk.say("oLeader", "点错了")
    assert (await Alarm.get(id=alarm.id)).state == "taken"
