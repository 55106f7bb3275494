"""转告 through the whole inbox: a liaison's list, what is read aloud, every digit that can come of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from cast import Cast, arrange
from delivery_cast import post
from talking import Talk, open_talk

from delivery.people import Ladder, put_on_list
from delivery.policy import DeliveryPolicy
from handlers.routers import ROUTERS
from kit.county import County
from models.care.life_events import LifeEvent
from models.help.wishes import Wish
from models.outreach.calls import Call
from models.outreach.notices import Notice
from models.people.access import AuditEntry
from models.people.accounts import Account
from models.people.members import Person
from scheduler.outreach.calls import announce_calls
from services.outreach import calls

HOURS = timedelta(hours=1)
POLICY = DeliveryPolicy()


@pytest.fixture
async def cast(db, monday) -> Cast:
    return await arrange(monday)


@pytest.fixture
async def talk(cast, monday) -> AsyncIterator[Talk]:
    await Account.all().update(consented=County().privacy_version)
    opened = await open_talk(ROUTERS, monday, County(phone="19900000999"))
    yield opened
    await opened.inbox.stop()


async def _call(person: Person, now, once: str = "n") -> Call:
    notice = await Notice.get(id=await post(person, now, once=once))
    call = await put_on_list(notice, now, why="delivery.why_no_window")
    await Notice.filter(id=notice.id).update(channel="liaison", next_try_at=now + timedelta(days=9))
    return call


async def _by_telephone(call: Call, now) -> None:
    await Ladder(POLICY, now + 24 * HOURS).move_on(call)


async def test_a_liaison_reads_why_and_what_and_ticks(talk, cast) -> None:
    call = await _call(cast.zhao, talk.now)
    assert await talk.say("oLeader", "转告名单") == "等您转告的有1位：\n1 赵一禾\n回复数字就行，0 返回。"
    assert await talk.say("oLeader", "1") == (
        "赵一禾，电话199 0000 0001。离上次联系超过48小时，没有模板，转给联络员。\n"
        "请念给本人听：“您有一条社区通知，请在微信里看一看，或者打电话问社区。”\n"
        "1 当面告诉了\n2 没找到人\n3 告诉了，对方有话问\n4 别的情况\n回复数字就行，0 返回。"
    )
    assert "点错了就回复“撤销”" in await talk.say("oLeader", "1")
    notice = await Notice.get(id=call.notice_id)
    assert (notice.state, notice.outcome, (await Call.get()).state) == ("accepted", "told_by_liaison", "closed")
    assert await talk.say("oLeader", "转告名单") == "现在没有要您转告的人，您歇歇。"
    assert await AuditEntry.filter(action="unmasked", reason="call").count() == 1


async def test_a_wrong_line_is_taken_back(talk, cast) -> None:
    call = await _call(cast.zhao, talk.now)
    for words in ("转告名单", "1", "1"):
        await talk.say("oLeader", words)
    assert await talk.say("oLeader", "撤销") == "好的，又放回您的名单上了。"
    notice = await Notice.get(id=call.notice_id)
    assert (notice.state, notice.outcome, (await Call.get()).state) == ("waiting", "not_sent", "open")


async def test_not_at_home_goes_to_the_telephone_list_of_the_secretary(talk, cast) -> None:
    call = await _call(cast.zhao, talk.now)
    for words in ("转告名单", "1"):
        await talk.say("oLeader", words)
    assert await talk.say("oLeader", "2") == "好的，记下了。赵一禾换个办法再告诉，您不用管了。"
    assert (await Notice.get(id=call.notice_id)).outcome == "unreachable"
    call = await Call.get()
    await Ladder(POLICY, talk.now).move_on(call)
    assert "上门没找到人，转到电话名单" in await _opened(talk, "oSecretary")
    assert "打通了，告诉了" in await talk.say("oSecretary", "9")
    await talk.say("oSecretary", "1")
    assert (await Notice.get(id=call.notice_id)).outcome == "told_by_phone"


async def _opened(talk: Talk, openid: str) -> str:
    await talk.say(openid, "电话名单")
    return await talk.say(openid, "1")


@pytest.mark.parametrize(
    ("digits", "result", "days"),
    [(("2",), "no_answer", 0), (("3",), "later", 0), (("4", "1"), "wrong_number", 0), (("4", "3"), "away", 7)],
    ids=["no answer", "later", "wrong number", "away"],
)
async def test_what_comes_of_a_call_keeps_it_on_the_list_until_its_time(talk, cast, digits, result, days) -> None:
    call = await _call(cast.zhao, talk.now)
    await _by_telephone(call, talk.now)
    talk.now += 24 * HOURS
    await _opened(talk, "oSecretary")
    for digit in digits:
        await talk.say("oSecretary", digit)
    call = await Call.get()
    assert (call.state, call.result, call.steps[-1]["result"]) == ("open", result, result)
    assert (call.next_at - talk.now).days >= days - 1


async def test_three_calls_in_vain_become_a_sheet_of_paper(talk, cast) -> None:
    call = await _call(cast.zhao, talk.now)
    await _by_telephone(call, talk.now)
    talk.now += 24 * HOURS
    for _ in range(3):
        await _opened(talk, "oSecretary")
        await talk.say("oSecretary", "2")
        talk.now += 4 * HOURS
    assert await Ladder(POLICY, talk.now).move_on(await Call.get()) == "moved"
    call = await Call.get()
    assert (call.way, call.why, call.keeper_id) == ("paper", "no_answer_paper", cast.secretary.id)
    assert "大字通知送到了" in await _opened(talk, "oSecretary")
    await talk.say("oSecretary", "1")
    assert (await Notice.get(id=call.notice_id)).outcome == "on_paper"


async def test_news_of_a_death_is_asked_about_and_passed_on_and_stops_nothing_by_itself(talk, cast) -> None:
    await _call(cast.zhao, talk.now)
    for words in ("转告名单", "1", "4"):
        await talk.say("oLeader", words)
    assert await talk.say("oLeader", "3") == "您是听说赵一禾去世了，对吗？对就回复1，不对回复2。"
    assert (await Call.get()).result is None
    assert "请书记核实" in await talk.say("oLeader", "1")
    assert (await Person.get(id=cast.zhao.id)).state != "deceased"
    assert (await Call.get()).result == "died"
    event = await LifeEvent.get()
    assert (event.kind, event.person_id, event.reporter_id) == ("death", cast.zhao.id, cast.leader.id)


async def test_news_of_a_hospital_is_passed_on_too(talk, cast) -> None:
    await _call(cast.zhao, talk.now)
    for words in ("转告名单", "1", "4"):
        await talk.say("oLeader", words)
    assert "赵一禾先放着" in await talk.say("oLeader", "2")
    assert (await LifeEvent.get()).kind == "hospital"
    assert (await Call.get()).next_at >= talk.now + 6 * 24 * HOURS


async def test_a_question_goes_to_whoever_looks_after_the_person(talk, cast) -> None:
    await _call(cast.zhao, talk.now)
    for words in ("转告名单", "1"):
        await talk.say("oLeader", words)
    assert "想问什么" in await talk.say("oLeader", "3")
    assert "回电话" in await talk.say("oLeader", "开会要不要带身份证")
    wish = await Wish.get(kind="asks_back")
    assert (wish.person_id, wish.words) == (cast.zhao.id, "开会要不要带身份证")
    assert (await Notice.all().order_by("id").first()).outcome == "told_by_liaison"


async def test_nobody_opens_another_ones_call(talk, cast) -> None:
    call = await _call(cast.zhao, talk.now)
    assert await talk.say("oQian", "转告名单") == "现在没有要您转告的人，您歇歇。"
    with pytest.raises(Exception, match="access"):
        await calls.one_of(call.id, cast.qian)


async def test_a_list_of_many_is_shown_five_lines_at_a_time(talk, cast, monday) -> None:
    for number in range(7):
        person = await Person.create(name=f"某{number}", liaison=cast.leader, branch_id=cast.branch.id)
        await _call(person, talk.now, once=f"n{number}")
    first = await talk.say("oLeader", "转告名单")
    assert "等您转告的有7位" in first
    assert first.splitlines()[5] == "5 下一页"
    assert "1 某4" in await talk.say("oLeader", "5")


async def test_whoever_has_a_list_hears_of_it_once(talk, cast) -> None:
    await _call(cast.zhao, talk.now)

    class Deps:
        from models.database import transaction as _transaction

        transaction = staticmethod(_transaction)

    assert await announce_calls.run(talk.now, Deps()) == {"announced": 1}
    await _call(cast.qian, talk.now + HOURS)
    assert await announce_calls.run(talk.now + HOURS, Deps()) == {"announced": 1}  # the secretary has one now
    notice = await Notice.get(say="calls.waiting", person_id=cast.leader.id)
    assert (notice.asks[0]["do"], notice.topic) == ("calls.mine", "work")
    await _call(cast.zhao, talk.now + HOURS, once="second")
    assert await announce_calls.run(talk.now + HOURS, Deps()) == {"announced": 0}
    assert await announce_calls.run(talk.now + 5 * HOURS, Deps()) == {"announced": 1}
