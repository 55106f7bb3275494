"""Says which words mean much the same: 53 000 words in families, the families in kins; made by tools/word_families.py.

What a table of utterances never says is still known by its relatives: 头昏 stands beside 头晕, 谢世 beside 去世.
"""

from functools import cache
from importlib import resources
from typing import NamedTuple

LONGEST = 4


class Family(NamedTuple):
    """Words that stand in the same company: the number of their family and of the wider kin."""

    kin: str
    number: str


@cache
def _words() -> dict[str, Family]:
    text = resources.files("conversation.understanding").joinpath("families.txt").read_text("utf-8")
    found: dict[str, Family] = {}
    for number, line in enumerate(text.splitlines()):
        kin, *words = line.split(" ")
        found.update(dict.fromkeys(words, Family(kin, str(number))))
    return found


def families(plain: str) -> list[Family]:
    """The families of the words in a message without blanks, longest word first; single signs give only their kin."""
    words, found, at = _words(), [], 0
    while at < len(plain):
        for size in range(LONGEST, 0, -1):
            family = words.get(plain[at : at + size])
            if family and at + size <= len(plain):
                found.append(family if size > 1 else Family(family.kin, ""))
                break
        at += size if family else 1
    return found
