"""活动登记: taking part in a choir's provisional branch, with the membership left where it is."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from cast import Cast
from talking import Talk

from kit.errors import Refusal
from models.outreach.notices import Notice
from models.people.members import ActivityRegistration, Person
from models.people.organisation import Organisation
from services.outreach import audience
from services.people import access, organisation, registrations


@pytest.fixture
async def choir(cast: Cast) -> Organisation:
    return await organisation.add("夕阳红合唱团临时党支部", "provisional_branch", parent=cast.community)


async def names(who: Person, text: str, on: date) -> set[str]:
    reach = await access.reach_of(who, on)
    meant = await audience.understood(text, reach, on)
    found = await audience.page_of(meant, reach, on, after=0)
    return set(await Person.filter(id__in=found.ids).values_list("name", flat=True))


async def test_a_worker_registers_by_chat_and_the_membership_stays(talk: Talk, cast: Cast, choir: Organisation) -> None:
    assert (await talk.say("oWorker", "活动登记")).startswith("（第1步，共2步）登记谁？")
    assert (await talk.say("oWorker", "冯九思")).startswith("没有找到“冯九思”。")
    assert (await talk.say("oWorker", "钱二梅")).startswith("（第2步，共2步）参加哪里的活动？")
    assert (await talk.say("oWorker", "月亮合唱团")).startswith("没有找到您能登记的“月亮合唱团”。")
    assert await talk.say("oWorker", "合唱团") == (
        "钱二梅参加夕阳红合唱团临时党支部的活动，组织关系不变，对吗？对就回复1，不对回复2。"
    )
    assert (await talk.say("oWorker", "1")).startswith("好的，钱二梅登记在夕阳红合唱团临时党支部了")
    qian = await Person.get(id=cast.qian.id)
    assert (qian.branch_id, qian.community_id) == (cast.branch.id, cast.community.id)
    assert "参加活动：夕阳红合唱团临时党支部" in await talk.say("oQian", "我的信息")
    told = await Notice.get(say="registrations.told")
    assert (told.person_id, (told.asks or [])[0]["do"]) == (cast.qian.id, "registrations.leave")


async def test_it_is_taken_back_and_ended(talk: Talk, cast: Cast, choir: Organisation) -> None:
    for words in ("活动登记", "钱二梅", "合唱团", "1"):
        await talk.say("oWorker", words)
    assert (await talk.say("oWorker", "撤销")).startswith("好的，钱二梅在夕阳红合唱团临时党支部的活动登记去掉了。")
    assert "参加活动" not in await talk.say("oQian", "我的信息")
    for words in ("活动登记", "钱二梅", "合唱团", "1", "退出活动登记", "钱二梅"):
        await talk.say("oWorker", words)
    assert (await talk.say("oWorker", "合唱团")).startswith("钱二梅不参加夕阳红合唱团临时党支部的活动了，对吗？")
    await talk.say("oWorker", "1")
    assert await ActivityRegistration.held(talk.now.date()).count() == 0


async def test_for_a_member_these_words_reach_a_person(talk: Talk) -> None:
    assert "会给您打电话" in await talk.say("oZhao", "活动登记")


async def test_somebody_of_elsewhere_is_known_by_the_last_four_digits(cast: Cast, monday: datetime) -> None:
    reach = await access.reach_of(cast.worker, monday.date())
    feng = await Person.get(id=cast.feng.id)
    feng.set_phone("19900000009")
    await feng.save()
    assert await registrations.person_called("冯九思0009", reach) == cast.feng
    for said in ("冯九思", "冯九思1234"):
        with pytest.raises(Refusal, match=r"registrations\.nobody"):
            await registrations.person_called(said, reach)


async def test_where_one_belongs_nobody_is_registered(cast: Cast, monday: datetime) -> None:
    for place in (cast.branch, cast.community):
        with pytest.raises(Refusal, match=r"registrations\.is_member"):
            await registrations.register(cast.zhao, place, by=cast.worker, now=monday)


async def test_a_notice_to_the_choir_goes_to_who_takes_part_and_to_nobody_else(
    cast: Cast, choir: Organisation, monday: datetime
) -> None:
    on = monday.date()
    for person in (cast.qian, cast.feng):
        await registrations.register(person, choir, by=cast.worker, now=monday)
    assert await names(cast.worker, "合唱团", on) == {"钱二梅", "冯九思"}
    assert await names(cast.worker, "桂花社区全体", on) == {"赵一禾", "钱二梅", "吴六合", "李四友"}
    with pytest.raises(Refusal, match=r"broadcasts\.audience_unknown"):
        await names(cast.secretary, "合唱团", on)
    await organisation.appoint(cast.zhao, "branch_secretary", choir, since=None)
    assert await names(cast.zhao, "全体", on) == {"钱二梅", "冯九思"}
    assert await names(cast.zhao, "我们支部女同志", on) == {"钱二梅"}


async def test_those_who_take_part_in_a_community_are_named_as_such(cast: Cast, monday: datetime) -> None:
    on = monday.date()
    await registrations.register(cast.feng, cast.community, by=cast.worker, now=monday)
    assert await names(cast.worker, "桂花社区活动成员", on) == {"冯九思"}
    assert "冯九思" not in await names(cast.worker, "桂花社区全体", on)


async def test_a_person_says_no_and_others_cannot(cast: Cast, choir: Organisation, monday: datetime) -> None:
    row = await registrations.register(cast.qian, choir, by=cast.worker, now=monday)
    with pytest.raises(Refusal, match=r"registrations\.already"):
        await registrations.register(cast.qian, choir, by=cast.worker, now=monday)
    stranger = await access.reach_of(cast.zhao, monday.date())
    with pytest.raises(Refusal, match=r"access\.unknown"):
        await registrations.end(row.id, by=cast.zhao, reach=stranger, now=monday)
    own = await access.reach_of(cast.qian, monday.date())
    await registrations.end(row.id, by=cast.qian, reach=own, now=monday)
    assert await ActivityRegistration.held(monday.date()).count() == 0
    assert await registrations.register(cast.qian, choir, by=cast.worker, now=monday)
