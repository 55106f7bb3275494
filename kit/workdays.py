"""Workdays: which days offices work, by the county's own table, published and projected holidays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

Overrides = Mapping[date, bool]
"""The county's table: day → is it a workday. It wins over everything else."""

_NEXT_YEAR_EXPECTED = (
    11,
    1,
)  # the State Council publishes the coming year's arrangement in October or November
_ONE_DAY = timedelta(days=1)


def is_workday(day: date, overrides: Overrides) -> bool:
    """Whether offices work on `day`: the county's table, else the published arrangement, else a projection.

    In a year the county has loaded, days outside the table follow the week. The projection of a year nobody
    has loaded (`is_provisional`) knows the statutory days but no swapped ones.
    """
    if day in overrides:
        return overrides[day]
    if day.year in _published_years():
        return _published(day)
    if is_loaded(day.year, overrides):
        return day.weekday() < 5
    return day.weekday() < 5 and day not in _statutory_days(day.year)


def is_provisional(day: date, overrides: Overrides) -> bool:
    """Whether the answer for `day` is only a projection, because its year's arrangement is not loaded."""
    return day not in overrides and not is_loaded(day.year, overrides)


def add_workdays(day: date, count: int, overrides: Overrides) -> date:
    """The `count`-th workday after `day`; 0 gives `day` itself, or the next workday if it is none.

    ValueError for a negative count.
    """
    if count < 0:
        raise ValueError("workdays are counted forwards")
    if count == 0:
        return _walk(day, _ONE_DAY, overrides)
    for _ in range(count):
        day = _walk(day + _ONE_DAY, _ONE_DAY, overrides)
    return day


def workday_before(day: date, overrides: Overrides) -> date:
    """The last workday strictly before `day`, as in "the workday before the holiday"."""
    return _walk(day - _ONE_DAY, -_ONE_DAY, overrides)


def is_loaded(year: int, overrides: Overrides) -> bool:
    """Whether the arrangement of `year` is known: published with the product, or loaded by the county.

    A county's table counts once it frees a weekday of the National Day week: every arrangement does, it is
    the last holiday of the list, and a single corrected day elsewhere does not pretend to be a whole year.
    """
    if year in _published_years():
        return True
    week = (date(year, 10, number) for number in range(1, 8))
    return any(day.weekday() < 5 and overrides.get(day) is False for day in week)


def next_year_is_loaded(today: date, overrides: Overrides) -> bool:
    """Whether the arrangement of the year after `today` is known."""
    return is_loaded(today.year + 1, overrides)


def year_to_load(today: date, overrides: Overrides) -> int | None:
    """The year the administrator must load now, or None; next year's is asked for from 1 November."""
    if not is_loaded(today.year, overrides):
        return today.year
    is_expected = (today.month, today.day) >= _NEXT_YEAR_EXPECTED
    return today.year + 1 if is_expected and not next_year_is_loaded(today, overrides) else None


def known_workdays(year: int) -> list[tuple[date, bool]]:
    """Rows to seed the county's table: the days of a published `year` that differ from Monday to Friday.

    Empty if the year is not published; a projection is never handed out as if it were known.
    """
    if year not in _published_years():
        return []
    first = date(year, 1, 1)
    days = (first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days))
    return [(day, _published(day)) for day in days if _published(day) != (day.weekday() < 5)]


def _walk(day: date, step: timedelta, overrides: Overrides) -> date:
    while not is_workday(day, overrides):
        day += step
    return day


@lru_cache(maxsize=4096)
def _published(day: date) -> bool:
    import chinese_calendar

    return bool(chinese_calendar.is_workday(day))


@lru_cache(maxsize=1)
def _published_years() -> frozenset[int]:
    from chinese_calendar.constants import holidays as published

    return frozenset(day.year for day in published)


@lru_cache(maxsize=32)
def _statutory_days(year: int) -> frozenset[date]:
    from holidays import country_holidays  # here, because the package takes half a second to import

    return frozenset(country_holidays("CN", years=year))
