"""Reads the days somebody names: 三月, 3月15号, 下个月初, 半个月, 过完年; pure, against a day that is given."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from conversation.understanding.lexicon import table
from conversation.understanding.normal import corrected, spelled, without_ends
from conversation.understanding.numerals import number, plain_numbers
from kit.lunar import FIRST_YEAR, LAST_YEAR, lunar_new_year

_LANTERNS_OVER = timedelta(days=15)
"""过完年: the sixteenth of the first month, the day after the lantern festival."""


@dataclass(frozen=True, slots=True)
class _Said:
    """One way of naming a day, as it was found in the words."""

    start: int
    parts: dict[str, str | None]
    read: Callable[[dict[str, str | None], date], date | None]


def named_days(text: str, today: date) -> list[date]:
    """Every day named, in the order of the words; a day without a year is the next one from `today` on.

    A month alone is its first day; 月底 its last, 月中 its fifteenth. A span (半个月) is counted from `today`.
    In "10月1日到7日" the second day takes its month from the first.
    """
    plain = _plain(text)
    found: list[_Said] = []
    taken: set[int] = set()
    for name, read in _READERS:
        for match in _pattern(name).finditer(plain):
            places = set(range(*match.span()))
            if not places & taken:
                taken |= places
                found.append(_Said(match.start(), match.groupdict(), read))
    found.sort(key=lambda said: said.start)
    return _in_turn(found, today)


def day_until(text: str, today: date) -> date | None:
    """The last day named that lies after `today`; None when none is: "先歇到三月", "停半个月"."""
    later = [day for day in named_days(text, today) if day > today]
    return later[-1] if later else None


def _in_turn(found: list[_Said], today: date) -> list[date]:
    days: list[date] = []
    for said in found:
        # What follows a day is counted from it: in "12月1日到7日" the 7th is the one after the 1st.
        is_own = said.read in (_near_day, _month_ahead)
        from_day = today if is_own or not days else max(today, days[-1])
        day = said.read(said.parts, from_day)
        if day is not None:
            days.append(day)
    return days


def _plain(text: str) -> str:
    for word, digits in table("understanding", "dates.months").items():
        text = text.replace(word, digits)
    return plain_numbers(corrected(without_ends(spelled(text)))).replace(" ", "")


def _year_of(said: str | None, today: date) -> int | None:
    if said is None:
        return None
    ahead: dict[str, int] = table("understanding", "dates.years")
    return today.year + ahead[said] if said in ahead else int(said)


def _calendar_day(parts: dict[str, str | None], today: date) -> date | None:
    year, month = _year_of(parts["year"], today), int(parts["month"] or 0)
    if not 1 <= month <= 12:
        return None
    for candidate in [year] if year else [today.year, today.year + 1]:
        day = _day_in(candidate, month, parts)
        if day and (year or day >= today):
            return day
    return None


def _day_in(year: int, month: int, parts: dict[str, str | None]) -> date | None:
    last = monthrange(year, month)[1]
    if parts.get("day"):
        said = int(parts["day"] or 0)
        return date(year, month, said) if 1 <= said <= last else None
    places: dict[str, int] = table("understanding", "dates.parts")
    return date(year, month, min(last, places.get(parts.get("part") or "", 1)))


def _month_ahead(parts: dict[str, str | None], today: date) -> date | None:
    steps: int = table("understanding", "dates.ahead")[parts["ahead"]]
    months = today.year * 12 + today.month - 1 + steps
    return _day_in(months // 12, months % 12 + 1, parts)


def _day_of_month(parts: dict[str, str | None], today: date) -> date | None:
    for steps in (0, 1, 2):
        months = today.year * 12 + today.month - 1 + steps
        day = _day_in(months // 12, months % 12 + 1, parts)
        if day and day >= today:
            return day
    return None


def _span(parts: dict[str, str | None], today: date) -> date | None:
    unit, count = parts["unit"] or "", parts["count"] or ""
    units: dict[str, int] = table("understanding", "dates.units")
    halves = 1 if count == table("understanding", "dates.half") else 2 * (number(count) or 0)
    if units[unit] < 0:  # months, as halves of which there are no days: half a month is a fortnight
        months = -units[unit] * halves
        return today + timedelta(days=15) if months == 1 else _months_on(today, months // 2)
    return today + timedelta(days=units[unit] * halves // 2)


def _months_on(today: date, count: int) -> date:
    months = today.year * 12 + today.month - 1 + count
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def _after_spring_festival(parts: dict[str, str | None], today: date) -> date | None:
    years = (year for year in (today.year, today.year + 1) if FIRST_YEAR <= year <= LAST_YEAR)
    days = [lunar_new_year(year) + _LANTERNS_OVER for year in years]
    return next((day for day in days if day > today), None)


def _near_day(parts: dict[str, str | None], today: date) -> date | None:
    steps: int = table("understanding", "dates.near")[parts["near"]]
    return today + timedelta(days=steps)


_READERS: tuple[tuple[str, Callable[[dict[str, str | None], date], date | None]], ...] = (
    ("calendar", _calendar_day),
    ("month_ahead", _month_ahead),
    ("spring_festival", _after_spring_festival),
    ("span", _span),
    ("near_day", _near_day),
    ("day_of_month", _day_of_month),
)
"""The ways of naming a day, the most particular first: what one has read is not read again."""


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(table("understanding", f"dates.{name}"))
