"""报到 by chat: four questions at most, a wrong answer each, corrections, and the worker's digit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from cast import Cast, arrange
from talking import Talk, open_talk

from handlers.routers import ROUTERS
from kit.county import County
from models.outreach.notices import Notice
from models.people.accounts import Account, Binding
from models.people.check_in import CheckIn
from models.people.organisation import Organisation
from services.people import binding, check_in

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    return await arrange(monday)


@pytest.fixture
async def talk(cast: Cast, monday: datetime) -> AsyncIterator[Talk]:
    await Account.create(openid="oNew", first_seen=monday, consented=County().privacy_version)
    opened = await open_talk(ROUTERS, monday)
    yield opened
    await opened.inbox.stop()


WHAT_IS_WRONG = "哪一样要改？\n1 姓名\n2 电话\n3 社区\n4 住处\n回复数字，或者直接说对的，0 返回。"


async def hand_in(talk: Talk, openid: str = "oNew") -> str:
    for words in ("报到", "王百川", "19900000008", "桂花社区", "金桂花园3栋"):
        await talk.say(openid, words)
    return await talk.say(openid, "1")


async def test_four_questions_each_with_a_wrong_answer_then_the_read_back(talk: Talk) -> None:
    assert await talk.say("oNew", "报到") == "（第1步，共4步）请问您的姓名？（回复 0 返回）"
    assert await talk.say("oNew", "Wang") == "姓名请用汉字填写，比如：王百川。"
    assert (await talk.say("oNew", "王百川")).startswith("（第2步，共4步）")
    assert "（" not in await talk.say("oNew", "123")
    assert (await talk.say("oNew", "199 0000 0008")).startswith("（第3步，共4步）")
    assert (await talk.say("oNew", "火星社区")).startswith("我没查到这个社区")
    assert (await talk.say("oNew", "1")).startswith("（第4步，共4步）")
    assert await talk.say("oNew", "金桂花园3栋") == (
        "您是王百川，到桂花社区报到，住金桂花园3栋，对吗？报到不转组织关系。对就回复1，不对回复2。"
    )
    assert (await talk.say("oNew", "对")).endswith("有急事请打199 0000 0900。")
    assert (await CheckIn.get(openid="oNew")).source == "self"


async def test_one_wrong_answer_is_changed_and_the_others_stay(talk: Talk) -> None:
    for words in ("报到", "王百穿", "19900000008", "桂花社区", "金桂花园3栋"):
        await talk.say("oNew", words)
    assert await talk.say("oNew", "不对") == WHAT_IS_WRONG
    assert await talk.say("oNew", "1") == "请问您的姓名？（回复 0 返回）"
    assert (await talk.say("oNew", "王百川")).startswith("您是王百川，到桂花社区报到，住金桂花园3栋")


@pytest.mark.parametrize(
    ("said", "read_back"),
    [
        ("柳塘社区", "您是王百川，到柳塘社区报到，住金桂花园3栋"),
        ("应该是5栋", "您是王百川，到桂花社区报到，住金桂花园5栋"),
        ("是十二号楼", "您是王百川，到桂花社区报到，住金桂花园12栋"),
        ("柳塘社区柳岸新村2栋", "您是王百川，到柳塘社区报到，住柳岸新村2栋"),
        ("19900000018", "您是王百川，到桂花社区报到，住金桂花园3栋"),
        ("住处不对", "您住哪个小区、几栋"),
        ("第三个", "您住在哪个社区"),
        ("9", "没听明白。请回复数字"),
    ],
)
async def test_what_is_wrong_is_said_by_number_by_name_or_put_right_at_once(
    talk: Talk, said: str, read_back: str
) -> None:
    for words in ("报到", "王百川", "19900000008", "桂花社区", "金桂花园3栋", "不对"):
        await talk.say("oNew", words)
    assert (await talk.say("oNew", said)).startswith(read_back)


async def test_a_no_that_says_what_is_right_mends_the_read_back_at_once(talk: Talk) -> None:
    for words in ("报到", "王百川", "19900000008", "桂花社区", "金桂花园3栋"):
        await talk.say("oNew", words)
    assert (await talk.say("oNew", "不对，是2栋")).startswith("您是王百川，到桂花社区报到，住金桂花园2栋")
    assert (await talk.say("oNew", "不对，我不住那儿")).startswith("哪一样要改？")


async def test_posts_wait_for_the_answer_to_a_check_in(talk: Talk, cast: Cast) -> None:
    await binding.bind("oNew", cast.wang, how="staff", now=talk.now)
    assert (await talk.say("oNew", "认领3号")).startswith("您还没到社区报到")
    for words in ("报到", "桂花社区", "金桂花园3栋", "1"):
        await talk.say("oNew", words)
    assert await talk.say("oNew", "认领3号") == (
        "您的报到已经收到了，10月15日(周四)前给您回话。报到办好，就给您看家门口的岗位。"
    )


async def test_who_is_known_puts_no_other_name_into_the_read_back(talk: Talk, cast: Cast) -> None:
    await binding.bind("oNew", cast.wang, how="staff", now=talk.now)
    for words in ("报到", "桂花社区", "金桂花园3栋", "不对"):
        await talk.say("oNew", words)
    assert (await talk.say("oNew", "19900000018")).startswith("没听明白")
    assert (await talk.say("oNew", "0")).startswith("您是王百川，到桂花社区报到，住金桂花园3栋")


async def test_going_back_from_the_read_back_changes_an_answer_too(talk: Talk) -> None:
    for words in ("报到", "王百川", "19900000008", "桂花社区", "金桂花园3栋"):
        await talk.say("oNew", words)
    assert (await talk.say("oNew", "0")).startswith("哪一样要改？")


async def test_handed_in_twice_is_one_registration(talk: Talk) -> None:
    await hand_in(talk)
    assert (await hand_in(talk)).startswith("您的报到申请已经收到了")
    assert await CheckIn.filter(openid="oNew").count() == 1


async def test_the_scanned_community_need_not_be_said(talk: Talk) -> None:
    place = await Organisation.get(name="桂花社区")
    await Account.filter(openid="oNew").update(scanned_id=place.id)
    assert await talk.say("oNew", "报到") == "（第1步，共3步）请问您的姓名？（回复 0 返回）"


async def test_the_worker_accepts_by_digits_and_takes_it_back(talk: Talk, cast: Cast) -> None:
    await hand_in(talk)
    assert "1 王百川，桂花社区" in await talk.push("oWorker", "CLICK", EventKey="check_in.waiting")
    assert (await talk.say("oWorker", "1")).startswith("王百川，住金桂花园3栋")
    assert (await talk.say("oWorker", "1")).startswith(f"收下了，王百川的证号是{cast.community.id:02d}-2026-0001")
    assert (await Binding.current().get(person_id=cast.wang.id)).openid == "oNew"
    assert await talk.say("oWorker", "撤销") == "好的，王百川的报到又放回来了。"
    row = await CheckIn.get(openid="oNew")
    assert row.state == "under_review"
    assert not await Binding.current().filter(person_id=cast.wang.id).exists()
    assert not await Notice.filter(say="check_in.accepted", state="waiting").exists()


async def test_the_worker_returns_with_a_reason_and_it_comes_again(talk: Talk) -> None:
    await hand_in(talk)
    await talk.push("oWorker", "CLICK", EventKey="check_in.waiting")
    await talk.say("oWorker", "1")
    assert (await talk.say("oWorker", "2")).startswith("请用一句话写明原因")
    assert (await talk.say("oWorker", "坏")).startswith("原因请写得明白一点")
    assert (await talk.say("oWorker", "楼栋不对，请核对")).startswith("退回了，原因已经发给王百川")
    assert (await hand_in(talk)).startswith("王老师，报到申请收到了")


async def test_staff_check_somebody_in_who_is_on_no_list_of_theirs(talk: Talk, cast: Cast) -> None:
    assert (await talk.say("oWorker", "我要给王百川报到")).startswith("（第1步，共3步）这位老同志的手机号")
    for words in ("19900000008", "桂花社区", "金桂花园3栋"):
        await talk.say("oWorker", words)
    await talk.say("oWorker", "1")
    row = await CheckIn.get(person_id=cast.wang.id)
    assert (row.source, row.openid) == ("staff", None)


async def test_a_member_asks_for_somebody_else_by_name(talk: Talk) -> None:
    first = await talk.say("oQian", "替钱大力报到")
    assert "您已经在" not in first


async def test_a_daughter_is_asked_about_her_mother_and_not_about_herself(talk: Talk) -> None:
    await Account.create(openid="oDaughter", first_seen=talk.now)
    assert "您同意吗？" in await talk.say("oDaughter", "帮我妈报到")
    assert (await talk.say("oDaughter", "1")).endswith("（第1步，共4步）请问这位老同志的姓名？（回复 0 返回）")
    assert (await talk.say("oDaughter", "王百川")).endswith("这位老同志的手机号是多少？")
    assert "这位老同志住在哪个社区？" in await talk.say("oDaughter", "19900000008")
    assert "这位老同志住哪个小区" in await talk.say("oDaughter", "桂花社区")
    assert (await talk.say("oDaughter", "金桂花园3栋")).startswith("王百川到桂花社区报到，住金桂花园3栋，对吗？")
    assert (await talk.say("oDaughter", "1")).startswith("王百川的报到申请收到了。桂花社区会在")
    assert (await CheckIn.get(openid="oDaughter")).source == "proxy"


async def test_who_is_checked_in_is_offered_the_certificate_and_moving(talk: Talk) -> None:
    assert await talk.say("oZhao", "我要报到") == (
        "您已经在桂花社区报到了。您是想：\n1 看我的报到证\n2 搬家了，重新报到\n回复数字就行，0 返回。"
    )
    assert await talk.say("oZhao", "1") == "好的，报到证马上发给您，请稍等。"
    assert (await CheckIn.get(person__name="赵一禾")).card_no
    assert await Notice.filter(say="check_in.certificate").count() == 1


async def test_moving_asks_where_to_and_keeps_the_old_until_then(talk: Talk, cast: Cast) -> None:
    await talk.say("oZhao", "我要报到")
    assert (await talk.say("oZhao", "2")).startswith("（第1步，共2步）您住在哪个社区")
    await talk.say("oZhao", "柳塘社区")
    assert "到柳塘社区报到" in await talk.say("oZhao", "柳岸新村2栋")
    await talk.say("oZhao", "1")
    held = await check_in.accepted_of(cast.zhao)
    assert held is not None
    assert held.community_id == cast.community.id


async def test_a_shared_phone_is_asked_whose_certificate(talk: Talk, cast: Cast) -> None:
    await binding.bind("oZhao", cast.feng, how="staff", now=talk.now, relation="proxy")
    assert "1 赵一禾\n2 冯九思" in await talk.say("oZhao", "我的报到证")
    assert await talk.say("oZhao", "2") == "好的，报到证马上发给您，请稍等。"
    assert (await Notice.get(say="check_in.certificate")).person_id == cast.feng.id


async def test_a_stale_list_of_the_worker_acts_on_nothing(talk: Talk) -> None:
    await hand_in(talk)
    await talk.push("oWorker", "CLICK", EventKey="check_in.waiting")
    talk.now += timedelta(minutes=31)
    assert (await talk.say("oWorker", "1")).startswith("刚才的单子时间久了")
