"""Reads answers of one breath: a choice by number, yes or no, back, help, undo."""

import re
from functools import cache, lru_cache
from typing import Literal

from conversation.understanding.lexicon import any_of, table, turned
from conversation.understanding.normal import spelled
from conversation.understanding.numerals import number, numeral_pattern

Escape = Literal["back", "help", "undo", "stop"]


def _bare(text: str) -> str:
    return spelled(text).replace(" ", "")


@cache
def _choice() -> re.Pattern[str]:
    words = table("understanding", "short")
    before, after = any_of(words["before_number"].split("|")), any_of(words["after_number"].split("|"))
    return re.compile(rf"(?:{before})*?({numeral_pattern()}|{_pairs()})(?:{after})*")


def _pairs() -> str:
    words: dict[str, int] = table("understanding", "slots.qty_words")
    return any_of(list(words))


@cache
def _misheard() -> dict[str, int]:
    words = table("understanding", "short")
    forms = {word: int(value) for word, value in turned(words["wrong_forms"]).items()}
    framed = {form.format(w): n for w, n in forms.items() for form in words["guarded_forms"].split("|")}
    return framed | {word: value for word, value in forms.items() if word.isascii() or word in words["alone"]}


@lru_cache(256)
def spoken_number(text: str) -> int | None:
    """The number chosen (promises E10), None if the message says more than a choice."""
    bare = _bare(_circled(text))
    found = _choice().fullmatch(bare)
    if not found:
        return _misheard().get(bare)
    return table("understanding", "slots.qty_words").get(found[1]) or number(found[1])


def _circled(text: str) -> str:
    """Keycaps and bracketed digits lose their frames; NFKC turns circled ones into digits by itself."""
    return re.sub(r"(?<=\d)\s*(?:\ufe0f?\u20e3)", "", text)


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(_bare(word) for word in table("understanding", f"short.{name}"))


@lru_cache(256)
def spoken_yes_no(text: str) -> bool | None:
    """Yes, no, or None if the message is neither or says more."""
    bare = _trimmed(_bare(text))
    if bare in _words("yes"):
        return True
    return False if bare in _words("no") else None


def _trimmed(bare: str) -> str:
    if bare in _words("yes") or bare in _words("no"):
        return bare
    return re.sub(table("understanding", "short.tails"), "", bare) or bare


@lru_cache(256)
def is_escape(text: str) -> Escape | None:
    """Whether the whole message asks to go back, for a person, to undo the last step, or to stop."""
    bare = _bare(text)
    names: tuple[Escape, ...] = ("back", "help", "stop")
    for name in names:
        if bare in _words(name) or _trimmed(bare) in _words(name):
            return name
    return "undo" if re.search(table("understanding", "further.undo"), bare) else None
