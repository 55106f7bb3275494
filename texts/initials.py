"""The letters a Chinese name begins with (拼音首字母): zyh for 赵一禾, read from a table without any dictionary."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import texts

_FIRST = 0x4E00
_LONGEST = 20


def initials_of(name: str) -> str:
    """One small letter for each Chinese character of a name, surnames as they are read; other signs are left out.

    At most 20 letters; empty for a name without a Chinese character.
    """
    surnames = texts.section("members", "surname_initials")
    known = next((long for long in surnames if name.startswith(long)), "")
    letters = str(surnames.get(known, ""))
    return (letters + "".join(_letter(sign) for sign in name[len(known) :]))[:_LONGEST]


def _letter(sign: str) -> str:
    if own := texts.section("members", "name_initials").get(sign):
        return str(own)
    place = ord(sign) - _FIRST
    letters = _letters()
    return letters[place] if 0 <= place < len(letters) and letters[place] != "?" else ""


@cache
def _letters() -> str:
    return (Path(__file__).parent / "initials.txt").read_text("utf-8").replace("\n", "")
