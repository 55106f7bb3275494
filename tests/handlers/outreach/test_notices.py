"""What a form only announced is opened by its digit, by nobody else, and then asks what the notice asks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from cast import Cast, arrange
from talking import Talk, open_talk

from delivery.outbox import Asked, Letter, post_notice, to_person
from delivery.policy import DeliveryPolicy
from delivery.wording import leave_question
from handlers.routers import ROUTERS
from models.help.wishes import Alarm
from models.outreach.notices import ACCEPTED, Notice
from models.people.accounts import Question

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    return await arrange(monday)


@pytest.fixture
async def talk(cast: Cast, monday: datetime) -> AsyncIterator[Talk]:
    opened = await open_talk(ROUTERS, monday)
    yield opened
    await opened.inbox.stop()


async def as_form(notice: Notice, openid: str, now: datetime) -> None:
    """The notice reached this account as a mere form."""
    notice.channel, notice.state = "template", ACCEPTED
    await notice.save()
    await leave_question(notice, openid, now, DeliveryPolicy())


async def posted(person: object, letter: Letter, now: datetime) -> Notice:
    number = await post_notice(to_person(person), letter, once="one", now=now)
    return await Notice.get(id=number)


async def test_the_digit_on_a_form_opens_the_notice(talk: Talk, cast: Cast) -> None:
    notice = await posted(cast.zhao, Letter("wishes.answered", {"name": "李四友"}), talk.now)
    await as_form(notice, "oZhao", talk.now)
    assert await talk.say("oZhao", "1") == "您的事李四友已经办了。还有不清楚的，回复“帮忙”。"
    assert (await Notice.get(id=notice.id)).outcome == "confirmed"


async def test_what_it_asks_is_asked_then_and_lives_a_day(talk: Talk, cast: Cast) -> None:
    letter = Letter("wishes.new_stranger", asks=(Asked("看看", "help.own"),))
    notice = await posted(cast.leader, letter, talk.now)
    await as_form(notice, "oLeader", talk.now)
    assert await talk.say("oLeader", "1") == "有位老同志有事，请回复1查看。"
    assert (await Notice.get(id=notice.id)).outcome != "confirmed"
    question = await Question.get(notice_id=notice.id, answered_at__isnull=True)
    assert (question.valid_until - talk.now).total_seconds() >= 23 * 3600
    assert "1 我的事" in await talk.say("oLeader", "1")
    assert (await Notice.get(id=notice.id)).outcome == "confirmed"


async def test_nobody_opens_anothers_notice(talk: Talk, cast: Cast) -> None:
    notice = await posted(cast.zhao, Letter("wishes.answered", {"name": "李四友"}), talk.now)
    await as_form(notice, "oQian", talk.now)
    assert "李四友" not in await talk.say("oQian", "1")


async def test_an_alarms_form_goes_before_other_questions_and_leads_to_taking_over(talk: Talk, cast: Cast) -> None:
    await talk.say("oZhao", "我摔倒了起不来")
    alarm = await Notice.filter(say="emergency.alarm_named", recipient=to_person(cast.leader)).first()
    assert alarm is not None
    await as_form(alarm, "oLeader", talk.now)
    other = await posted(cast.leader, Letter("wishes.new_stranger", asks=(Asked("看看", "help.own"),)), talk.now)
    other.channel = "customer"
    await leave_question(other, "oLeader", talk.now, DeliveryPolicy())
    assert "接手请回复1" in await talk.say("oLeader", "1")
    assert "交给您了" in await talk.say("oLeader", "1")
    assert (await Alarm.get()).state == "taken"


@pytest.mark.parametrize(
    ("say", "title"),
    [("emergency.alarm_known", "急事，等人接手"), ("emergency.says_well", "急事有了好消息"),
     ("emergency.taken", "急事已有人接手")],
)  # fmt: skip
async def test_the_form_says_which_kind_it_is(say: str, title: str, cast: Cast, monday: datetime) -> None:
    notice = await posted(cast.leader, Letter(say, {"name": "赵一禾"}, topic="emergency"), monday)
    await as_form(notice, "oLeader", monday)
    assert (await Question.get(notice_id=notice.id)).title == title
