"""Every sentence of the house, rendered with its longest values, is one an elder can read (promises E9–E11, P20)."""

from __future__ import annotations

import re

import pytest
from house.texts_read import (
    LINES,
    NOT_IN_THE_CHAT,
    actions_named,
    blanks,
    chat_keys,
    mentioned,
    plain_values,
    rendered,
    special,
    too_long,
    uses,
    values_for,
)

import texts
from bot.menu import account_menu
from conversation.router import Directory
from handlers.routers import ROUTERS

KEYS = list(texts.sentence_keys())
FEW_CHOICES: dict[str, int] = special()["few_choices"]

BLAME = r"输入有误|错误|无效|非法|不合法|有误|格式不对|您(?:写|输|填|发|打|说)错"
FAMILIAR = r"你|(?<![父母探双])亲(?![自戚属人手友])|用户|客户|亲爱的"


FILES = sorted({key.partition(".")[0] for key in KEYS})
CHAT = sorted({key.partition(".")[0] for key in chat_keys()})


def _of(capability: str) -> list[str]:
    return [key for key in KEYS if key.startswith(f"{capability}.")]


def _said_in(capability: str) -> list[str]:
    return [key for key in chat_keys() if key.startswith(f"{capability}.")]


@pytest.mark.parametrize("capability", FILES)
def test_every_blank_has_a_longest_value(capability: str) -> None:
    missing = {key: blanks(texts.sentence(key)) - values_for(key).keys() for key in _of(capability)}
    assert not {key: names for key, names in missing.items() if names}


def test_every_longest_value_is_used() -> None:
    written = "\n".join(path.read_text("utf-8") for name, path in texts.files().items() if name != "longest")
    assert not set(plain_values()) - set(re.findall(r"\{(\w+)[:}]", written))


def test_every_special_rule_names_a_sentence() -> None:
    named = [special()[table] for table in ("own", "on_request", "operator", "exempt", "few_choices")]
    assert not {key for table in named for key in table if "." in key} - set(KEYS)


@pytest.mark.parametrize("capability", CHAT)
def test_a_sentence_is_short_enough_to_be_read_at_arms_length(capability: str) -> None:
    faults = {key: too_long(key) for key in _said_in(capability)}
    assert not {key: found for key, found in faults.items() if found}


@pytest.mark.parametrize("capability", CHAT)
def test_the_chat_speaks_chinese_alone(capability: str) -> None:
    assert not [key for key in _said_in(capability) if re.search(r"[A-Za-z]", rendered(key).text)]


@pytest.mark.parametrize("capability", FILES)
def test_nobody_is_addressed_too_familiarly(capability: str) -> None:
    assert not [key for key in _of(capability) if re.search(FAMILIAR, texts.sentence(key))]


@pytest.mark.parametrize("capability", CHAT)
def test_nobody_is_blamed(capability: str) -> None:
    assert not [key for key in _said_in(capability) if re.search(BLAME, texts.sentence(key))]


@pytest.mark.parametrize("capability", [name for name in CHAT if name != "words"])
def test_a_date_is_said_with_its_weekday(capability: str) -> None:
    said = {key: rendered(key).own for key in _said_in(capability)}
    assert not [key for key in said if "{month}月" in texts.sentence(key)]
    assert not {key: words for key, words in said.items() if re.search(r"\d月\d+[日号](?!\(周)", words)}


def test_a_longest_day_is_a_day_as_it_is_said() -> None:
    assert re.fullmatch(r"\d+月\d+日\(周.\)", plain_values()["day"])


@pytest.mark.parametrize("capability", CHAT)
def test_nothing_lures(capability: str) -> None:
    """E6: no adverts, no red packets; nobody is asked for codes, cards or photos of papers."""
    lure = r"红包|抽奖|中奖|点击领取|请(?:发|告诉).{0,6}(?:验证码|银行卡|身份证)"
    assert not [key for key in _said_in(capability) if re.search(lure, texts.sentence(key))]


TITLES = {
    "intents.titles": dict(texts.section("intents", "titles")),
    "wishes.kinds": dict(texts.section("wishes", "kinds")),
    "my.topics": dict(texts.section("my", "topics")),
    "emergency.capacities": dict(texts.section("emergency", "capacities")),
}


@pytest.mark.parametrize("table", TITLES)
def test_a_choice_fits_one_line_of_the_care_mode(table: str) -> None:
    assert all(2 <= len(title) <= 12 and not re.search(r"[A-Za-z。]", title) for title in TITLES[table].values())


# The sentences and the code that says them.

USES = list(uses())


def test_every_key_the_code_names_stands_in_the_texts() -> None:
    files = {*texts.files()}
    assert not [use for use in USES if use.key.partition(".")[0] in files and use.key not in KEYS]


def test_every_action_the_code_names_has_a_handler() -> None:
    directory = Directory.of(ROUTERS)
    known = directory.actions.keys() | directory.intents.keys() | directory.dialogs.keys()
    assert not [use for use in actions_named() if use.key not in known]


def test_a_sentence_that_nobody_says_does_not_exist() -> None:
    whole, patterns = mentioned()
    names = {key: key.partition(".")[2] for key in KEYS}
    silent = [key for key in KEYS if not {key, names[key]} & whole]
    assert not [key for key in silent if not any(one.fullmatch(key) or one.fullmatch(names[key]) for one in patterns)]


def test_the_code_gives_every_fact_a_sentence_needs() -> None:
    short = [
        (use.where, use.key, blanks(texts.sentence(use.key)) - use.facts)
        for use in USES
        if use.facts is not None and use.key in KEYS and blanks(texts.sentence(use.key)) - use.facts
    ]
    assert not short


def test_the_heading_of_a_menu_leaves_room_for_five_choices() -> None:
    headings = {use.key for use in USES if use.by == "menu"} & set(KEYS)
    heights = {key: len(rendered(key).text.split("\n")) + FEW_CHOICES.get(key, 5) + 1 for key in headings}
    assert headings
    assert not {key: lines for key, lines in heights.items() if lines > LINES}


def test_every_file_out_of_the_chat_says_why() -> None:
    assert set(NOT_IN_THE_CHAT) <= {key.partition(".")[0] for key in KEYS}


# The account's menu (wechat.md §3.6).

MENU = account_menu()


def test_the_menu_has_at_most_three_columns_of_five() -> None:
    assert 1 <= len(MENU) <= 3
    assert all(1 <= len(column["sub_button"]) <= 5 for column in MENU)


def test_the_names_of_the_menu_fit_the_platform() -> None:
    assert all(len(column["name"].encode()) <= 16 for column in MENU)
    assert all(len(item["name"].encode()) <= 60 for column in MENU for item in column["sub_button"])


def test_every_item_of_the_menu_leads_somewhere() -> None:
    directory = Directory.of(ROUTERS)
    keys = {item["key"] for column in MENU for item in column["sub_button"]}
    assert keys <= set(directory.actions) | set(directory.intents)
