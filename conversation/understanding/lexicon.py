"""Hands out the word lists and patterns of the understanding, kept in texts/."""

import re
from functools import cache
from typing import Any

import texts

_PART = re.compile(r"\{([a-z_]{2,})\}")


@cache
def table(name: str, path: str) -> Any:
    """One table or list of texts/<name>.toml; `path` joins nested tables with dots; KeyError if missing.

    A pattern written over several lines comes in one piece: line breaks and indentation mean nothing, and
    `{part}` stands for any of the words listed under that name in [parts] of texts/understanding.toml.
    """
    first, *steps = path.split(".")
    found: Any = texts.section(name, first)
    for step in steps:
        found = found[step]
    return _in_one_piece(found)


def _in_one_piece(found: Any) -> Any:
    if isinstance(found, dict):
        return {key: _in_one_piece(value) for key, value in found.items()}
    if isinstance(found, list):
        return [_in_one_piece(value) for value in found]
    return _pattern(found) if isinstance(found, str) else found


def _pattern(text: str) -> str:
    if "\n" in text:
        text = "".join(line.strip() for line in text.splitlines())
    return _PART.sub(lambda part: f"(?:{'|'.join(texts.section('understanding', 'parts')[part[1]])})", text)


def turned(rows: dict[str, list[str]]) -> dict[str, str]:
    """Word to heading, of a table that lists words under headings."""
    return {word: heading for heading, words in rows.items() for word in words}


def any_of(words: list[str]) -> str:
    """A pattern for any of these words, longest first."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda w: (-len(w), w)))
