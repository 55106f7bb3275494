"""What the slip and the guesses promise in words: digits and name in one breath, words that are not lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from cast import arrange
from talking import Talk, open_talk

from handlers.routers import ROUTERS
from kit.county import BindingNumbers, County
from models.people.members import Person
from services.people import binding, organisation

pytestmark = pytest.mark.usefixtures("db")
STRANGER = "oSomebodyNew"


@pytest.fixture
async def talk(monday: datetime) -> AsyncIterator[Talk]:
    await arrange(monday)
    opened = await open_talk(ROUTERS, monday, County(phone="19900000100"))
    yield opened
    await opened.inbox.stop()


async def _code(now: datetime) -> str:
    person = await Person.get(name="王百川")
    place = await organisation.find("guihua")
    (slip,) = await binding.make_slips(place, now=now, policy=BindingNumbers(), persons=[person])
    return slip.code


async def test_the_words_on_the_slip_bind_once_consent_is_given(talk: Talk, monday: datetime) -> None:
    code = await _code(monday)
    assert "您同意吗" in await talk.say(STRANGER, f"{code}王百川")
    assert "您的姓名" in await talk.say(STRANGER, "1")
    assert "王百川，绑好了" in await talk.say(STRANGER, "王百川")


async def test_digits_and_name_in_one_breath_bind_at_once(talk: Talk, monday: datetime) -> None:
    code = await _code(monday)
    await talk.say(STRANGER, "绑定")
    await talk.say(STRANGER, "1")
    assert "绑好了" in await talk.say(STRANGER, f"{code} 王百川")


async def test_a_guess_that_was_right_keeps_the_words(talk: Talk) -> None:
    offered = await talk.say("oQian", "管子漏")
    picked = next(line[0] for line in offered.splitlines() if "请人上门帮忙" in line)
    assert "“管子漏”，对吗" in await talk.say("oQian", picked)


async def test_a_second_wrong_answer_says_the_way_out(talk: Talk) -> None:
    await talk.say(STRANGER, "报到")
    await talk.say(STRANGER, "1")
    await talk.say(STRANGER, "周十一")
    first, second = await talk.say(STRANGER, "不知道"), await talk.say(STRANGER, "不晓得")
    assert "打电话" not in first
    assert "帮忙" in second
    assert "打电话" in second
