"""Phrases whose meaning people in office have given: data that counts before the classifier's own guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from rapidfuzz import fuzz, process

import texts
from conversation.understanding.normal import normal

NEAR, NEAR_FROM = 90, 6
"""Per cent alike, and from how many signs on: shorter phrases count only when they are the same."""

_book: dict[str, str] = {}


def key_of(text: str) -> str:
    """What makes two phrases the same: no blanks, one spelling, every number alike."""
    return re.sub(r"\d+", "#", normal(text).replace(" ", ""))


def load(meanings: Iterable[tuple[str, str]]) -> None:
    """Know these (intent, phrase) from now on, and no others."""
    known = {key_of(phrase): intent for intent, phrase in meanings}
    _book.clear()
    _book.update(known)


def meaning_of(text: str, *, also_near: bool) -> str | None:
    """The intent a phrase was given; with `also_near` that of one which is almost the same."""
    key = key_of(text)
    found = _book.get(key) or _own().get(key)
    if found or not also_near or len(key) < NEAR_FROM or not _book:
        return found
    near = process.extractOne(key, _book.keys(), scorer=fuzz.ratio, score_cutoff=NEAR)
    return _book[near[0]] if near else None


@cache
def _own() -> Mapping[str, str]:
    """How people in office ask for the list itself."""
    rows = texts.section("heard", "phrases")
    return {key_of(phrase): intent for intent, phrases in rows.items() for phrase in phrases}
