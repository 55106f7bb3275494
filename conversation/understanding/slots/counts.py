"""Reads counts: item numbers, people, minutes, telephone numbers, a pension."""

import re

from conversation.understanding.lexicon import table
from conversation.understanding.numerals import number as numeral
from conversation.understanding.numerals import numeral_pattern
from conversation.understanding.slots.message import Message, pattern


def _numbers() -> dict[str, str]:
    found: dict[str, str] = table("understanding", "slots.counting")
    return found


def number(intent: str, message: Message) -> dict[str, str]:
    """The number of a post, order, item or request: "3号", "第2个", "选一"."""
    for find in (_numbers()["item"], _numbers()["chosen"]):
        found = re.search(find.replace("{n}", numeral_pattern()), message.normal)
        value = numeral(next(filter(None, found.groups()))) if found else None
        if value is not None:
            return {"number": str(value)}
    return {}


def people(intent: str, message: Message) -> dict[str, str]:
    """How many people: as `qty` for places taken, as `capacity` for a room."""
    found = pattern("qty").search(message.normal)
    value = None
    if found:
        value = table("understanding", "slots.qty_words").get(found[1]) or numeral(found[1])
    if value is None and pattern("both").search(message.said.replace(" ", "")):
        value = 2
    return {} if value is None else {"qty": str(value), "capacity": str(value)}


def minutes(intent: str, message: Message) -> dict[str, str]:
    """A length of time in minutes: "一个半小时" is 90."""
    words = _numbers()
    total = 0.0
    for find, factor in ((words["hours"], 60), (words["minutes"], 1)):
        found = re.search(find.replace("{n}", numeral_pattern()), message.plain)
        if found:
            total += (_amount(found[1]) + (0.5 if "half" in found.groupdict() and found["half"] else 0)) * factor
    if not total and re.search(words["half_hour"], message.plain):
        total = 30
    return {"minutes": f"{total:g}"} if total else {}


def _amount(text: str) -> float:
    if re.fullmatch(r"\d+\.\d+", text):
        return float(text)
    words: dict[str, int] = table("understanding", "slots.qty_words")
    return float(words.get(text) or numeral(text) or 0)


def phone(intent: str, message: Message) -> dict[str, str]:
    """A mobile number of eleven digits, or the last four if only these were given."""
    digits = re.search(r"(?<!\d)1\d{10}(?!\d)", message.plain)
    if digits:
        return {"phone": digits[0]}
    tail = re.search(_numbers()["tail"], message.plain)
    return {"phone_tail": tail[1]} if tail else {}


def pension(intent: str, message: Message) -> dict[str, str]:
    """A monthly pension in yuan: "6800", "三千五"."""
    found = pattern("pension").search(message.said)
    if not found:
        return {}
    return {"pension": found[1] if found[1][0].isascii() else str(_thousands(found[1]))}


def _thousands(text: str) -> int:
    total, unit, last = 0, 0, 1
    for mark in text:
        step: int | None = table("understanding", "slots.units").get(mark)
        if step:
            total, unit = total + unit * step, 0
            last = step
        else:
            unit = numeral(mark) or 0
    return total + unit * (last // 10 if unit and last > 10 else 1)
