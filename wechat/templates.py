"""Makes the values of a template message fit their types, so the platform need not refuse them (47003).

The type is in the key: `thing1`, `time2` (wechat.md §3.4). Pure functions: text in, text out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_]+\d*)\.DATA\s*\}\}")
_KEY = re.compile(r"([a-z_]+?)\d*")
_SPACES = re.compile(r"\s+")
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\u3007"
_DATE = r"\d{4}\u5e74\d{1,2}\u6708\d{1,2}\u65e5"
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_MOMENT = rf"(?:{_DATE}(?: ?{_CLOCK})?|{_CLOCK})"
_TIME = re.compile(rf"{_MOMENT}(?: ?~ ?{_MOMENT})?")
_AMOUNT = re.compile(r"[^\d\s.-]?\d{1,10}(?:\.\d+)?\u5143?")


class UnfitValue(ValueError):
    """A value that no cutting can make fit; `key` says which. It never shows the value."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no value of the template's type for {key}")
        self.key = key


def placeholders(content: str) -> tuple[str, ...]:
    """The keys a template's `content` wants, in its order."""
    return tuple(dict.fromkeys(PLACEHOLDER.findall(content)))


def kind_of(key: str) -> str:
    """The type of a key: `thing` for `thing12`."""
    found = _KEY.fullmatch(key)
    return found[1] if found else key


def fit_values(values: Mapping[str, str], empty: str = "-") -> dict[str, str]:
    """`values` by key, each made to fit its type; an empty one becomes `empty`, which the platform demands.

    Raises `UnfitValue` for a time or an amount of a wrong form: cutting would change what it says.
    """
    return {key: fit_value(key, value, empty) for key, value in values.items()}


def fit_value(key: str, value: str, empty: str = "-") -> str:
    """One value made to fit the type of `key`; unknown types and constants are only tidied."""
    kind = kind_of(key)
    tidy = _tidy(value)
    if kind in _FORMS:
        if not _FORMS[kind].fullmatch(tidy):
            raise UnfitValue(key)
        return tidy
    return _CUTTERS.get(kind, str)(tidy) or empty


def _tidy(value: str) -> str:
    shown = (" " if char.isspace() else char for char in value if _is_shown(char))
    return _SPACES.sub(" ", "".join(shown)).strip()


def _is_shown(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _only(pattern: str, limit: int) -> Callable[[str], str]:
    other = re.compile(f"[^{pattern}]")
    return lambda value: other.sub("", value)[:limit].strip()


def _first(limit: int) -> Callable[[str], str]:
    def cut(value: str) -> str:
        return value if len(value) <= limit else value[: limit - 1].rstrip() + "\u2026"

    return cut


def _name(value: str) -> str:
    # 10 Chinese characters or 20 letters: mixed names count as Chinese ones.
    letters = re.sub(r"[^A-Za-z .\u00b7-]", "", value)
    if letters == value:
        return value[:20].strip()
    return re.sub(rf"[^{_HAN}A-Za-z\u00b7]", "", value)[:10]


_FORMS = {"time": _TIME, "date": _TIME, "amount": _AMOUNT}
_CUTTERS: dict[str, Callable[[str], str]] = {
    "thing": _first(20),
    "short_thing": _first(5),
    "character_string": _only(r"\x21-\x7e", 32),
    "number": _only(r"0-9.\-", 32),
    "letter": _only("A-Za-z", 32),
    "symbol": lambda value: value[:5],
    "phone_number": _only(r"0-9+\- ()", 17),
    "car_number": lambda value: value[:8],
    "name": _name,
    "phrase": _only(_HAN, 5),
}
