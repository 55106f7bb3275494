"""Masks what not everybody may read (promise V7): telephone, name, date of birth, address."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

_STAR = "*"
_PHONE_STARS = 4


def masked_phone(phone: str | None) -> str:
    """First three and last four digits around four stars; too short a number shows nothing but stars."""
    digits = "".join(filter(str.isdigit, phone or ""))
    if not digits:
        return ""
    if len(digits) < 9:
        return _STAR * _PHONE_STARS + (digits[-2:] if len(digits) > 6 else "")
    return f"{digits[:3]}{_STAR * _PHONE_STARS}{digits[-4:]}"


def masked_name(name: str | None, long_surnames: Collection[str] = ()) -> str:
    """The surname and one star, so that the length stays hidden; `long_surnames` have two characters."""
    text = (name or "").strip()
    if not text:
        return ""
    fitting = [known for known in long_surnames if text.startswith(known) and len(text) > len(known)]
    return (fitting[0] if fitting else _first_character(text)) + _STAR


def masked_birth(birth: str | None) -> str:
    """Only the year of `1946-02-09`."""
    return (birth or "").partition("-")[0]


def masked_address(address: str | None, street_ends: Collection[str]) -> str:
    """The address up to its street, which ends with one of `street_ends`; stars when no street is found."""
    text = (address or "").strip()
    ends = [text.find(mark) + len(mark) for mark in street_ends if mark in text]
    if not text:
        return ""
    return (text[: min(ends)] if ends else "") + _STAR * 3


def masked_identity(number: str | None) -> str:
    """First three and last two places of an identity number of 15 or 18 places."""
    text = (number or "").strip()
    return f"{text[:3]}{_STAR * (len(text) - 5)}{text[-2:]}" if len(text) in (15, 18) else _STAR * len(text)


def _first_character(text: str) -> str:
    # A rare character is one code point of four bytes; a selector or accent behind it belongs to it.
    end = 1
    while end < len(text) and (unicodedata.combining(text[end]) or unicodedata.category(text[end]) == "Mn"):
        end += 1
    return text[:end]
