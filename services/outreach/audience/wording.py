"""Reads an audience in words ("金桂花园 75岁以上的女同志"): places, ages, sex, offices; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import texts
from conversation.understanding.normal import spelled
from conversation.understanding.numerals import number, plain_numbers
from kit.errors import Refusal


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of an audience. `places` are words not looked up yet, `own` is the tier of "我们支部".

    Ages are completed years, both bounds included. `offices` are the words for posts and offices that were named;
    `has_writer`: "包括我", the notice goes to whoever writes it as well; `is_registered`: "活动成员" of the places;
    `is_unchecked`: "没报到的", who has not checked in.
    """

    places: tuple[str, ...] = ()
    own: str | None = None
    building: str | None = None
    from_age: int | None = None
    to_age: int | None = None
    sex: str | None = None
    standing: str | None = None
    offices: tuple[str, ...] = ()
    is_missed: bool = False
    has_writer: bool = False
    is_registered: bool = False
    is_unchecked: bool = False


def read_said(text: str) -> Said:
    """The audience as said; raises `broadcasts.no_tags` for circumstances nobody is picked by in a chat."""
    rest = plain(text)
    if _pattern("private").search(rest):
        raise Refusal("broadcasts.no_tags")
    said, rest = _ages(_spread(rest))
    if found := _pattern("with_writer").search(rest):
        said, rest = replace(said, has_writer=True), _without(rest, found)
    if found := _pattern("unchecked").search(rest):
        said, rest = replace(said, is_unchecked=True), _without(rest, found)
    if found := _pattern("registered").search(rest):
        said, rest = replace(said, is_registered=True), _without(rest, found)
    rest = _pattern("everybody").sub(" ", rest)
    said, rest = _kinds(said, rest)
    if found := _pattern("building").search(rest):
        said, rest = replace(said, building=found[1]), _without(rest, found)
    return replace(said, places=_places(rest))


def plain(text: str) -> str:
    """One spelling for what people say and what places are called: width, script, numerals."""
    joined = _pattern("between_numbers").sub(_words()["until"], text)
    return plain_numbers(spelled(joined))


def place_words(name: str) -> str:
    """The name of a place as it is compared."""
    return plain(name).replace(" ", "")


def _spread(text: str) -> str:
    """Numerals stand right before what they count."""
    return re.sub(r"(?<=\d) (?=\D)", "", text)


def _ages(text: str) -> tuple[Said, str]:
    for name, lower, upper in _BOUNDS:
        found = _pattern(f"age_{name}").search(text)
        if found is None:
            continue
        years = [value for part in found.groups() if part and (value := number(part)) is not None]
        first, last = years[0], years[-1]
        bounds = Said(from_age=None if lower is None else first + lower, to_age=None if upper is None else last + upper)
        return bounds, _without(text, found)
    return Said(), text


# Which pattern, and how its first and last number bound the age; 以上 and 以下 include the number itself.
_BOUNDS: tuple[tuple[str, int | None, int | None], ...] = (
    ("between", 0, 0),
    ("above", 1, None),
    ("below", None, -1),
    ("from", 0, None),
    ("to", None, 0),
    ("exact", 0, 0),
)


def _kinds(said: Said, text: str) -> tuple[Said, str]:
    """Sex, standing, offices, those who have not confirmed, and "our" place."""
    if found := _pattern("missed").search(text):
        said, text = replace(said, is_missed=True), _without(text, found)
    for field, table in (("own", "own"), ("sex", "sexes"), ("standing", "standings")):
        for value, words in _table(table).items():
            if found := re.search(words, text):
                known: dict[str, Any] = {field: value}
                said, text = replace(said, **known), _without(text, found)
                break
    offices = [word for words in _table("offices").values() for word in words.split("|")]
    for word in sorted(offices, key=len, reverse=True):
        if word in text:
            said, text = replace(said, offices=(*said.offices, word)), text.replace(word, " ")
    return said, text


def _places(text: str) -> tuple[str, ...]:
    """What is left, without the words around it; each blank parts two places."""
    stripped = (_stripped(part) for part in text.split())
    return tuple(dict.fromkeys(part for part in stripped if part))


def _stripped(part: str) -> str:
    before = None
    while part != before:
        before = part
        part = _pattern("lead").sub("", _pattern("tail").sub("", part))
    return part


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def offices_called(word: str) -> list[str]:
    """The identifiers of the offices a word names."""
    return [role for role, words in _table("offices").items() if word in words.split("|")]


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_words()[name])


def _words() -> dict[str, Any]:
    return dict(texts.section("broadcasts", "audience"))


def _table(name: str) -> dict[str, str]:
    found: dict[str, str] = _words()[name]
    return found
