"""Cuts a normal message into known words, each named by the class it belongs to, and single characters."""

import re
from functools import cache

from conversation.understanding.lexicon import any_of, table

CLASS_MARK = "<"
_PHONE = r"(?<!\d)1\d{10}(?!\d)"
_NUMBER = r"\d+"


@cache
def _words() -> dict[str, str]:
    classes: dict[str, list[str]] = table("lexicon", "classes")
    named: dict[str, str] = {}
    for name, words in classes.items():
        for word in words:
            named.setdefault(word, name)
    return named


@cache
def person_pattern() -> str:
    """A pattern for a person: 老赵, 周老师, or surname with a numeral given name as in the demo county."""
    people = table("lexicon", "people")
    surname, title = f"[{people['surnames']}]", any_of(people["titles"])
    given = rf"[{people['numerals']}][{people['given']}]|[{people['given']}][{people['numerals']}]"
    known = any_of(people["known"])
    unknown = rf"{surname}(?:{given})|{people['before']}{surname}|{surname}(?:{title})"
    return rf"(?:{known}|(?!{people['weekdays']})(?:{unknown}))"


@cache
def _scanner() -> re.Pattern[str]:
    words = any_of(list(_words()))
    return re.compile(rf"(?P<phone>{_PHONE})|(?P<person>{person_pattern()})|(?P<word>{words})|(?P<number>{_NUMBER})")


def tokens(text: str) -> list[str]:
    """The message as class names (`<kin`, `<number`) and the characters no class knows; no blanks."""
    found: list[str] = []
    at = 0
    named = _words()
    for match in _scanner().finditer(text):
        found.extend(text[at : match.start()].replace(" ", ""))
        kind = match.lastgroup or ""
        found.append(CLASS_MARK + (named[match[0]] if kind == "word" else kind))
        at = match.end()
    found.extend(text[at:].replace(" ", ""))
    return found
