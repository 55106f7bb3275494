"""What the engine does with one message: danger, escapes, what was asked last, dialogs, meaning; and what it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from conversation.context import Context, Speaker
from conversation.dialog import Answers, Dialog, Step
from conversation.engine import Engine
from conversation.reply import Choice, Reply, begin, confirm, menu, say
from conversation.router import CONSENT, WHOM, Directory, Router
from conversation.seat import Seat, read_seat, write_seat
from conversation.turn import Answered, Turn
from conversation.understanding import Reading
from kit.county import County
from kit.errors import Refusal
from models.people.accounts import Account, Question
from models.people.members import Person
from wechat.messages import Click, Message, Text, Unsubscribe

room = Router("room")
talk, emergency, human, help_room = Router("conversation"), Router("emergency"), Router("human"), Router("help")
binding, consents = Router("binding"), Router("consents")
DONE: list[str] = []
NEVER_MIND = "好的，那就先不办。有需要随时找我。"


async def answers_freely(ctx: Context, text: str) -> str:
    if text == "乱":
        raise Refusal("binding.name_wanted")
    return text


async def finish(ctx: Context, answers: Answers) -> Reply:
    if answers["colour"] == "黑":
        raise Refusal("binding.digits_wanted")
    return Reply(f"{answers['name']}/{answers['colour']}/{ctx.member.name if ctx.member else '谁'}")


room.dialog(
    Dialog(
        "form",
        (
            Step("name", "binding.ask_name", answers_freely),
            Step("colour", "binding.ask_tail", answers_freely),
        ),
        finish,
    )
)


@room.action(needs=())
async def form(ctx: Context) -> Reply:
    return begin("form", **ctx.chosen)


@room.action(needs=())
async def listed(ctx: Context) -> Reply:
    return menu("help.menu", [Choice("甲岗", "room.take", {"what": "甲"}), Choice("乙岗位", "room.full")])


@room.action(needs=())
async def take(ctx: Context) -> Reply:
    DONE.append(str(ctx.chosen["what"]))
    return Reply("领了" + str(ctx.chosen["what"])).undoable("room.give_back")


@room.action(needs=())
async def give_back(ctx: Context) -> Reply:
    return Reply("退了")


@room.action(needs=())
async def full(ctx: Context) -> Reply:
    raise Refusal("binding.slip_spent")


@room.action(needs=())
async def read_back(ctx: Context) -> Reply:
    no = Choice("", "room.change") if ctx.chosen.get("may_change") else None
    return confirm("binding.slip_scanned", "room.take", no=no, args={"what": "条"})


@room.action(needs=())
async def change(ctx: Context) -> Reply:
    return Reply("改哪一样")


@room.action(needs=())
async def lost(ctx: Context) -> Reply:
    return Reply("").followed_by("room.nowhere")


@room.action(needs=())
async def chain_to_no(ctx: Context) -> Reply:
    return Reply("前一步办好了").followed_by("room.full")


@room.action(needs=())
async def endless(ctx: Context) -> Reply:
    return Reply("又").followed_by("room.endless")


@room.intent("safe_today")
async def own(ctx: Context) -> Reply:
    return Reply(f"{ctx.person.name}:{ctx.text}")


@room.action(needs=(CONSENT,))
async def agreed(ctx: Context) -> Reply:
    return Reply("同意了再来的")


@room.action(needs=(WHOM,))
async def anybody(ctx: Context) -> Reply:
    return Reply(ctx.member.name if ctx.member else "陌生人")


@emergency.intent("emergency", needs=())
async def alarm(ctx: Context) -> Reply:
    return Reply(f"打120（{ctx.subject.name if ctx.subject else '陌生人'}）")


@emergency.action(needs=())
async def ask(ctx: Context) -> Reply:
    return menu("emergency.ask", [Choice("有", "emergency.yes"), Choice("没有", "emergency.no", {"said": ctx.text})])


@emergency.action(needs=())
async def no(ctx: Context) -> Reply:
    return Reply("", said=str(ctx.chosen["said"]))


@emergency.action(needs=())
async def fraud(ctx: Context) -> Reply:
    return Reply("别转账")


@human.action(needs=())
async def call(ctx: Context) -> Reply:
    return Reply("找人")


@human.action(needs=())
async def guess(ctx: Context) -> Reply:
    return Reply(f"猜{ctx.chosen['misses']}")


@help_room.action(needs=())
async def number(ctx: Context) -> Reply:
    return Reply("没有要选的")


@help_room.action(needs=())
async def menu_of(ctx: Context) -> Reply:
    return Reply("菜单")


help_room.actions["help.menu"] = help_room.actions["help.menu_of"]


@talk.action(needs=())
async def never_mind(ctx: Context) -> Reply:
    return say("conversation.never_mind")


@talk.intent("confirm_yes", "confirm_no", needs=())
async def answer_to_nothing(ctx: Context) -> Reply:
    return Reply("好")


@consents.action(needs=())
async def ask_consent(ctx: Context) -> Reply:
    return Reply(f"同意吗 {ctx.chosen['then']}")


consents.actions["consents.ask"] = consents.actions["consents.ask_consent"]


@binding.action(needs=())
async def whom(ctx: Context) -> Reply:
    return menu(
        "binding.whom",
        [Choice(one.person.name, "binding.speak_for", {"person": one.person.id, **ctx.chosen}) for one in ctx.speakers],
    )


@binding.action(needs=())
async def speak_for(ctx: Context) -> Reply:
    chosen = ctx.chosen
    said = str(chosen.get("said") or "")
    return Reply("", speaks_for=int(chosen["person"]), said=said).followed_by(chosen["then"], **chosen["args"])


@binding.action(needs=())
async def offer(ctx: Context) -> Reply:
    return Reply("先绑定")


ENGINE = Engine(Directory.of([emergency, room, talk, human, help_room, binding, consents]))


@dataclass
class Phone:
    """One account that talks to the engine; what it was asked is kept as a row keeps it."""

    now: datetime
    speakers: tuple[Speaker, ...] = ()
    consented: str = County().privacy_version
    seat: Seat = field(default_factory=Seat)
    questions: Sequence[Question] = ()
    last: Answered | None = None

    async def push(self, message: Message, text: str = "", *, is_hasty: bool = False) -> str:
        account = Account(openid="oPhone", first_seen=self.now, consented=self.consented)
        ctx = Context(account, message, self.now, County(), text, self.speakers, is_hasty=is_hasty)
        self.last = await ENGINE.answer(ctx, read_seat(write_seat(self.seat)), self.questions)
        self.seat, self.now = self.last.seat, self.now + timedelta(seconds=20)
        return self.last.text

    async def say(self, text: str, *, is_hasty: bool = False) -> str:
        message = Text(to="gh", openid="oPhone", created=int(self.now.timestamp()), msg_id="1", content=text)
        return await self.push(message, text, is_hasty=is_hasty)

    async def tap(self, key: str) -> str:
        return await self.push(Click(to="gh", openid="oPhone", created=int(self.now.timestamp()), event_key=key))


@pytest.fixture
def phone(monday: datetime) -> Phone:
    DONE.clear()
    return Phone(monday)


def person(name: str, number: int) -> Person:
    return Person(id=number, name=name)


def question(number: int, asked_at: datetime, choices: int = 1, title: str = "通知") -> Question:
    listed: list[dict[str, Any]] = [
        {"label": f"第{at}样", "do": "room.take", "args": {"what": f"问{number}-{at}"}} for at in range(1, choices + 1)
    ]
    until = asked_at + timedelta(days=1)
    return Question(id=number, openid="oPhone", title=title, choices=listed, asked_at=asked_at, valid_until=until)


# Dialogs


async def test_a_dialog_asks_in_order_and_counts_its_steps(phone: Phone) -> None:
    assert await phone.tap("room.form") == "（第1步，共2步）请问您的姓名？（回复 0 返回）"
    assert await phone.say("王百川") == "（第2步，共2步）您手机号的最后四位是多少？"
    assert await phone.say("红") == "王百川/红/谁"
    assert phone.seat.sitting is None


async def test_a_refused_answer_keeps_the_seat(phone: Phone) -> None:
    await phone.tap("room.form")
    assert await phone.say("乱") == "姓名请用汉字填写，比如：王百川。"
    assert await phone.say("王百川") == "（第2步，共2步）您手机号的最后四位是多少？"


async def test_a_refused_ending_keeps_the_last_question_open(phone: Phone) -> None:
    await phone.tap("room.form")
    await phone.say("王百川")
    assert await phone.say("黑") == "请发四位数字，比如：0427。"
    assert phone.last is not None
    assert phone.last.was_refused
    assert await phone.say("红") == "王百川/红/谁"


@pytest.mark.parametrize("word", ["0", "返回", "上一步", "点错了", "撤销"])
async def test_going_back_asks_the_question_before_again_and_loses_nothing_else(phone: Phone, word: str) -> None:
    await phone.tap("room.form")
    await phone.say("王百穿")
    assert await phone.say(word) == "（第1步，共2步）请问您的姓名？（回复 0 返回）"
    await phone.say("王百川")
    assert await phone.say("红") == "王百川/红/谁"


async def test_going_back_before_the_first_answer_leaves(phone: Phone) -> None:
    await phone.tap("room.form")
    assert (await phone.say("0")).startswith("好的，先到这里")
    assert phone.seat.sitting is None


async def test_what_was_known_is_not_gone_back_to(phone: Phone) -> None:
    phone.seat = Seat().sat("form", {"name": "王百川", "_known": ["name"]}, phone.now)
    assert (await phone.say("0")).startswith("好的，先到这里")


async def test_help_inside_a_dialog_keeps_the_seat_and_repeats_the_question(phone: Phone) -> None:
    await phone.tap("room.form")
    assert await phone.say("帮忙") == "找人\n（第1步，共2步）请问您的姓名？（回复 0 返回）"
    assert await phone.say("王百川") == "（第2步，共2步）您手机号的最后四位是多少？"


async def test_an_emergency_inside_a_dialog_keeps_the_seat_and_asks_nothing(phone: Phone) -> None:
    await phone.tap("room.form")
    assert await phone.say("我摔倒了起不来") == "打120（陌生人）"
    assert await phone.say("王百川") == "（第2步，共2步）您手机号的最后四位是多少？"


async def test_a_dialog_of_an_older_release_is_left(phone: Phone) -> None:
    phone.seat = Seat().sat("no_more", {}, phone.now)
    assert await phone.say("今天天气") == "猜1"
    assert phone.seat.sitting is None


async def test_a_dialog_outlives_a_day_but_not_eight(phone: Phone) -> None:
    await phone.tap("room.form")
    phone.now += timedelta(hours=30)
    assert await phone.say("王百川") == "（第2步，共2步）您手机号的最后四位是多少？"
    phone.now += timedelta(days=8)
    assert await phone.say("红") == "猜1"


# What was asked last (decision 7)


async def test_a_digit_answers_a_notice_that_came_after_the_dialogs_question(phone: Phone) -> None:
    await phone.tap("room.form")
    phone.questions = [question(7, phone.now)]
    phone.now += timedelta(minutes=1)
    assert await phone.say("1") == "领了问7-1\n（第1步，共2步）请问您的姓名？（回复 0 返回）"
    assert phone.last is not None
    assert phone.last.question is phone.questions[0]
    assert phone.last.picked == 1


async def test_a_digit_answers_the_dialog_that_was_asked_after_the_notice(phone: Phone) -> None:
    phone.questions = [question(7, phone.now)]
    phone.now += timedelta(minutes=1)
    await phone.tap("room.form")
    assert await phone.say("1") == "（第2步，共2步）您手机号的最后四位是多少？"
    assert phone.last is not None
    assert phone.last.question is None


async def test_a_digit_answers_the_menu_that_was_shown_after_the_notice(phone: Phone) -> None:
    phone.questions = [question(7, phone.now)]
    phone.now += timedelta(minutes=1)
    await phone.tap("room.listed")
    assert await phone.say("1") == "领了甲"


async def test_several_open_questions_come_as_a_list(phone: Phone) -> None:
    phone.questions = [question(7, phone.now, title="走访"), question(8, phone.now, title="开会")]
    assert await phone.say("1") == "有几件事等您回话，您说的是哪一件？\n1 走访\n2 开会"


@pytest.mark.parametrize(
    ("said", "choices", "answer"),
    [
        ("好的", 1, "领了问7-1"),
        ("好的", 2, "领了问7-1"),
        ("不对", 2, "领了问7-2"),
        ("不对", 1, "好"),
        ("好的", 3, "好"),
        ("5", 2, "请回复1到2之间的数字。"),
        ("5", 1, "通知\n1 第1样"),
    ],
    ids=["yes to one", "yes to two", "no to two", "no to one", "yes to three", "no such number", "not the only number"],
)
async def test_what_a_word_answers_to_a_notice(phone: Phone, said: str, choices: int, answer: str) -> None:
    phone.questions = [question(7, phone.now, choices)]
    assert await phone.say(said) == answer


@pytest.mark.parametrize("words", ["没来", "没来。"])
async def test_a_choice_of_a_question_is_also_said_by_its_words(phone: Phone, words: str) -> None:
    asked = question(7, phone.now, 2)
    asked.choices = [{**one, "label": label} for one, label in zip(asked.choices, ("来了", "没来"), strict=True)]
    phone.questions = [asked]
    await phone.say(words)
    assert phone.last.question is asked


async def test_a_question_that_is_over_is_answered_no_more(phone: Phone) -> None:
    phone.questions = [question(7, phone.now - timedelta(days=2))]
    assert await phone.say("1") == "没有要选的"


async def test_a_refused_answer_settles_the_question_all_the_same(phone: Phone) -> None:
    phone.questions = [question(7, phone.now)]
    phone.questions[0].choices[0]["do"] = "room.full"
    assert (await phone.say("1")).startswith("这张绑定条用过了")
    assert phone.last is not None
    assert phone.last.question is phone.questions[0]


# Menus


async def test_a_menu_older_than_half_an_hour_is_shown_again_and_does_nothing(phone: Phone) -> None:
    shown = await phone.tap("room.listed")
    for _ in range(2):
        phone.now += timedelta(minutes=31)
        assert await phone.say("1") == "刚才的单子时间久了，再给您列一遍。\n" + shown
    assert DONE == []
    assert await phone.say("1") == "领了甲"


async def test_a_number_beyond_the_menu_is_told_kindly_however_often(phone: Phone) -> None:
    shown = await phone.tap("room.listed")
    for _ in range(2):
        assert await phone.say("9") == "请回复1到2之间的数字。\n" + shown


@pytest.mark.parametrize("said", ["甲岗", "乙岗位", "甲"], ids=["its words", "words that hold no other", "one sign"])
async def test_a_choice_by_its_words(phone: Phone, said: str) -> None:
    await phone.tap("room.listed")
    expected = {"甲岗": "领了甲", "乙岗位": "这张绑定条用过了，或者过期了。请找社区换一张新的。"}
    assert await phone.say(said) == expected.get(said, "猜1")


async def test_a_choice_counts_once(phone: Phone) -> None:
    await phone.tap("room.listed")
    await phone.say("1")
    assert await phone.say("1") == "没有要选的"
    assert DONE == ["甲"]


async def test_a_menu_stays_when_the_rules_refuse_one_line_of_it(phone: Phone) -> None:
    await phone.tap("room.listed")
    await phone.say("2")
    assert await phone.say("1") == "领了甲"


async def test_a_plain_yes_is_not_the_first_line_of_a_list(phone: Phone) -> None:
    await phone.tap("room.listed")
    assert await phone.say("好的") == "好"


@pytest.mark.parametrize(
    ("said", "answer"),
    [("1", "领了条"), ("对", "领了条"), ("2", NEVER_MIND), ("不对", NEVER_MIND), ("0", NEVER_MIND)],
)
async def test_a_read_back_is_answered_by_number_yes_no_or_back(phone: Phone, said: str, answer: str) -> None:
    await phone.tap("room.read_back")
    assert await phone.say(said) == answer


async def test_an_action_that_is_no_more_is_told_kindly(phone: Phone) -> None:
    assert (await phone.tap("room.nowhere")).startswith("这个选项已经过期了")
    assert (await phone.tap("room.lost")).startswith("这个选项已经过期了")


# Undo


async def test_what_was_done_is_taken_back_once_within_ten_minutes(phone: Phone) -> None:
    await phone.tap("room.listed")
    await phone.say("1")
    assert await phone.say("撤销") == "退了"
    assert (await phone.say("撤销")).startswith("没有可以撤回的操作")


async def test_after_ten_minutes_nothing_is_taken_back(phone: Phone) -> None:
    await phone.tap("room.listed")
    await phone.say("1")
    phone.now += timedelta(minutes=11)
    assert (await phone.say("撤销")).startswith("没有可以撤回的操作")


# Chains


async def test_a_refusal_in_a_chain_keeps_what_the_step_before_said(phone: Phone) -> None:
    assert await phone.tap("room.chain_to_no") == "前一步办好了\n这张绑定条用过了，或者过期了。请找社区换一张新的。"


async def test_a_chain_ends(phone: Phone) -> None:
    assert await phone.tap("room.endless") == "又\n又\n又\n又\n又"


# Who speaks


async def test_without_consent_only_what_needs_none_is_done(phone: Phone) -> None:
    phone.consented = "2020-1"
    assert await phone.tap("room.agreed") == "同意吗 room.agreed"
    assert await phone.say("我摔倒了起不来") == "打120（陌生人）"
    assert await phone.say("帮忙") == "找人"


async def test_a_stranger_is_offered_to_bind(phone: Phone) -> None:
    assert await phone.say("报平安") == "先绑定"
    assert await phone.tap("room.anybody") == "陌生人"


async def test_two_on_one_phone_are_asked_for_whom_and_the_words_are_not_lost(phone: Phone) -> None:
    phone.speakers = (Speaker(person("赵一禾", 1), "self"), Speaker(person("钱二梅", 2), "proxy"))
    assert "1 赵一禾\n2 钱二梅" in await phone.say("我今天平安")
    assert await phone.say("2") == "钱二梅:我今天平安"
    assert await phone.say("我今天平安") == "钱二梅:我今天平安"
    phone.now += timedelta(minutes=31)
    assert "1 赵一禾" in await phone.say("我今天平安")


async def test_a_dialog_knows_for_whom_it_is_until_its_end(phone: Phone) -> None:
    phone.speakers = (Speaker(person("赵一禾", 1), "self"), Speaker(person("钱二梅", 2), "proxy"))
    await phone.tap("room.anybody")
    await phone.say("钱二梅")
    await phone.tap("room.form")
    phone.now += timedelta(hours=20)
    await phone.say("某人")
    assert await phone.say("红") == "某人/红/钱二梅"
    phone.now += timedelta(minutes=31)
    assert "1 赵一禾" in await phone.tap("room.anybody")


async def test_danger_on_a_shared_phone_is_its_owners_without_a_question(phone: Phone) -> None:
    phone.speakers = (Speaker(person("钱二梅", 2), "proxy"), Speaker(person("赵一禾", 1), "self"))
    assert await phone.say("我摔倒了起不来") == "打120（赵一禾）"


# Danger in doubt


async def test_in_doubt_about_danger_one_question_is_asked_and_the_words_wait(phone: Phone) -> None:
    ctx = Context(Account(openid="o"), None, phone.now, County(), "头晕")
    doubtful = Reading("report_illness", {}, 0.7, (("emergency", 0.2),), None)
    turn_ctx = ctx.understood(doubtful)
    reply = await ENGINE._doubt(Turn(turn_ctx, Seat(), ()))
    assert reply is not None
    assert reply.text == "您现在有危险吗？\n1 有\n2 没有\n回复数字就行，0 返回。"


async def test_no_danger_goes_on_with_what_the_words_meant(phone: Phone) -> None:
    phone.speakers = (Speaker(person("赵一禾", 1), "self"),)
    choices = (Choice("有", "emergency.yes"), Choice("没有", "emergency.no", {"said": "我今天平安"}))
    phone.seat = Seat().showing("您现在有危险吗？", choices, phone.now)
    assert await phone.say("2") == "赵一禾:我今天平安"


async def test_no_danger_is_the_answer_of_the_open_dialog(phone: Phone) -> None:
    await phone.tap("room.form")
    choices = (Choice("有", "emergency.yes"), Choice("没有", "emergency.no", {"said": "头晕"}))
    phone.seat = phone.seat.showing("您现在有危险吗？", choices, phone.now)
    assert await phone.say("2") == "（第2步，共2步）您手机号的最后四位是多少？"


# Limits and odd input


async def test_who_sends_too_fast_is_asked_to_rest_unless_in_danger(phone: Phone) -> None:
    tired = "您发得太快了，请歇一分钟再发。急事请打120或110。"
    await phone.tap("room.form")
    assert await phone.say("王百川", is_hasty=True) == tired
    assert await phone.push(Click(to="gh", openid="o", created=1, event_key="room.listed"), is_hasty=True) == tired
    assert await phone.say("我摔倒了起不来", is_hasty=True) == "打120（陌生人）"
    assert await phone.say("王百川") == "（第2步，共2步）您手机号的最后四位是多少？"


async def test_who_leaves_is_asked_nothing_any_more(phone: Phone) -> None:
    await phone.tap("room.form")
    assert await phone.push(Unsubscribe(to="gh", openid="o", created=1)) == ""
    assert phone.seat == Seat()


@pytest.mark.parametrize("text", ["", " ", "\u200b", "😀😀", "𠮷野", "1" * 2000, "好" * 2000, "\x00"])
async def test_odd_words_get_an_answer(phone: Phone, text: str) -> None:
    assert await phone.say(text) != ""


async def test_two_misunderstandings_are_counted_and_forgotten_after_a_success(phone: Phone) -> None:
    assert await phone.say("嘎嘎嘎") == "猜1"
    assert await phone.say("嘎嘎嘎") == "猜2"
    await phone.tap("room.listed")
    assert await phone.say("咕咕咕咕") == "猜1"
