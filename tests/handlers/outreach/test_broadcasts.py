"""What a secretary, the second person and an elder read and write about a notice, through the whole inbox."""

from __future__ import annotations

from datetime import timedelta

import pytest
from talking import Talk

from delivery.people import Ladder, put_on_list
from delivery.policy import DeliveryPolicy
from models.database import transaction
from models.outreach.calls import Call
from models.outreach.notices import Broadcast, Notice
from models.people.accounts import Question
from models.people.members import Person
from scheduler.outreach.broadcasts import spread
from services.outreach import broadcasts, calls

ASK_WHOM = "（第1步，共2步）要通知哪些人？比如：桂花社区全体，金桂花园75岁以上。（回复 0 返回）"
ASK_WHAT = "（第2步，共2步）请写通知内容：什么事、什么时间、在哪里、问谁。"
PREVIEW = (
    "发给金桂花园党支部，共3人。3人由2位联络员转告。"
    "他们看到的是：“金桂花园党支部通知：明天上午9点在社区二楼开会。收到请回复1。”\n"
    "1 发\n2 不发\n3 改\n回复数字就行，0 返回。"
)


async def _sent(talk: Talk, openid: str = "oSecretary") -> Broadcast:
    for words in ("发通知", "我们支部", "明天上午9点在社区二楼开会", "1"):
        await talk.say(openid, words)
    talk.now += timedelta(minutes=11)
    await spread(talk.now, transaction)
    return await Broadcast.all().order_by("-id").first()


async def _delivered(notice: Notice, openid: str, now) -> None:
    """The platform took it: its question is open."""
    await Notice.filter(id=notice.id).update(state="accepted", outcome="sent", channel="customer")
    await Question.create(
        openid=openid,
        title="社区通知",
        choices=notice.asks,
        asked_at=now,
        valid_until=now + timedelta(days=1),
        notice_id=notice.id,
    )


async def test_a_notice_is_written_with_wrong_answers_in_between(talk) -> None:
    assert await talk.say("oSecretary", "发通知") == ASK_WHOM
    assert (await talk.say("oSecretary", "月亮小区")).startswith("您管的里头没有“月亮小区”。")
    assert "不能在聊天里挑人" in await talk.say("oSecretary", "独居的")
    assert (await talk.say("oSecretary", "99岁以上")).startswith("99岁以上：没有查到人。")
    assert await talk.say("oSecretary", "我们支部") == ASK_WHAT
    assert (await talk.say("oSecretary", "嗯")).startswith("内容请写得明白一点")
    assert await talk.say("oSecretary", "明天上午9点在社区二楼开会") == PREVIEW
    assert await talk.say("oSecretary", "1") == (
        "好的，上午9点10分发给3人。改主意，10分钟内回复“撤销”。看谁收到了，再回复“发通知”。"
    )
    assert (await Broadcast.get()).state == "scheduled"


@pytest.mark.parametrize("lead", ["通知", "发通知 ", "发个通知，"])
async def test_one_line_answers_both_questions(talk, lead: str) -> None:
    answer = await talk.say("oSecretary", f"{lead}我们支部 明天上午9点在社区二楼开会")
    assert answer.startswith("发给金桂花园党支部，共3人。")
    assert answer.endswith(PREVIEW.partition("他们看到")[2])


@pytest.mark.parametrize("what", ["1", "2", "3"])
async def test_who_goes_back_from_changing_a_notice_finds_it_as_it_was(talk, what: str) -> None:
    preview = await talk.say("oSecretary", "通知我们支部 明天上午9点在社区二楼开会")
    await talk.say("oSecretary", "3")
    await talk.say("oSecretary", what)
    assert await talk.say("oSecretary", "0") == preview
    assert "分发给3人" in await talk.say("oSecretary", "1")


async def test_the_words_and_the_people_can_be_changed_before_the_yes(talk) -> None:
    await talk.say("oSecretary", "通知我们支部 明天上午9点在社区二楼开会")
    assert (await talk.say("oSecretary", "3")).startswith("改哪里？\n1 改内容\n2 改对象")
    assert "请写通知内容" in await talk.say("oSecretary", "1")
    assert "改到下午3点开会。" in await talk.say("oSecretary", "改到下午3点开会")
    await talk.say("oSecretary", "3")
    assert "要通知哪些人" in await talk.say("oSecretary", "2")
    changed = await talk.say("oSecretary", "我们支部女同志")
    assert changed.startswith("发给金桂花园党支部、女同志，共2人。")
    assert "改到下午3点开会。" in changed
    assert await talk.say("oSecretary", "2") == "好的，这条不发了。"
    assert await Broadcast.filter(state="scheduled").count() == 0


@pytest.mark.parametrize("words", ["撤销", "取消通知"])
async def test_it_is_taken_back_within_its_window(talk, words: str) -> None:
    for said in ("发通知", "我们支部", "明天上午9点在社区二楼开会", "1"):
        await talk.say("oSecretary", said)
    assert await talk.say("oSecretary", words) == "好的，通知取消了，谁也没收到。"
    assert await spread(talk.now + timedelta(hours=1), transaction) == {"broadcasts": 0, "notices": 0}


async def test_for_a_member_the_same_words_mean_fewer_notices(talk) -> None:
    assert (await talk.say("oZhao", "取消通知")).startswith("哪一类不想收了？")


async def test_a_member_who_wants_to_write_to_all_gets_a_person(talk) -> None:
    assert "会给您打电话" in await talk.say("oZhao", "发通知")


async def test_above_the_number_a_second_person_is_asked_and_says_yes(talk, cast) -> None:
    await Person.bulk_create([Person(name=f"某某{n}", branch_id=cast.branch.id) for n in range(48)])
    for words in ("发通知", "我们支部", "明天上午9点在社区二楼开会"):
        await talk.say("oSecretary", words)
    assert await talk.say("oSecretary", "1") == "超过50人要再有一个人同意，已经告诉周五常。同意了，我告诉您。"
    await _delivered(await Notice.get(person_id=cast.worker.id), "oWorker", talk.now)
    seen = await talk.say("oWorker", "1")
    assert seen.startswith("李四友要发给金桂花园党支部，共51人。")
    assert seen.endswith("1 同意发\n2 不同意\n3 等会儿再说\n回复数字就行，0 返回。")
    assert (await talk.say("oWorker", "1")).startswith("好的，上午9点10分发出。")
    told = await Notice.get(say="broadcasts.approved")
    await _delivered(told, "oSecretary", talk.now)
    assert await talk.say("oSecretary", "1") == "好的，通知取消了，谁也没收到。"


async def test_a_second_person_may_say_no(talk, cast) -> None:
    await Person.bulk_create([Person(name=f"某某{n}", branch_id=cast.branch.id) for n in range(48)])
    for words in ("发通知", "我们支部", "明天上午9点在社区二楼开会", "1"):
        await talk.say("oSecretary", words)
    await _delivered(await Notice.get(person_id=cast.worker.id), "oWorker", talk.now)
    await talk.say("oWorker", "1")
    assert await talk.say("oWorker", "2") == "好的，不发了，已经告诉李四友。"
    assert await Notice.filter(say="broadcasts.refused", person_id=cast.secretary.id).count() == 1


async def test_an_elder_answers_one_and_the_secretary_sees_it(talk, cast) -> None:
    row = await _sent(talk)
    await _delivered(await Notice.get(person_id=cast.zhao.id), "oZhao", talk.now)
    assert await talk.say("oZhao", "1") == "好的，知道您收到了，谢谢您。"
    assert (await Notice.get(person_id=cast.zhao.id)).outcome == "confirmed"
    assert (await talk.say("oSecretary", "发通知")).startswith(
        "您上一条通知是10月12日(周一)写给金桂花园党支部的。您想：\n1 写"
    )
    seen = await talk.say("oSecretary", "2")
    assert seen == (
        "10月12日(周一)发给金桂花园党支部，共3人。1人回了收到、2人还没发到。\n"
        "1 看没确认的名单\n2 再发给没确认的\n3 更正\n4 看别的通知\n5 请联络员转告没回的\n回复数字就行，0 返回。"
    )
    assert (await talk.say("oSecretary", "1")).startswith("还没确认的有2人：\n1 钱二梅\n2 吴六合\n回复")
    assert (await talk.say("oSecretary", "1")).startswith("钱二梅，电话199 0000 0002。告诉本人了吗？\n1 电话告诉了")
    assert await talk.say("oSecretary", "1") == "好的，钱二梅记下了，谢谢您。"
    assert (await Notice.get(person_id=cast.qian.id)).outcome == "told_by_phone"
    assert row.state == "spread"


async def test_a_long_list_of_missing_people_goes_on_by_the_fifth_line(talk, cast) -> None:
    await Person.bulk_create([Person(name=f"某{n}人", branch_id=cast.branch.id) for n in range(5)])
    await _sent(talk)
    await talk.say("oSecretary", "发通知")
    await talk.say("oSecretary", "2")
    first = await talk.say("oSecretary", "1")
    assert first.startswith("还没确认的有8人：\n1 赵一禾\n")
    assert "\n5 下一页\n" in first
    assert "1 某1人\n" in await talk.say("oSecretary", "5")


async def test_what_still_waits_can_be_cancelled_from_the_menu(talk) -> None:
    for said in ("发通知", "我们支部", "明天上午9点在社区二楼开会", "1", "菜单"):
        await talk.say("oSecretary", said)
    assert (await talk.say("oSecretary", "发通知")).endswith("3 取消还没发的\n回复数字就行，0 返回。")
    assert (await talk.say("oSecretary", "2")) == "10月12日(周一)写给金桂花园党支部的通知，上午9点10分发出。"
    await talk.say("oSecretary", "发通知")
    assert await talk.say("oSecretary", "3") == "好的，通知取消了，谁也没收到。"


async def test_again_and_a_correction_from_the_status(talk, cast) -> None:
    await _sent(talk)
    await _delivered(await Notice.get(person_id=cast.qian.id), "oQian", talk.now)
    await talk.say("oSecretary", "发通知")
    await talk.say("oSecretary", "2")
    assert (await talk.say("oSecretary", "2")).startswith("再发给1个没回的人，上午9点")
    assert await talk.say("oSecretary", "撤销") == "好的，这次不补发了。"
    await talk.say("oSecretary", "发通知")
    await talk.say("oSecretary", "2")
    assert (await talk.say("oSecretary", "3")).startswith("请写更正后的完整内容")
    assert "更正通知：改到下午3点开会。以这一条为准，收到请回复1。" in await talk.say("oSecretary", "改到下午3点开会")


async def test_a_one_after_the_second_round_meets_one_question(talk, cast) -> None:
    row = await _sent(talk)
    await _delivered(await Notice.get(person_id=cast.qian.id), "oQian", talk.now)
    for words in ("发通知", "2", "2"):
        await talk.say("oSecretary", words)
    talk.now += timedelta(minutes=11)
    await spread(talk.now, transaction)
    await _delivered(
        await Notice.get(person_id=cast.qian.id, business_key=f"broadcast:{row.id}:round:2"), "oQian", talk.now
    )
    assert await talk.say("oQian", "1") == "好的，知道您收到了，谢谢您。"
    assert set(await Notice.filter(person_id=cast.qian.id).values_list("outcome", flat=True)) == {"confirmed"}


async def test_a_liaison_reads_the_words_and_ticks_and_unticks(talk, cast) -> None:
    await _sent(talk)
    zhao = await Notice.get(person_id=cast.zhao.id)
    await Notice.filter(id=zhao.id).update(channel="liaison")
    await put_on_list(zhao, talk.now)
    listed = await talk.say("oLeader", "我的事")
    number = next(line[0] for line in listed.splitlines() if "等我转告的（1位）" in line)
    await talk.say("oLeader", number)
    assert "金桂花园党支部通知：明天上午9点在社区二楼开会。" in await talk.say("oLeader", "1")
    await talk.say("oLeader", "1")
    assert (await Notice.get(id=zhao.id)).outcome == "told_by_liaison"
    await talk.say("oLeader", "撤销")
    back = await Notice.get(id=zhao.id)
    assert (back.outcome, back.state) == ("not_sent", "waiting")


async def test_a_notice_goes_out_at_the_time_that_was_set(talk, cast) -> None:
    for words in ("发通知", "我们支部", "明天上午9点在社区二楼开会", "3"):
        await talk.say("oSecretary", words)
    assert "什么时候发" in await talk.say("oSecretary", "3")
    assert "请说出几点" in await talk.say("oSecretary", "随便吧")
    assert "已经过了" in await talk.say("oSecretary", "今天8点")
    assert "定在10月13日(周二)下午3点30分发。" in await talk.say("oSecretary", "明天下午3点半")
    assert "10月13日(周二)下午3点30分发给3人" in await talk.say("oSecretary", "1")
    await spread(talk.now + timedelta(hours=5), transaction)
    assert not await Notice.filter(topic="broadcast").exists()
    await spread(talk.now + timedelta(hours=31), transaction)
    assert await Notice.filter(topic="broadcast").count() == 3


async def test_a_set_time_can_be_taken_back_until_then(talk, cast) -> None:
    for words in ("发通知", "我们支部", "明天上午9点在社区二楼开会", "3", "3", "明天下午3点半", "1"):
        await talk.say("oSecretary", words)
    talk.now += timedelta(hours=20)
    assert await talk.say("oSecretary", "取消通知") == "好的，通知取消了，谁也没收到。"


async def test_the_silent_are_handed_to_liaisons_by_one_digit(talk, cast) -> None:
    await _sent(talk)
    for person, openid in ((cast.zhao, "oZhao"), (cast.qian, "oQian"), (cast.leader, "oLeader")):
        await _delivered(await Notice.get(person_id=person.id), openid, talk.now)
    await talk.say("oQian", "1")
    await talk.say("oSecretary", "发通知")
    await talk.say("oSecretary", "2")
    assert "起请联络员转告2个没回的人" in await talk.say("oSecretary", "5")
    talk.now += timedelta(minutes=11)
    assert await spread(talk.now, transaction) == {"broadcasts": 1, "notices": 2}
    calls = {call.person_id: call for call in await Call.all()}
    assert set(calls) == {cast.zhao.id, cast.leader.id}
    assert {call.why for call in calls.values()} == {"second_round"}
    assert await Notice.filter(topic="broadcast").count() == 3
    # Whoever answers now is on nobody's list any more, and nobody is asked twice.
    await talk.say("oZhao", "1")
    assert (await Call.get(person_id=cast.zhao.id)).state == "closed"
    await talk.say("oSecretary", "发通知")
    await talk.say("oSecretary", "2")
    assert "没有要再发的人" in await talk.say("oSecretary", "2")


async def test_handing_over_is_taken_back_in_its_window(talk, cast) -> None:
    await _sent(talk)
    await _delivered(await Notice.get(person_id=cast.qian.id), "oQian", talk.now)
    for words in ("发通知", "2", "5"):
        await talk.say("oSecretary", words)
    assert await talk.say("oSecretary", "撤销") == "好的，这次不补发了。"
    talk.now += timedelta(minutes=11)
    await spread(talk.now, transaction)
    assert not await Call.all().exists()


async def test_the_secretary_reads_what_was_tried_for_one_person_and_why(talk, cast) -> None:
    await _sent(talk)
    zhao = await Notice.get(person_id=cast.zhao.id)
    call = await put_on_list(zhao, talk.now, why="delivery.why_no_window")
    await calls.record(call, "not_home", by=cast.leader, now=talk.now + timedelta(hours=1))
    await Ladder(DeliveryPolicy(), talk.now + timedelta(hours=1)).move_on(await Call.get())
    await calls.record(await Call.get(), "reached", by=cast.secretary, now=talk.now + timedelta(hours=2))
    for words in ("发通知", "2", "3", "1"):
        await talk.say("oSecretary", words)
    row = await Broadcast.get()
    past = await broadcasts.history(row, cast.zhao)
    assert [one.say for one in past] == [
        "delivery.why_no_window", "calls.past_not_home", "delivery.why_not_home_phone",
        "broadcasts.past_told_by_phone",
    ]  # fmt: skip


async def test_what_was_tried_is_shown_line_by_line(talk, cast) -> None:
    await _sent(talk)
    zhao = await Notice.get(person_id=cast.zhao.id)
    call = await put_on_list(zhao, talk.now, why="delivery.why_no_window")
    await calls.record(call, "not_home", by=cast.leader, now=talk.now + timedelta(hours=1))
    for words in ("发通知", "2", "1", "1"):
        await talk.say("oSecretary", words)
    assert await talk.say("oSecretary", "4") == (
        "赵一禾这条通知的经过：\n上午9点11分 离上次联系超过48小时，没有模板，转给联络员\n上午10点11分 上门没找到人"
    )


async def test_an_elder_comes_or_not_and_may_think_again(talk: Talk) -> None:
    for words in ("发通知", "我们支部", "周五上午9点去看菊花"):
        await talk.say("oSecretary", words)
    row = await Broadcast.get()
    await Broadcast.filter(id=row.id).update(audience={**row.audience, "invites": True})
    await talk.say("oSecretary", "1")
    talk.now += timedelta(minutes=11)
    await spread(talk.now, transaction)
    zhao = await Person.get(key="zhao")
    await _delivered(await Notice.get(broadcast_id=row.id, person_id=zhao.id), "oZhao", talk.now)
    assert await talk.say("oZhao", "2") == "好的，知道了，不要紧。又能来了，回复“撤销”。"
    assert await talk.say("oZhao", "撤销") == "好的，给您记上了，到时候见。来不了了，回复“撤销”。"
    await talk.say("oSecretary", "发通知")
    assert "1人来、0人不来" in await talk.say("oSecretary", "2")
    assert (await Notice.get(broadcast_id=row.id, person_id=zhao.id)).outcome == "confirmed"
