"""The lunar calendar: conversions between lunar and solar days, and dates of birth kept as they were told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from borax.calendars.lunardate import LCalendars, LunarDate

Calendar = Literal["solar", "lunar"]

FIRST_DAY, LAST_DAY = date(1900, 1, 31), date(2101, 1, 28)
FIRST_YEAR, LAST_YEAR = 1900, 2100
_LONGEST_MONTH = 30


@dataclass(frozen=True, slots=True)
class LunarDay:
    """A day by the lunar calendar; `leap` marks a day of the leap month that follows month `month`."""

    year: int
    month: int
    day: int
    leap: bool = False


def leap_month(year: int) -> int | None:
    """The number of the month that lunar `year` has twice, or None. ValueError outside 1900–2100."""
    return LCalendars.leap_month(year) or None


def exists(year: int, month: int, day: int, leap: bool = False) -> bool:
    """Whether the lunar calendar has this day (1950-02-30: yes; 2026-12-30: no). Years 1900–2100."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        return False
    found = _months(year).get((month, leap))
    return found is not None and 1 <= day <= found[1]


def to_solar(year: int, month: int, day: int, leap: bool = False) -> date:
    """The solar day of a lunar day *as kept in that year*.

    A leap month the year does not have becomes the plain month; the 30th of a 29-day month becomes the 29th.
    ValueError for a month or day no year has, and outside 1900–2100.
    """
    if not (1 <= month <= 12 and 1 <= day <= _LONGEST_MONTH):
        raise ValueError(f"no lunar month {month} with day {day}")
    months = _months(year)
    first, length = months.get((month, leap)) or months[month, False]
    return first + timedelta(days=min(day, length) - 1)


@lru_cache(maxsize=4096)
def from_solar(day: date) -> LunarDay:
    """The lunar day of a solar day. ValueError before 31 January 1900 and after lunar 2100."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"the lunar tables reach from {FIRST_DAY} to {LAST_DAY}")
    found = LunarDate.from_solar(day)
    return LunarDay(found.year, found.month, found.day, bool(found.leap))


def lunar_new_year(year: int) -> date:
    """Spring Festival (春节): the first day of lunar `year`."""
    return to_solar(year, 1, 1)


def new_year_eve(year: int) -> date:
    """除夕, the evening before lunar `year` begins; its number in the old year (29th or 30th) varies."""
    return lunar_new_year(year) - timedelta(days=1)


def double_ninth(year: int) -> date:
    """重阳节: the ninth day of the ninth month; a leap ninth month does not count."""
    return to_solar(year, 9, 9)


@lru_cache(maxsize=LAST_YEAR - FIRST_YEAR + 1)
def _months(year: int) -> dict[tuple[int, bool], tuple[date, int]]:
    """The months of a lunar year: (number, leap) → first solar day, length. Kept, as planning asks often."""
    first: date = LunarDate(year, 1, 1, 0).to_solar_date()
    months = {}
    for month, length, leap in LCalendars.iter_year_month(year):
        months[month, bool(leap)] = (first, length)
        first += timedelta(days=length)
    return months


@dataclass(frozen=True, slots=True)
class BirthDate:
    """A date of birth as the person told it, in the person's own calendar; never converted in store.

    A plain date without a zone (clocks were moved in 1940–49 and 1986–91). ValueError if its calendar has no
    such day or the lunar tables do not reach it (31 January 1900 to the year 2100).
    """

    year: int
    month: int
    day: int
    calendar: Calendar = "solar"
    leap: bool = False

    def __post_init__(self) -> None:
        if self.calendar not in ("solar", "lunar"):
            raise ValueError(f"no calendar named {self.calendar}")
        if self.leap and self.calendar == "solar":
            raise ValueError("only a lunar birth can lie in a leap month")
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise ValueError(f"no year of birth is {self.year}")
        if self.calendar == "lunar" and not exists(self.year, self.month, self.day, self.leap):
            raise ValueError(f"the lunar calendar has no day {self}")
        if self.solar < FIRST_DAY:
            raise ValueError(f"births are known from {FIRST_DAY} on")

    @classmethod
    def parse(cls, text: str, calendar: Calendar = "solar", leap: bool = False) -> BirthDate:
        """Read "1946-02-09" in the named calendar (lunar "1950-02-30" exists). ValueError if none."""
        parts = text.strip().split("-")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
            raise ValueError("a date of birth is year-month-day")
        year, month, day = map(int, parts)
        return cls(year, month, day, calendar, leap)

    def __str__(self) -> str:
        """Year-month-day in its own calendar, as `parse` reads it; calendar and leap are kept beside it."""
        return f"{self.year:04}-{self.month:02}-{self.day:02}"

    @property
    def solar(self) -> date:
        """The solar day of birth, for sorting and counting; what the person said stays primary."""
        if self.calendar == "solar":
            return date(self.year, self.month, self.day)
        return to_solar(self.year, self.month, self.day, self.leap)

    def year_at(self, day: date) -> int:
        """The year that `day` belongs to in this person's calendar."""
        return day.year if self.calendar == "solar" else from_solar(day).year

    def birthday(self, year: int) -> date:
        """The solar day of the birthday in `year` of the own calendar (twelfth month: early in year + 1).

        Born on 29 February: 28 February in common years, as the 30th becomes the 29th in short lunar months.
        """
        if self.calendar == "lunar":
            return to_solar(year, self.month, self.day, self.leap)
        if (self.month, self.day) == (2, 29) and not _has_29_february(year):
            return date(year, 2, 28)
        return date(year, self.month, self.day)

    def next_birthday(self, after: date) -> date:
        """The first birthday strictly later than `after`; the day of birth itself is none."""
        year = max(self.year_at(after), self.year + 1)
        this_year = self.birthday(year)
        return this_year if this_year > after else self.birthday(year + 1)

    def full_age(self, on: date) -> int:
        """周岁: completed years in the own calendar; 0 before the first birthday."""
        year = self.year_at(on)
        return max(0, year - self.year - (on < self.birthday(year)))

    def nominal_age(self, on: date) -> int:
        """虚岁: 1 at birth, one more each lunar New Year, for births of both calendars."""
        born = self.year if self.calendar == "lunar" else from_solar(self.solar).year
        return from_solar(on).year - born + 1


def _has_29_february(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
