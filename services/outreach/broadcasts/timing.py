"""Reads when a notice is to go out: 明天上午9点, 周五下午3点半, 10月15日8点; pure, against a moment that is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import texts
from conversation.understanding.dates import named_days
from conversation.understanding.normal import spelled
from conversation.understanding.numerals import plain_numbers
from kit.clock import at_local, local
from kit.errors import Refusal

MOST_DAYS = 60
_NOON = 12


def said_moment(text: str, now: datetime) -> datetime:
    """The moment these words mean, in UTC; today's clock time that is over means tomorrow's.

    Raises `broadcasts.when_wanted` where no clock time is named, `broadcasts.when_past` for what is over,
    `broadcasts.when_far` beyond `MOST_DAYS`.
    """
    words = texts.section("broadcasts", "later")
    plain = plain_numbers(spelled(text))
    found = re.search(words["clock"], plain)
    clock = _clock(found, words) if found else None
    if clock is None:
        raise Refusal("broadcasts.when_wanted")
    today = local(now).date()
    day = _day(text, plain, today, words)
    moment = at_local(day or today, clock)
    if day is None and moment <= now:
        moment = at_local(today + timedelta(days=1), clock)
    return sensible_moment(moment, now)


def sensible_moment(moment: datetime, now: datetime) -> datetime:
    """The moment, if a notice may wait for it; raises `broadcasts.when_past`, `broadcasts.when_far`."""
    if moment <= now:
        raise Refusal("broadcasts.when_past")
    if moment - now > timedelta(days=MOST_DAYS):
        raise Refusal("broadcasts.when_far", limit=MOST_DAYS)
    return moment


def _day(text: str, plain: str, today: date, words: Mapping[str, Any]) -> date | None:
    if week := re.search(words["week"], plain):
        ahead = (_weekday(week["day"], words) - today.weekday()) % 7
        if week["next"]:
            ahead = 7 - today.weekday() + _weekday(week["day"], words)
        return today + timedelta(days=ahead)
    days = named_days(text, today)
    return days[0] if days else None


def _weekday(said: str, words: Mapping[str, Any]) -> int:
    return str(words["weekdays"]).index(said) % 7


def _clock(found: re.Match[str], words: Mapping[str, Any]) -> time | None:
    hour, minute = int(found["hour"]), _minute(found["minute"] or "", words)
    part = found["part"] or ""
    is_late = bool(part) and part in words["afternoon"]
    if is_late and hour < _NOON:
        hour += _NOON
    if not 0 <= hour < 24 or not 0 <= minute < 60:
        return None
    return time(hour, minute)


def _minute(said: str, words: Mapping[str, Any]) -> int:
    known = dict(zip(words["quarters"].split(), (15, 30, 45), strict=True))
    return known[said] if said in known else int(said or 0)
