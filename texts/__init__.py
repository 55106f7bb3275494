"""Every sentence and word list of the house, read from the TOML files in this folder and its wings."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

FOLDER = Path(__file__).parent
MOBILE_DIGITS = 11


@cache
def files() -> Mapping[str, Path]:
    """Where the words of each capability stand: its wing's folder, or this one for what belongs to no wing."""
    found = sorted([*FOLDER.glob("*.toml"), *FOLDER.glob("*/*.toml")])
    return {path.stem: path for path in found if path.parent.name != "utterances"}


@cache
def _file(capability: str) -> dict[str, Any]:
    return tomllib.loads(files()[capability].read_text("utf-8"))


@cache
def sentence(key: str) -> str:
    """The sentence with its blanks unfilled; raises `KeyError` for a key that no file holds."""
    capability, _, name = key.partition(".")
    return str(_file(capability)["say"][name])


def render(key: str, **facts: object) -> str:
    """The sentence `capability.name` with its blanks filled from `facts`; a missing fact raises `KeyError`.

    The fact `phone` is read out in groups: 199 0000 0001.
    """
    if "phone" in facts:
        facts["phone"] = in_groups(str(facts["phone"]))
    return sentence(key).format(**facts)


def in_groups(phone: str) -> str:
    """A mobile number in three groups, as people read it out; anything else as it is."""
    return f"{phone[:3]} {phone[3:7]} {phone[7:]}" if len(phone) == MOBILE_DIGITS and phone.isdigit() else phone


def reword(sentences: Mapping[str, str]) -> None:
    """Say these sentences in the county's own words from now on.

    Raises `ValueError` for a key no file holds, and for a blank the sentence does not have.
    """
    for key, own in sentences.items():
        capability, _, name = key.partition(".")
        try:
            known = sentence(key)
        except KeyError:
            raise ValueError(f"texts: {key} is unknown") from None
        if extra := _blanks(own) - _blanks(known):
            raise ValueError(f"texts: {key} has no blank {', '.join(sorted(extra))}")
        _file(capability)["say"][name] = own
    sentence.cache_clear()


def extend(capability: str, table: str, rows: Mapping[str, Any]) -> None:
    """Add to a table of words, or replace rows in it: the county's own names."""
    _file(capability).setdefault(table, {}).update(rows)


def _blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def section(capability: str, table: str) -> Mapping[str, Any]:
    """A table of words or patterns, for example the phrases of intents; empty when the file has none."""
    found: Mapping[str, Any] = _file(capability).get(table, {})
    return found


def sentence_keys() -> Iterator[str]:
    """Every key of every file, in stable order: for the tests that read all texts."""
    for capability in sorted(files()):
        for name in _file(capability).get("say", {}):
            yield f"{capability}.{name}"
