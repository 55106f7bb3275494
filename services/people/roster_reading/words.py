"""The word lists of `texts/people/roster.toml`, made ready for looking up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

import texts

CAPABILITY = "roster"


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A pattern of the table `patterns`, compiled; letters in either case."""
    return re.compile(texts.section(CAPABILITY, "patterns")[name], re.IGNORECASE)


@cache
def words(table: str, entry: str = "words") -> tuple[str, ...]:
    """One list, longest first, so that a short word never hides a longer one."""
    return tuple(sorted(_table(table).get(entry, ()), key=len, reverse=True))


@cache
def meanings(name: str) -> dict[str, str]:
    """A table of `values` turned round: what people write, in capitals, to what it means."""
    found = texts.section(CAPABILITY, "values")[name]
    return {tidy(word).upper(): meaning for meaning, entries in found.items() for word in entries}


def form(name: str, **facts: object) -> str:
    """A spelling of the table `forms` with its blanks filled."""
    return str(texts.section(CAPABILITY, "forms")[name]).format(**facts)


def tidy(text: str) -> str:
    """Half width, without blanks and without the apostrophe that people set before numbers."""
    return "".join(unicodedata.normalize("NFKC", text).split()).removeprefix("'")


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: empty, a dash, 无."""
    return not text or bool(pattern("blank").fullmatch(text))


def without(text: str, unwanted: Iterable[str]) -> str:
    """The text with each of the words taken out."""
    for word in unwanted:
        text = text.replace(word, "")
    return text


def _table(name: str) -> dict[str, list[str]]:
    if name.startswith("values."):
        found = texts.section(CAPABILITY, "values")[name.removeprefix("values.")]
    else:
        found = texts.section(CAPABILITY, name)
    return dict(found)
