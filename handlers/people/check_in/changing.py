"""What the read-back of a 报到 got wrong: by number, by its name, or by saying the right thing at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conversation.context import Context
from conversation.dialog import Answers, Dialog, Step
from conversation.reply import Choice, Reply, begin
from conversation.router import CONSENT
from conversation.understanding import read, spoken_number
from handlers.people.binding import clean_name
from handlers.people.check_in.router import router
from kit.errors import Refusal
from services.people import members, organisation
from texts import render, section

BEFORE = "before"
"""Under this name a dialog keeps what the read-back said, for whoever changes their mind about changing it."""
_HOME = ("estate", "building", "room")
_PHONE = re.compile(r"[\d \-]{7,}")


def home_in(text: str) -> dict[str, str]:
    """Estate, building and room as far as they were said."""
    said = read(text).slots
    return {name: said[name] for name in _HOME if said.get(name)}


def read_back_before(answers: Answers) -> Choice | None:
    """The read-back as it was; nothing where none was given yet."""
    return Choice("", "check_in.read_again", answers[BEFORE]) if BEFORE in answers else None


@router.action(needs=(CONSENT,))
async def read_again(ctx: Context) -> Reply:
    """The same answers read back once more."""
    return begin("check_in", **ctx.chosen)


@router.action(needs=(CONSENT,))
async def change(ctx: Context) -> Reply:
    """Something in the read-back is wrong: only that is asked again, unless the no itself says what is right (E13)."""
    if right := _changeable(ctx.chosen, await _right_answers(ctx, ctx.text)):
        return _put_right(ctx.chosen, right)
    return begin("check_in_change", before=dict(ctx.chosen))


def _names(before: Mapping[str, Any]) -> tuple[str, ...]:
    """What may be changed: who somebody is stands in the roster where they are known."""
    return ("community", "home") if before.get("person") else ("name", "phone", "community", "home")


async def _lines(ctx: Context, answers: Answers) -> Mapping[str, object]:
    lines = [f"{at} {render(f'check_in.wrong_{name}')}" for at, name in enumerate(_names(answers[BEFORE]), 1)]
    return {"lines": "\n".join(lines)}


async def _clean_wrong(ctx: Context, text: str) -> Mapping[str, Any]:
    """The right answer itself, or which one is wrong."""
    if right := await _right_answers(ctx, text):
        return {"right": right}
    if number := spoken_number(text):
        return {"number": number}
    for name, words in section("check_in", "wrong_words").items():
        if any(word in text for word in words):
            return {"name": name}
    raise Refusal("check_in.wrong_wanted")


async def _right_answers(ctx: Context, text: str) -> dict[str, Any]:
    """The answers that the words hold: 金桂花园5栋, 是柳塘社区."""
    right: dict[str, Any] = {"home": home} if (home := home_in(text) or _building_in(text)) else {}
    said = read(text).slots
    found = await organisation.community_called(said["community"]) if said.get("community") else []
    if len(found) == 1:
        right["community"] = found[0].id
    if _PHONE.search(text):
        right["phone"] = members.clean_phone(text)
    elif not right and said.get("name"):
        right["name"] = await clean_name(ctx, said["name"])
    return right


def _building_in(text: str) -> dict[str, str]:
    """ "是5栋": the reading takes a building only behind its estate."""
    found = re.search(section("check_in", "words")["building"], text)
    number = spoken_number(found[1]) if found else None
    return {"building": str(number)} if number else {}


async def _changed(ctx: Context, answers: Answers) -> Reply:
    before, said = answers[BEFORE], answers["wrong"]
    names = _names(before)
    if right := _changeable(before, said.get("right", {})):
        return _put_right(before, right)
    wrong = names[said["number"] - 1] if 1 <= said.get("number", 0) <= len(names) else said.get("name")
    if wrong not in names:
        raise Refusal("check_in.wrong_wanted")
    return begin("check_in", **{name: value for name, value in before.items() if name != wrong}, before=before)


def _changeable(before: Mapping[str, Any], right: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in right.items() if name in _names(before)}


def _put_right(before: Mapping[str, Any], right: Mapping[str, Any]) -> Reply:
    """Read back anew, with what was put right."""
    return begin("check_in", **{**before, **right, "home": _home(before, right)})


def _home(before: Mapping[str, Any], right: Mapping[str, Any]) -> Mapping[str, str]:
    """ "是5栋" keeps the estate."""
    home: Mapping[str, str] = right.get("home", before["home"])
    return home if "estate" in home else {**before["home"], **home}


router.dialog(
    Dialog(
        "check_in_change",
        (Step("wrong", "check_in.what_is_wrong", _clean_wrong, facts=_lines),),
        _changed,
        back_to=read_back_before,
    )
)
