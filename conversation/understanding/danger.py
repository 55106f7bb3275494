"""Hears danger to life or safety that is happening now, and fraud in progress."""

import re
from functools import cache

from conversation.understanding.lexicon import table


@cache
def _kinds() -> list[tuple[str, re.Pattern[str]]]:
    rows: dict[str, str | dict[str, str]] = table("understanding", "danger.kinds")
    whole = {kind: rule if isinstance(rule, str) else "|".join(rule.values()) for kind, rule in rows.items()}
    return [(kind, re.compile(pattern)) for kind, pattern in whole.items()]


@cache
def _not_now() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{row})" for row in table("understanding", "danger.not_now.patterns")))


@cache
def _now() -> re.Pattern[str]:
    return re.compile(table("understanding", "danger.not_now.now"))


@cache
def _fraud() -> tuple[re.Pattern[str], re.Pattern[str]]:
    found = "|".join(f"(?:{row})" for row in table("understanding", "fraud.patterns"))
    return re.compile(found), re.compile(table("understanding", "fraud.not_now"))


def danger_named(plain: str) -> str | None:
    """The kind of danger that a normal message without blanks names, whenever it may have been."""
    return next((kind for kind, pattern in _kinds() if pattern.search(plain)), None)


def is_told(plain: str) -> bool:
    """Whether the message speaks of a story, a drill, a lesson or a dream."""
    return bool(re.search(table("understanding", "danger.told.pattern"), plain))


def is_past_or_told(plain: str) -> bool:
    """Whether danger, if named, is over, told, trained for or a manner of speaking."""
    return bool(_not_now().search(plain)) and not _now().search(plain)


def is_fraud_named(plain: str) -> bool:
    """Whether a normal message without blanks speaks of a fraud going on now (domain.md 3.4 rule 10)."""
    going_on, told = _fraud()
    return bool(going_on.search(plain)) and not told.search(plain)
