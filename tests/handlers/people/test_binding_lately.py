"""The secretary is told of several ties together, sees who it was, and undoes the one that is wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from cast import Cast, arrange
from talking import Talk, open_talk

from delivery.policy import DeliveryPolicy
from delivery.wording import leave_question
from handlers.routers import ROUTERS
from models.outreach.notices import Notice
from models.people.accounts import Binding
from services.people import binding, members

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    return await arrange(monday)


@pytest.fixture
async def talk(cast: Cast, monday: datetime) -> AsyncIterator[Talk]:
    opened = await open_talk(ROUTERS, monday)
    yield opened
    await opened.inbox.stop()


async def test_one_of_many_is_undone(talk: Talk, cast: Cast) -> None:
    for number in "一二三四五六":
        person = await members.register(f"金{number}", branch=cast.branch)
        await binding.bind(f"oNew{number}", person, how="slip", now=talk.now - timedelta(hours=1))
    told = await Notice.get(say="binding.told_more")
    told.channel = "customer"
    await leave_question(told, "oSecretary", talk.now, DeliveryPolicy())
    assert "1 金六\n2 金五\n3 金四\n4 金三\n5 看更早的" in await talk.say("oSecretary", "1")
    assert "1 金二\n2 金一" in await talk.say("oSecretary", "5")
    assert await talk.say("oSecretary", "1") == "撤销金二的绑定，对吗？对就回复1，不对回复2。"
    assert await talk.say("oSecretary", "1") == "好的，金二的绑定已经撤销。"
    assert not await Binding.current().filter(person__name="金二").exists()


async def test_who_leads_nobody_sees_nobody(talk: Talk, cast: Cast) -> None:
    await binding.bind("oNew", cast.qian, how="slip", now=talk.now)
    told = await Notice.get(say="binding.told")
    told.channel, told.asks = "customer", [{"label": "看看", "do": "binding.lately", "args": {}}]
    await leave_question(told, "oZhao", talk.now, DeliveryPolicy())
    assert await talk.say("oZhao", "1") == "这三天没有人绑定微信。"
