"""Reads words.toml, the only place where the pretend platform keeps Chinese."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def table() -> dict[str, Any]:
    """The whole file, read once."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def word(section: str, key: str) -> str:
    """One sentence or pattern; a missing one is a KeyError, since it is our own mistake."""
    return str(table()[section][key])
