"""Reads when something is to be: a day, a part of the day, a clock time, in one spelling."""

import re
from functools import cache

from conversation.understanding.lexicon import any_of, table
from conversation.understanding.slots.message import Message, pattern


@cache
def _moment() -> re.Pattern[str]:
    words = table("understanding", "times")
    week, day, part = words["week"], any_of(words["days"]), any_of(list(words["parts"]))
    date, clock = words["date"], words["clock"]
    return re.compile(
        rf"(?:(?P<week>{week})|(?P<date>{date})|(?P<day>{day}))(?P<part>{part})?(?P<clock>{clock})?"
        rf"|(?P<part2>{part})(?P<clock2>{clock})?|(?P<clock3>{clock})"
    )


def moments(message: Message) -> list[tuple[int, str]]:
    """Every time named, with where it stands in the message without blanks."""
    return [(found.start(), _spelled(found)) for found in _moment().finditer(message.plain)]


def _spelled(found: re.Match[str]) -> str:
    words = table("understanding", "times")
    parts = found.groupdict()
    part = parts["part"] or parts["part2"]
    clock = parts["clock"] or parts["clock2"] or parts["clock3"] or ""
    return _day(parts, words) + (words["parts"][part] if part else "") + clock.replace(words["hour_end"], "")


def _day(parts: dict[str, str | None], words: dict[str, str]) -> str:
    if parts["week"]:
        return re.sub(words["week_long"], words["week_short"], parts["week"]).replace(*words["sunday"])
    if parts["date"]:
        return parts["date"].replace(*words["day_of_month"])
    return parts["day"] or ""


def when(intent: str, message: Message) -> dict[str, str]:
    """The first time named, such as 周五9点 or 8日下午; nothing if none is."""
    found = moments(message)
    return {"when": found[0][1]} if found else {}


def swap_times(intent: str, message: Message) -> dict[str, str]:
    """The duty to be given away as `when`, the one wanted instead as `to`."""
    named: dict[str, str] = {}
    for at, moment in moments(message):
        wanted = at > 0 and pattern("move_to").search(message.plain[:at])
        named.setdefault("to" if wanted else "when", moment)
    return named
