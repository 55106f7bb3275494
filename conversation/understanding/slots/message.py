"""Holds one message in the spellings that the slots are picked from."""

import re
from dataclasses import dataclass
from functools import cache

from conversation.understanding.lexicon import any_of, table


@dataclass(frozen=True, slots=True)
class Message:
    """One message: `said` keeps numerals, `normal` has them as digits, `plain` is normal without blanks."""

    said: str
    normal: str
    plain: str


@cache
def pattern(path: str) -> re.Pattern[str]:
    """A pattern of texts/understanding.toml under [slots]; a list of words counts as any of them."""
    found = table("understanding", f"slots.{path}")
    return re.compile(any_of(found) if isinstance(found, list) else found)


@cache
def ranked(path: str) -> list[tuple[str, re.Pattern[str]]]:
    """Named patterns of a table under [slots], in the order of the file."""
    rows: dict[str, str] = table("understanding", f"slots.{path}")
    return [(name, re.compile(find)) for name, find in rows.items()]
