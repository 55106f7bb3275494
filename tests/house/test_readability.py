"""Each of the sixteen readability rules (E1–E16): where it is checked, and the checks that have no other home."""

from __future__ import annotations

import ast
import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import pytest
from cast import arrange
from house.code_read import HOUSE, modules
from house.texts_read import chat_keys
from talking import Talk, open_talk

import texts
from conversation.dialog import Dialog
from conversation.router import Directory
from conversation.seat import Seat, write_seat
from conversation.understanding import spoken_number
from handlers.routers import ROUTERS
from kit.county import County, TalkNumbers
from models.people.accounts import Account
from wechat.messages import read

HERE = "tests/house/test_readability.py"
TEXTS = "tests/house/test_texts.py"
ENGINE = "tests/conversation/test_engine.py"
SAID = "tests/stories/test_single_utterances.py"

RULES: dict[str, list[tuple[str, str]]] = {
    "E1": [("tests/console/people/test_verify.py", "test_the_page_is_readable_for_old_eyes"),
           ("tests/simulator/test_page.py", "test_nothing_is_lost_at_narrow_widths")],
    "E2": [("tests/console/people/test_verify.py", "test_the_page_is_readable_for_old_eyes")],
    "E3": [("tests/console/people/test_verify.py", "test_the_page_is_readable_for_old_eyes")],
    "E4": [("tests/console/people/test_verify.py", "test_the_page_is_readable_for_old_eyes")],
    "E5": [(ENGINE, "test_a_dialog_outlives_a_day_but_not_eight"), (HERE, "test_no_member_is_hurried")],
    "E6": [(TEXTS, "test_nothing_lures")],
    "E7": [(ENGINE, "test_what_was_known_is_not_gone_back_to"), (HERE, "test_nobody_is_asked_to_remember_or_to_prove")],
    "E8": [(ENGINE, "test_what_was_done_is_taken_back_once_within_ten_minutes"),
           (HERE, "test_a_read_back_says_how_to_answer_it")],
    "E9": [(TEXTS, "test_a_sentence_is_short_enough_to_be_read_at_arms_length"),
           (TEXTS, "test_the_heading_of_a_menu_leaves_room_for_five_choices"),
           (SAID, "test_what_is_answered_fits_the_screen")],
    "E10": [(HERE, "test_every_form_of_a_number_is_that_number"), (SAID, "test_what_is_answered_fits_the_screen")],
    "E11": [(TEXTS, "test_a_date_is_said_with_its_weekday"), (TEXTS, "test_the_chat_speaks_chinese_alone"),
            (TEXTS, "test_nobody_is_addressed_too_familiarly"), (TEXTS, "test_nobody_is_blamed")],
    "E12": [(HERE, "test_in_every_dialog_0_goes_back_and_a_word_brings_a_person"),
            (HERE, "test_a_dead_end_has_a_telephone"),
            (ENGINE, "test_two_misunderstandings_are_counted_and_forgotten_after_a_success")],
    "E13": [(HERE, "test_a_form_asks_four_questions_at_most"),
            (ENGINE, "test_a_dialog_asks_in_order_and_counts_its_steps"),
            (ENGINE, "test_going_back_asks_the_question_before_again_and_loses_nothing_else")],
    "E14": [(HERE, "test_what_has_no_words_gets_a_useful_answer")],
    "E15": [(ENGINE, "test_a_menu_older_than_half_an_hour_is_shown_again_and_does_nothing"),
            (ENGINE, "test_several_open_questions_come_as_a_list"),
            ("tests/handlers/outreach/test_notices.py", "test_what_it_asks_is_asked_then_and_lives_a_day")],
    "E16": [(HERE, "test_what_says_it_can_be_undone_can_be"), (HERE, "test_a_dead_end_has_a_telephone")],
}  # fmt: skip
"""Each rule of promises.md §4, and the tests that would notice its loss."""


def test_all_sixteen_rules_are_here() -> None:
    assert list(RULES) == [f"E{number}" for number in range(1, 17)]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_checked_where_it_is_said_to_be(rule: str) -> None:
    for file, name in RULES[rule]:
        tree = ast.parse((HOUSE / file).read_text("utf-8"))
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert name in names, (file, name)


# E5

UNHURRIED = {
    "looks.alarm": "what happened within an hour, told to office holders",
    "conversation.too_many": "how long to rest, not a limit",
    "posts.shut_done": "how long others hear nothing yet",
    "console.broke_next": "when to try again",
    "logins.stopped": "how long to rest, not a limit",
}
"""Sentences with minutes or hours in them that hurry nobody."""


def test_no_member_is_hurried() -> None:
    """A time under a day is named only where something can be taken back within it."""
    named = {
        key: texts.sentence(key) for key in chat_keys() if re.search(r"\d+分钟|[}十]分钟|小时", texts.sentence(key))
    }
    hurried = {key: said for key, said in named.items() if not re.search(r"撤销|撤不回", said)}
    assert not {key for key in hurried if not key.startswith("delivery.why_")} - UNHURRIED.keys()


# E7

MEMORY = r"密码|验证题|安全问题|图形码|滑块|拼图|请输入验证"


def test_nobody_is_asked_to_remember_or_to_prove() -> None:
    assert not [key for key in chat_keys() if re.search(MEMORY, texts.sentence(key))]


# E8


def _calls(name: str) -> Iterator[ast.Call]:
    for tree in modules("handlers").values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield node


def test_a_read_back_says_how_to_answer_it() -> None:
    keys = {str(call.args[0].value) for call in _calls("confirm") if isinstance(call.args[0], ast.Constant)}
    assert len(keys) > 20
    assert not [key for key in keys if not {"1", "2"} <= set(re.findall(r"[12]", texts.sentence(key)))]


# E10

ONE = [
    "1",
    "１",
    "一",
    "壹",
    "①",
    "⑴",
    "1️⃣",
    "选1",
    "选一",
    "第一个",
    "我选1",
    "1.",
    "1。",
    " 1 ",
    "就1吧",
    "1号",
    "幺",
    "回复1",
    "一吧",
    "要1",
]


@pytest.mark.parametrize("said", ONE)
def test_every_form_of_a_number_is_that_number(said: str) -> None:
    assert spoken_number(said) == 1


# E12, E13, E14

DIRECTORY = Directory.of(ROUTERS)
ASKS_ONE_OF_THEM = {"change_post": "only the one thing that was chosen is asked"}


@pytest.mark.parametrize("name", DIRECTORY.dialogs)
def test_a_form_asks_four_questions_at_most(name: str) -> None:
    dialog: Dialog = DIRECTORY.dialogs[name]
    assert len(dialog.steps) <= 4 or name in ASKS_ONE_OF_THEM


@pytest.fixture
async def talk(db: None, monday: datetime) -> AsyncIterator[Talk]:
    await arrange(monday)
    opened = await open_talk(ROUTERS, monday, County(talk=TalkNumbers(per_minute=1000)))
    yield opened
    await opened.inbox.stop()


async def sit(talk: Talk, dialog: str) -> None:
    """As if the first question of this dialog had just been asked."""
    await Account.filter(openid="oSecretary").update(seat=write_seat(Seat().sat(dialog, {}, talk.now)))


async def test_in_every_dialog_0_goes_back_and_a_word_brings_a_person(talk: Talk) -> None:
    for name in DIRECTORY.dialogs:
        await sit(talk, name)
        assert await talk.say("oSecretary", "0") == texts.render("conversation.left"), name
    simple = [name for name, one in DIRECTORY.dialogs.items() if _begins_with_nothing(one)]
    assert len(simple) > 10
    for name in simple:
        await sit(talk, name)
        assert "会给您打电话" in await talk.say("oSecretary", "帮忙"), name


def _begins_with_nothing(dialog: Dialog) -> bool:
    """Whether the dialog can be sat in without what a list or a button gives it first."""
    try:
        step = dialog.open_step({})
        return step is not None and step.facts is None and dialog.progress(step, {})[0] == 1
    except KeyError:
        return False


DEAD_ENDS = [
    "human.not_understood_again",
    "human.nobody",
    "human.voice_unknown",
    "human.picture",
    "human.something_else",
    "human.location",
    "human.link",
    "human.heard_wrongly",
    "conversation.stuck",
    "conversation.incident",
    "consents.refused",
    "consents.withdrawn",
    "wishes.kept_by_phone",
    "emergency.dial",
]


@pytest.mark.parametrize("key", DEAD_ENDS)
def test_a_dead_end_has_a_telephone(key: str) -> None:
    assert "{phone}" in texts.sentence(key)


WORDLESS = {
    "voice": {"MsgType": "voice", "MediaId": "m", "Format": "amr"},
    "picture": {"MsgType": "image", "MediaId": "m", "PicUrl": "http://x"},
    "film": {"MsgType": "video", "MediaId": "m", "ThumbMediaId": "t"},
    "short film": {"MsgType": "shortvideo", "MediaId": "m", "ThumbMediaId": "t"},
    "place": {"MsgType": "location", "Location_X": "26.4", "Location_Y": "111.3", "Scale": "15", "Label": "x"},
    "link": {"MsgType": "link", "Title": "x", "Description": "x", "Url": "http://x"},
    "file": {"MsgType": "file", "Title": "x", "Description": "x", "FileKey": "k", "FileMd5": "0", "FileTotalLen": "9"},
    "mini program": {"MsgType": "miniprogrampage", "Title": "x", "AppId": "wx1", "PagePath": "p", "ThumbUrl": "u"},
    "sticker": {"MsgType": "text", "Content": "【收到不支持的消息类型，暂无法显示】"},
}


@pytest.mark.parametrize("openid", ["oZhao", "oNobody"], ids=["member", "stranger"])
@pytest.mark.parametrize("kind", WORDLESS)
async def test_what_has_no_words_gets_a_useful_answer(talk: Talk, kind: str, openid: str) -> None:
    head = {"ToUserName": "gh_5a17c0de0001", "FromUserName": openid, "CreateTime": str(int(talk.now.timestamp()))}
    said = await talk.inbox.take(read({**head, **WORDLESS[kind], "MsgId": "77"}, "<xml/>"), talk.now)
    assert re.search(r"电话|120|199 0000|回复", said)
    assert "无法识别" not in said


# E16


def test_what_says_it_can_be_undone_can_be() -> None:
    """A function that says 撤销 in its answer gives the engine what taking back means, or leads to one that does."""
    promising = {key for key in chat_keys() if re.search("点错了就回复“撤销”|弄错了就回复“撤销”", texts.sentence(key))}
    lying = []
    for file, tree in modules("handlers").items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                said = {_said_by(one) for one in ast.walk(node)}
                keeps = "undoable" in ast.unparse(node) or "undo=" in ast.unparse(node)
                lying += [(file, node.name, key) for key in promising & said if not keeps]
    assert len(promising) > 5
    assert not [one for one in lying if one[1] not in HANDED_ON]


HANDED_ON: dict[str, str] = {}
"""Functions that only render such a sentence; the one that calls them says how it is taken back."""


def _said_by(node: ast.AST) -> str:
    """The key that a call of `say` says; empty for anything else."""
    is_say = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say" and node.args
    return str(getattr(node.args[0], "value", "")) if is_say else ""  # type: ignore[attr-defined]


def test_the_county_bears_the_rules_by_its_own_numbers() -> None:
    numbers = County()
    assert numbers.posts.list_length <= 5
    assert numbers.notices.answer_hours >= 24
    assert numbers.notices.cancel_minutes >= 10


def test_an_average_answer_is_short() -> None:
    """E9: aim at 80 signs in all."""
    lengths = sorted(len(re.sub(r"\{.*?\}", "…", texts.sentence(key))) for key in chat_keys())
    assert lengths[len(lengths) * 9 // 10] <= 90
