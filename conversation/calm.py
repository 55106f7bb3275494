"""Hears somebody who has called for help say that all is well after all, in whatever words (虚惊一场, 按错了)."""

from __future__ import annotations

import re
from functools import cache

import texts


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    rows = texts.section("emergency", "well")
    said, but = ("|".join(f"(?:{row})" for row in rows[name]) for name in ("said", "but"))
    return re.compile(said), re.compile(but)


def is_all_well(text: str) -> bool:
    """Whether the words take a call for help back; only asked of accounts that have called."""
    said, but = _patterns()
    plain = re.sub(r"\s", "", text)
    return said.search(plain) is not None and but.search(plain) is None
