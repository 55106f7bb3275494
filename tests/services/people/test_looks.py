"""Looks at somebody's data: a reason first, the book always, the person hears of it, too many raise an alarm."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from cast import Cast, arrange
from talking import Talk, open_talk

from handlers.routers import ROUTERS
from kit.county import County, LookNumbers
from kit.errors import Refusal
from models.database import transaction
from models.outreach.notices import Notice
from models.people.access import AuditEntry
from models.people.accounts import Account
from models.people.members import Person
from scheduler.job import Deps
from scheduler.people import looks as jobs
from services.people import access, audit, looks

DEPS = Deps(None, None, County(looks=LookNumbers(per_hour=3)), transaction)  # type: ignore[arg-type]


@pytest.fixture
async def cast(db: None, monday: datetime) -> Cast:
    return await arrange(monday)


async def looked(who: Person, at: Person, now: datetime, field: str = "phone") -> str:
    reach = await access.reach_of(who, now.date())
    return (await looks.look(at.id, field, "通知开会", by=who, reach=reach, now=now))[1]


FIELDS = [("phone", "19900000001"), ("birth", "1946-02-09"), ("address", "金桂花园1号楼301")]


@pytest.mark.parametrize(("field", "value"), FIELDS, ids=[row[0] for row in FIELDS])
async def test_a_look_is_noted_before_it_is_answered(cast: Cast, monday: datetime, field: str, value: str) -> None:
    assert await looked(cast.worker, cast.zhao, monday, field) == value
    entry = await AuditEntry.get(action="unmasked")
    assert (entry.actor, entry.subject) == (audit.by_person(cast.worker), audit.by_person(cast.zhao))
    assert (entry.reason, entry.facts) == ("通知开会", {"field": field})


MAY = [("worker", True), ("secretary", True), ("leader", False), ("township_worker", False), ("feng", False)]


@pytest.mark.parametrize(("who", "may"), MAY, ids=[name for name, _ in MAY])
async def test_only_whose_task_it_is_may_look(cast: Cast, monday: datetime, who: str, may: bool) -> None:
    if may:
        assert await looked(getattr(cast, who), cast.qian, monday)
    else:
        with pytest.raises(Refusal, match=r"access\.unknown"):
            await looked(getattr(cast, who), cast.qian, monday)
    assert await AuditEntry.filter(action="unmasked").count() == may


async def test_without_a_reason_nobody_looks(cast: Cast, monday: datetime) -> None:
    reach = await access.reach_of(cast.worker, monday.date())
    with pytest.raises(Refusal, match=r"looks\.reason_wanted"):
        await looks.look(cast.zhao.id, "phone", " ", by=cast.worker, reach=reach, now=monday)
    assert await AuditEntry.filter(action="unmasked").count() == 0


async def test_more_looks_within_an_hour_than_the_countys_number_are_told_to_it_once(
    cast: Cast, monday: datetime
) -> None:
    for minute in (0, 10, 20):
        await looked(cast.worker, cast.zhao, monday + timedelta(minutes=minute))
    assert await jobs.many_looks.run(monday + timedelta(minutes=30), DEPS) == {"raised": 0}
    await looked(cast.worker, cast.qian, monday + timedelta(minutes=31))
    assert await jobs.many_looks.run(monday + timedelta(minutes=35), DEPS) == {"raised": 1}
    assert await jobs.many_looks.run(monday + timedelta(minutes=40), DEPS) == {"raised": 0}
    told = await Notice.get(say="looks.alarm")
    assert (told.person_id, told.urgency) == (cast.chief.id, 0)
    assert (await AuditEntry.get(action="looks_alarm")).facts == {"count": 4}


async def test_the_same_looks_spread_over_a_day_alarm_nobody(cast: Cast, monday: datetime) -> None:
    for hour in range(5):
        await looked(cast.worker, cast.zhao, monday + timedelta(hours=hour))
    assert await jobs.many_looks.run(monday + timedelta(hours=5), DEPS) == {"raised": 0}


# In the chat.


@pytest.fixture
async def talk(cast: Cast, monday: datetime) -> AsyncIterator[Talk]:
    await Account.all().update(consented=County().privacy_version)
    opened = await open_talk(ROUTERS, monday, County(phone="19900000999"))
    yield opened
    await opened.inbox.stop()


async def test_a_worker_looks_at_a_number_and_the_person_asks_who_did(talk: Talk) -> None:
    assert (await talk.say("oZhao", "谁看过我的信息")).startswith("没有人单独看过")
    assert await talk.say("oWorker", "看赵一禾的电话 因为要通知开会") == (
        "赵一禾的电话：199 0000 0001。已经记下您看过，本人问得到。"
    )
    assert await talk.say("oWorker", "查一下赵一禾的生日") == "为什么要看赵一禾的生日？写一句话，会记下来，本人问得到。"
    assert (await talk.say("oWorker", "啊")).startswith("请写明为什么要看")
    assert (await talk.say("oWorker", "核对走访的日子")).startswith("赵一禾的生日：1946-02-09。")
    assert await talk.say("oZhao", "谁看过我的信息") == (
        "看过您信息的有2次，最近的：\n10月12日(周一) 周五常看了生日：核对走访的日子\n"
        "10月12日(周一) 周五常看了电话：要通知开会"
    )


async def test_whose_number_is_not_theirs_looks_like_nobody(talk: Talk) -> None:
    assert (await talk.say("oWorker", "看冯九思的电话 因为开会")).startswith("没有找到您能看的“冯九思”。")
    assert "会给您打电话" in await talk.say("oQian", "看赵一禾的电话")
    assert "会给您打电话" in await talk.say("oLeader", "看赵一禾的电话")


async def test_of_two_with_the_same_name_one_is_chosen(talk: Talk, cast: Cast) -> None:
    await Person.create(name="钱二梅", branch=cast.branch, community=cast.community)
    listed = await talk.say("oWorker", "看钱二梅的电话 因为要通知开会")
    assert listed.startswith("同名的有几位，是哪一位？\n1 钱二梅，金桂花园党支部\n2 钱二梅，金桂花园党支部")
    assert (await talk.say("oWorker", "1")).startswith("钱二梅的电话：199 0000 0002。")
    await talk.say("oWorker", "看钱二梅的电话 因为要通知开会")
    assert await talk.say("oWorker", "2") == "名册里没有钱二梅的电话。"
