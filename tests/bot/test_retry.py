"""Broken messages are tried again five times, then wait once on a person's list; a late success says so."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from cast import arrange
from talking import Talk, open_talk

from bot.retry import retry_job, try_again
from conversation.context import Context
from conversation.engine import Engine
from conversation.reply import Choice, Reply, menu
from conversation.router import Directory, Router
from kit.county import County
from models.help.wishes import Wish
from models.inbox import InboxMessage
from models.outreach.notices import Notice
from wechat.messages import Message, read

pytestmark = pytest.mark.usefixtures("db")
human, help_room, emergency = Router("human"), Router("help"), Router("emergency")
mood = {"is_broken": True}
RAW = (
    "<xml><ToUserName>gh_5a17c0de0001</ToUserName><FromUserName>oZhao</FromUserName><CreateTime>1</CreateTime>"
    "<MsgType>text</MsgType><Content>{words}</Content><MsgId>{number}</MsgId></xml>"
)


@human.action(needs=())
async def guess(ctx: Context) -> Reply:
    if ctx.text == "单":
        return menu("help.menu", [Choice("甲", "human.done")])
    if mood["is_broken"]:
        raise LookupError("a bug")
    return Reply(f"听到{ctx.text}")


@human.action(needs=())
async def done(ctx: Context) -> Reply:
    if mood["is_broken"]:
        raise LookupError("a bug")
    return Reply("办了")


@help_room.action(needs=())
async def number(ctx: Context) -> Reply:
    if mood["is_broken"]:
        raise LookupError("a bug")
    return Reply("没有要选的")


@emergency.intent("emergency", needs=())
async def alarm(ctx: Context) -> Reply:
    return Reply("打120")


ROUTERS = [human, help_room, emergency]
HOUSE: Any = SimpleNamespace(engine=Engine(Directory.of(ROUTERS)), county=County())


@pytest.fixture(autouse=True)
def plain_log() -> Iterator[None]:
    mood["is_broken"] = True
    written = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    structlog.configure(processors=written)
    yield
    structlog.reset_defaults()


@pytest.fixture
async def talk(monday: datetime) -> AsyncIterator[Talk]:
    await arrange(monday)
    opened = await open_talk(ROUTERS, monday)
    yield opened
    await opened.inbox.stop()


def message(words: str, number: int) -> Message:
    raw = RAW.format(words=words, number=number)
    fields = {"ToUserName": "gh_5a17c0de0001", "FromUserName": "oZhao", "CreateTime": "1", "MsgType": "text"}
    return read({**fields, "Content": words, "MsgId": str(number)}, raw)


async def broken(talk: Talk, words: str = "嘎嘎") -> InboxMessage:
    talk.now += timedelta(seconds=1)
    await talk.inbox.take(message(words, 77), talk.now)
    return await InboxMessage.get(identity="77")


async def test_five_attempts_then_parked_with_one_wish_for_a_person(talk: Talk) -> None:
    row, outcomes = await broken(talk), []
    for _ in range(4):
        row = await InboxMessage.get(id=row.id)
        assert row.retry_at is not None
        outcomes.append(await try_again(HOUSE, row, row.retry_at))
    row = await InboxMessage.get(id=row.id)
    assert outcomes == ["again", "again", "again", "parked"]
    assert (row.state, row.attempts, row.retry_at) == ("parked", 5, None)
    assert row.words is not None
    wish = await Wish.get(kind="parked")
    assert wish.words == row.incident


async def test_parked_again_by_hand_makes_no_second_wish(talk: Talk) -> None:
    row = await broken(talk)
    await InboxMessage.filter(id=row.id).update(state="parked", attempts=5)
    assert await try_again(HOUSE, await InboxMessage.get(id=row.id), talk.now) == "parked"
    assert await Wish.filter(kind="parked").count() == 0


async def test_a_late_success_is_told_once_and_its_words_are_gone(talk: Talk) -> None:
    row = await broken(talk)
    mood["is_broken"] = False
    assert [await try_again(HOUSE, row, talk.now) for _ in range(2)] == ["done", "done"]
    kept = await InboxMessage.get(id=row.id)
    assert (kept.state, kept.words) == ("done", None)
    later = await Notice.get(say="conversation.later")
    assert later.recipient == "openid:oZhao"
    assert later.facts == '{"text":"听到嘎嘎"}'


async def test_a_late_digit_chooses_nothing_that_was_shown_since(talk: Talk) -> None:
    row = await broken(talk, "1")
    await talk.say("oZhao", "单")
    mood["is_broken"] = False
    await try_again(HOUSE, row, talk.now)
    assert (await Notice.get(say="conversation.later")).facts == '{"text":"没有要选的"}'
    assert await talk.say("oZhao", "1") == "办了"


async def test_the_job_takes_what_is_due(talk: Talk) -> None:
    await broken(talk)
    job, nothing = retry_job(HOUSE), {"done": 0, "again": 0, "parked": 0}
    deps: Any = None
    assert await job.run(talk.now, deps) == nothing
    mood["is_broken"] = False
    assert await job.run(talk.now + timedelta(minutes=1), deps) == {**nothing, "done": 1}
