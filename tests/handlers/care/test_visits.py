"""What a visitor reads and writes: the list, one duty, four results, one line, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import cast as stage
import pytest
import visits_rounds as rounds
from talking import spoken

from conversation.context import Context
from conversation.engine import Engine
from conversation.reply import Reply, say
from conversation.router import Directory, Router
from conversation.seat import Seat, read_seat, write_seat
from conversation.understanding import Reading
from handlers.care import visits as room
from handlers.care.visits import recording
from kit.county import County
from models.care.visits import VisitRecord, VisitTask
from models.people.accounts import Account
from models.people.members import Person

elsewhere = Router("human")


@elsewhere.action(needs=())
async def guess(ctx: Context) -> Reply:
    """Stands for the guesses of another room."""
    return say("visits.none")


ENGINE = Engine(Directory.of([room.router, elsewhere]))


@dataclass
class Phone:
    """One bound account that talks to the visits alone."""

    person: Person
    now: datetime
    seat: Seat = field(default_factory=Seat)

    async def say(self, text: str) -> str:
        """The answer to one message, the seat kept as a row keeps it."""
        answered = await ENGINE.answer(spoken(self.person, text, self.now), read_seat(write_seat(self.seat)))
        self.seat, self.now = answered.seat, self.now + timedelta(seconds=20)
        return answered.text


@pytest.fixture
async def leader(db: None, monday: datetime) -> Phone:
    """吴六合, liaison of 赵一禾, a week before the Double Ninth."""
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    return Phone(cast.leader, monday)


async def test_a_visit_is_found_opened_and_recorded_with_a_line(leader: Phone) -> None:
    assert await leader.say("我的走访") == "要您看望的有1位：\n1 赵一禾 重阳慰问 10月18日(周日)\n回复数字就行，0 返回。"
    assert await leader.say("1") == (
        "赵一禾，重阳慰问，10月18日(周日)，农历九月初九。电话199 0000 0001。\n"
        "1 去过了\n2 没见到人\n3 改成打电话了\n4 不用去\n回复数字就行，0 返回。"
    )
    assert await leader.say("1") == "老人家情况怎么样？说一句就行，没什么就回复“没什么”。"
    assert (
        await leader.say("身体硬朗，种了一阳台菊花")
        == "记下了：赵一禾已经看望过。谢谢您！记错了，10分钟内回复“撤销”。\n"
        "1 送了东西，登记一下\n回复数字就行，0 返回。"
    )
    assert (await VisitRecord.get()).findings == "身体硬朗，种了一阳台菊花"


async def test_a_record_is_taken_back_by_a_word(leader: Phone) -> None:
    for text in ("我的走访", "1", "1", "没什么"):
        await leader.say(text)
    assert await leader.say("撤销") == "好的，赵一禾的登记撤回了，还等着您去看望。"
    assert (await VisitTask.get(subject__name="赵一禾")).state == "assigned"


async def test_a_line_that_is_too_long_keeps_the_seat(leader: Phone) -> None:
    for text in ("我的走访", "1", "4"):
        await leader.say(text)
    assert await leader.say("不" * 201) == "请说得短一点，两百个字以内就行。"
    assert await leader.say("去外地女儿家了") == "记下了：赵一禾这次不用去。记错了，10分钟内回复“撤销”。"
    assert (await VisitTask.get(subject__name="赵一禾")).reason == "not_needed"


def understood(ctx: Context) -> Context:
    """As if the understanding had been sure."""
    return ctx.understood(Reading("report_done", {}, 0.99, (), None))


@pytest.mark.parametrize(
    ("text", "answer", "line"),
    [
        ("赵一禾家去过了 身体硬朗", "您看望过赵一禾（重阳慰问）了，对吗？对就回复1，不对回复2。", "身体硬朗"),
        ("今天去看过赵一禾了，精神很好", "您看望过赵一禾（重阳慰问）了，对吗？对就回复1，不对回复2。", "精神很好"),
        ("赵一禾没见到人", "您去了，没见到赵一禾（重阳慰问），对吗？对就回复1，不对回复2。", "没见到人"),
        ("给赵一禾打电话了，她挺好", "您给赵一禾（重阳慰问）打过电话了，对吗？对就回复1，不对回复2。", None),
    ],
)
async def test_plain_words_are_read_back_before_they_count(
    leader: Phone, text: str, answer: str, line: str | None
) -> None:
    ctx = understood(Context(Account(openid="o"), None, leader.now, County(), text, member=leader.person))
    reply = await recording.report(ctx)
    assert reply.text == answer
    assert "硬朗" not in str(reply.choices)
    kept = await recording.keep(ctx.choosing(reply.choices[0].args))
    assert kept.undo is not None
    if line:
        assert (await VisitRecord.get()).findings == line


async def test_a_name_without_a_result_opens_the_duty(leader: Phone) -> None:
    ctx = understood(Context(Account(openid="o"), None, leader.now, County(), "赵一禾", member=leader.person))
    assert (await recording.report(ctx)).then.do == "visits.open"


async def test_who_has_nobody_to_visit_is_read_back_as_a_wish(leader: Phone) -> None:
    zhao = await Person.get(key="zhao")
    ctx = understood(Context(Account(openid="o"), None, leader.now, County(), "修好了", member=zhao))
    assert (await recording.report(ctx)).choices[0].do == "wishes.keep"


async def test_more_than_five_are_shown_in_pages(leader: Phone) -> None:
    for number in range(1, 9):
        person = await Person.create(name=f"许{number}方", branch_id=leader.person.branch_id, liaison=leader.person)
        await VisitTask.create(
            kind="festival_visit",
            occasion="double_ninth:2026",
            subject=person,
            due_on=datetime(2026, 10, 18).date(),
            window_from=datetime(2026, 10, 4).date(),
            assignee_id=leader.person.id,
            state="assigned",
            made_at=leader.now,
        )
    first = await leader.say("我的走访")
    assert first.splitlines()[0] == "要您看望的有9位："
    assert first.splitlines()[5] == "5 下一页"
    assert (await leader.say("5")).splitlines()[1] == "1 许4方 重阳慰问 10月18日(周日)"
    assert len((await leader.say("5")).splitlines()) == 4
    assert (await leader.say("2")).splitlines()[1].startswith("1 赵一禾")


async def test_somebody_else_was_faster(leader: Phone) -> None:
    for text in ("我的走访", "1", "1"):
        await leader.say(text)
    await VisitTask.filter(subject__name="赵一禾").update(state="done")
    assert await leader.say("没什么") == "赵一禾这次已经有人登记好了，不用再去。"
