"""Reads Chinese numerals: counts, item numbers, telephone digits."""

import re
import unicodedata
from functools import cache

from conversation.understanding.lexicon import any_of, table, turned


@cache
def digits() -> dict[str, str]:
    """Numeral character to digit."""
    return turned(table("lexicon", "digits.words"))


@cache
def numeral_pattern() -> str:
    """A pattern for one written numeral below a thousand, in characters or digits."""
    marks = "".join(digits()) + _special("ten") + _special("hundred") + _special("twenty")
    return rf"(?:\d+|[{marks}]{{1,6}})"


def _special(name: str) -> str:
    found: str = table("lexicon", f"digits.{name}")
    return found


def number(text: str) -> int | None:
    """The value of a numeral in characters or digits, None for anything else; characters below 1000."""
    if text.isdecimal():
        return int(text)
    text = text.translate({ord(mark): "2T" for mark in _special("twenty")})
    text = text.translate({ord(mark): "T" for mark in _special("ten")})
    text = text.translate({ord(mark): "H" for mark in _special("hundred")})
    text = "".join(digits().get(mark, mark) for mark in text)
    return _value(text)


def _value(text: str) -> int | None:
    found = re.fullmatch(r"(?:(\d)H0?)?(?:(\d?)T)?(\d?)", text)
    if text.isdecimal():
        return int(text)
    if not found or not text:
        return None
    hundreds, tens, ones = found.groups()
    ten = 0 if tens is None else int(tens or 1)
    return int(hundreds or 0) * 100 + ten * 10 + int(ones or 0)


@cache
def _long() -> re.Pattern[str]:
    marks = _special("phone")
    return re.compile(rf"[{marks}\d](?:[ ]?[{marks}\d]){{6,}}")


@cache
def _counted() -> re.Pattern[str]:
    kept = any_of(table("lexicon", "digits.kept"))
    before = table("lexicon", "digits.classifiers")
    marks = "".join(digits()) + _special("ten") + _special("hundred") + _special("twenty")
    weekdays, ordinal = table("lexicon", "digits.weekdays"), _special("ordinal")
    return re.compile(
        rf"(?P<kept>{weekdays}|{kept})|(?P<ordinal>{ordinal})?(?P<value>[{marks}]{{1,5}})(?P<after>{before})?"
    )


def plain_numbers(text: str) -> str:
    """Counts, ordinals and telephone numbers as digits; every other numeral character untouched."""
    text = _long().sub(lambda found: _joined(found[0]), text)
    return _counted().sub(_plain, text)


def _joined(text: str) -> str:
    return "".join(digits().get(mark, mark) for mark in text if mark != " ")


def _plain(found: re.Match[str]) -> str:
    if found["kept"] or not (found["ordinal"] or found["after"]):
        return found[0]
    value = number(found["value"])
    if value is None:
        return found[0]
    return f"{found['ordinal'] or ''}{value}{found['after'] or ''}"


def spoken_digits(text: str) -> str:
    """The digits of a number said digit by digit ("四三二一", "０４２７"), everything else left out."""
    return "".join(
        digits().get(sign, sign if sign.isascii() and sign.isdigit() else "")
        for sign in unicodedata.normalize("NFKC", text)
    )
