"""The way in: each message once, in its person's order, answered alike; a refusal or a bug harms only itself."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
from talking import Talk, event, open_talk, text_message

from bot.inbox import NotSaved, Overloaded, _next_batch
from conversation.context import Context
from conversation.reply import Choice, Reply, menu
from conversation.router import Router
from delivery.outbox import Asked, Letter, post_notice, to_openid
from kit.county import County, TalkNumbers
from kit.errors import Refusal
from models import arrivals
from models.counters import totals
from models.database import connection
from models.inbox import InboxMessage
from models.outreach.notices import Notice
from models.people.accounts import Account, Question
from models.platform import Mark
from wechat.messages import Message, Subscribe, Unsubscribe

pytestmark = pytest.mark.usefixtures("db")
human, help_room, emergency = Router("human"), Router("help"), Router("emergency")
gate: dict[str, asyncio.Event] = {}


async def mark(name: str, now: datetime) -> None:
    """An effect that counts how often it happened."""
    row, _ = await Mark.get_or_create({"value": "0", "at": now}, name=name)
    await Mark.filter(name=name).update(value=str(int(row.value) + 1))


async def marked(name: str) -> int:
    row = await Mark.get_or_none(name=name)
    return int(row.value) if row else 0


@human.action(needs=())
async def guess(ctx: Context) -> Reply:
    """Whatever the test says: the first sign tells what happens."""
    await mark(f"{ctx.openid}:{ctx.text[:8]}", ctx.now)
    if ctx.text.startswith("坏"):
        raise LookupError("a bug")
    if ctx.text.startswith("拒"):
        await mark("half", ctx.now)
        raise Refusal("binding.slip_spent")
    if ctx.text.startswith("等"):
        await gate["open"].wait()
    if ctx.text.startswith("默"):
        return Reply("")
    if ctx.text.startswith("单"):
        return menu("help.menu", [Choice("甲", "human.done")])
    return Reply(f"听到{ctx.text[:8]}")


@human.action(needs=())
async def done(ctx: Context) -> Reply:
    return Reply("办了")


@human.action(needs=())
async def half(ctx: Context) -> Reply:
    return Reply("一半").followed_by("human.no")


@human.action(needs=())
async def no(ctx: Context) -> Reply:
    await mark("half", ctx.now)
    raise Refusal("binding.slip_spent")


@help_room.action(needs=())
async def number(ctx: Context) -> Reply:
    return Reply("没有要选的")


@emergency.intent("emergency", needs=())
async def alarm(ctx: Context) -> Reply:
    return Reply("打120")


@help_room.event(Subscribe, Unsubscribe)
async def came_or_went(ctx: Context) -> Reply:
    return Reply("")


ROUTERS = [emergency, human, help_room]


@pytest.fixture(autouse=True)
def plain_log() -> Iterator[None]:
    """Tracebacks as the service writes them: the library's own coloured ones take seconds."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    )
    yield
    structlog.reset_defaults()


@pytest.fixture
async def talk(monday: datetime) -> AsyncIterator[Talk]:
    gate["open"] = asyncio.Event()
    opened = await open_talk(ROUTERS, monday)
    yield opened
    gate["open"].set()
    await opened.inbox.stop()


async def together(talk: Talk, *said: tuple[str, str]) -> list[str]:
    """Messages that arrive in one breath, and so in one batch where they are of different people."""
    messages = [text_message(openid, words, talk.now) for openid, words in said]
    return list(await asyncio.gather(*(talk.inbox.take(one, talk.now) for one in messages)))


# Once only (R2, R3)


async def test_a_repeat_has_no_second_effect_and_the_same_answer(talk: Talk) -> None:
    message = text_message("oA", "嘎一", talk.now)
    answers = [await talk.inbox.take(message, talk.now + timedelta(seconds=wait)) for wait in (0, 5, 600)]
    assert answers == ["听到嘎一"] * 3
    assert await marked("oA:嘎一") == 1


async def test_repeats_while_the_first_still_runs_join_it(talk: Talk) -> None:
    message = text_message("oA", "等一", talk.now)
    waiting = [asyncio.create_task(talk.inbox.take(message, talk.now)) for _ in range(3)]
    await asyncio.sleep(0.05)
    gate["open"].set()
    assert await asyncio.gather(*waiting) == ["听到等一"] * 3
    assert await marked("oA:等一") == 1


async def test_a_repeat_after_a_restart_gets_the_same_answer(talk: Talk) -> None:
    message = text_message("oA", "嘎一", talk.now)
    first = await talk.inbox.take(message, talk.now)
    other = await open_talk(ROUTERS, talk.now)
    assert await other.inbox.take(message, talk.now) == first
    await other.inbox.stop()
    assert await marked("oA:嘎一") == 1


@pytest.mark.parametrize("words", ["默一", "坏一", "拒一"], ids=["silence", "a bug", "a refusal"])
async def test_silence_a_bug_and_a_refusal_are_repeated_alike(talk: Talk, words: str) -> None:
    message = text_message("oA", words, talk.now)
    assert await talk.inbox.take(message, talk.now) == await talk.inbox.take(message, talk.now)


async def test_the_same_number_from_two_people_is_two_messages(talk: Talk) -> None:
    one, other = event("oA", "subscribe", talk.now), event("oB", "subscribe", talk.now)
    assert one.identity == other.identity
    await talk.inbox.take(one, talk.now)
    await talk.inbox.take(other, talk.now)
    assert await InboxMessage.all().count() == 2


# In order (R5)


async def test_one_persons_messages_are_never_in_one_batch(talk: Talk) -> None:
    answers = await together(talk, ("oA", "单"), ("oB", "嘎二"), ("oA", "1"), ("oA", "1"))
    assert answers == ["您好，您想办什么？\n1 甲\n回复数字就行，0 返回。", "听到嘎二", "办了", "没有要选的"]


async def test_what_was_written_earlier_goes_first_of_what_waits(talk: Talk) -> None:
    later = text_message("oA", "1", talk.now + timedelta(seconds=9))
    earlier = text_message("oA", "单", talk.now)
    answers = await asyncio.gather(talk.inbox.take(later, talk.now), talk.inbox.take(earlier, talk.now))
    assert answers[0] == "办了"


def test_what_is_held_back_keeps_its_order(monday: datetime) -> None:
    class Waiting:
        def __init__(self, message: Message) -> None:
            self.message = message

    people = ["oA", "oA", "oB", "oA", "oB", "oC"]
    waiting: Any = deque(Waiting(text_message(openid, str(at), monday)) for at, openid in enumerate(people))
    batches = []
    while waiting:
        batches.append([one.message.content for one in _next_batch(waiting)])
    assert batches == [["0", "2", "5"], ["1", "4"], ["3"]]


# Only itself (R6)


async def test_a_refusal_takes_its_own_writes_back_and_no_others(talk: Talk) -> None:
    answers = await together(talk, ("oA", "嘎一"), ("oB", "拒二"), ("oC", "嘎三"))
    assert answers == ["听到嘎一", "这张绑定条用过了，或者过期了。请找社区换一张新的。", "听到嘎三"]
    assert [await marked(name) for name in ("oA:嘎一", "oB:拒二", "half", "oC:嘎三")] == [1, 0, 0, 1]


async def test_a_refusal_in_a_chain_keeps_the_step_before_it(talk: Talk) -> None:
    answer = await talk.push("oA", "CLICK", EventKey="human.half")
    assert answer.startswith("一半\n这张绑定条")
    assert await marked("half") == 0


async def test_a_broken_handler_harms_only_its_own_message(talk: Talk) -> None:
    answers = await together(talk, ("oA", "嘎一"), ("oB", "坏二"), ("oC", "嘎三"))
    assert answers[0] == "听到嘎一"
    assert answers[1].startswith("抱歉，刚才没办成，我们正在查。编号")
    assert answers[2] == "听到嘎三"
    assert [await marked(name) for name in ("oA:嘎一", "oB:坏二", "oC:嘎三")] == [1, 0, 1]


async def test_a_broken_message_waits_sealed_for_its_next_attempt(talk: Talk) -> None:
    await talk.say("oA", "坏一")
    row = await InboxMessage.get(openid="oA")
    assert (row.state, row.attempts) == ("failed", 1)
    assert row.retry_at == talk.now + timedelta(minutes=1)
    assert row.words == "<xml/>"
    stored = await connection().execute_query_dict("SELECT words, reply FROM inbox")
    assert all(value.startswith("v1.") for value in stored[0].values())


async def test_the_words_of_a_message_that_is_done_are_kept_nowhere(talk: Talk) -> None:
    await talk.say("oA", "嘎嘎嘎很特别的话")
    assert (await InboxMessage.get(openid="oA")).words is None
    await talk.say("oA", "单")
    seat = (await connection().execute_query_dict("SELECT seat FROM account"))[0]["seat"]
    assert "甲" not in str(seat)
    opened = arrivals.open_seat((await Account.get(openid="oA")).seat)
    assert opened["menu"]["choices"][0]["label"] == "甲"


# Too fast (X17)


async def test_who_floods_is_asked_to_rest_and_danger_passes(monday: datetime) -> None:
    talk = await open_talk(ROUTERS, monday, County(talk=TalkNumbers(per_minute=3)))
    answers = [await talk.say("oA", "嘎") for _ in range(5)]
    assert answers[:3] == ["听到嘎"] * 3
    assert set(answers[3:]) == {"您发得太快了，请歇一分钟再发。急事请打120或110。"}
    assert await talk.say("oA", "我摔倒了起不来") == "打120"
    assert await talk.say("oB", "嘎") == "听到嘎"
    talk.now += timedelta(minutes=1)
    assert await talk.say("oA", "嘎") == "听到嘎"
    await talk.inbox.stop()
    assert await marked("oA:嘎") == 4


async def test_a_batch_that_is_done_again_counts_a_message_once(monday: datetime) -> None:
    talk = await open_talk(ROUTERS, monday, County(talk=TalkNumbers(per_minute=2)))
    for _ in range(2):
        assert (await together(talk, ("oA", "嘎"), ("oB", "拒")))[0] == "听到嘎"
    await talk.inbox.stop()


# Questions of notices


async def asked(talk: Talk, do: str) -> Question:
    letter = Letter("wishes.new_stranger", asks=(Asked("看", do),))
    await post_notice(to_openid("oA"), letter, once="n", now=talk.now)
    notice = await Notice.get()
    await Notice.filter(id=notice.id).update(state="accepted", outcome="sent")
    choices = [{"label": "看", "do": do, "args": {}}]
    until = talk.now + timedelta(days=1)
    return await Question.create(
        openid="oA", title="有人找", choices=choices, asked_at=talk.now, valid_until=until, notice_id=notice.id
    )


@pytest.mark.parametrize("do", ["human.done", "human.no"], ids=["done", "refused"])
async def test_an_answered_question_is_over_and_its_notice_told(talk: Talk, do: str) -> None:
    question = await asked(talk, do)
    await talk.say("oA", "1")
    await question.refresh_from_db()
    assert (question.answered_at, question.answer) == (talk.now, "1")
    assert (await Notice.get()).outcome == "confirmed"
    assert await talk.say("oA", "1") == "没有要选的"


# Odd


@pytest.mark.parametrize("words", ["", "好" * 20_000, "1" * 20_000, "😀" * 500, "𠮷"], ids=range(5))
async def test_odd_words_are_answered(talk: Talk, words: str) -> None:
    assert await talk.say("oA", words)


async def test_an_inbox_that_closes_takes_nothing_new_and_keeps_its_counts(monday: datetime) -> None:
    talk = await open_talk(ROUTERS, monday)
    await talk.say("oA", "嘎")
    talk.inbox.note("refused")
    await talk.inbox.stop()
    with pytest.raises(Overloaded):
        await talk.say("oA", "嘎")
    counted = await totals()
    assert (counted["received"], counted["new"], counted["refused"]) == (1, 1, 1)


async def test_a_database_that_is_away_acknowledges_nothing(talk: Talk) -> None:
    await connection().execute_script("ALTER TABLE inbox RENAME TO inbox_away")
    with pytest.raises(NotSaved):
        await talk.say("oA", "嘎")
    await connection().execute_script("ALTER TABLE inbox_away RENAME TO inbox")
    assert await talk.say("oA", "嘎") == "听到嘎"
