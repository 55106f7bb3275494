"""Dates the way rosters hold them: 农历1946年二月初九, 46.2.9, 1946.02, 46年3月, Excel's own number."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Literal

import texts
from kit import lunar
from services.people.roster_reading.words import CAPABILITY, pattern, tidy, words

Calendar = Literal["solar", "lunar"]
FIRST_YEAR = 1900
CENTURY = 1900
# Nobody on a roster of retired people was born or admitted in 1900–1919 and writes the year with two digits.
FIRST_SHORT_YEAR = 20
_EXCEL_BEGINS = date(1899, 12, 30)
_SERIAL = re.compile(r"\d{5}")
_COMPACT = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(\d{2})?")
_OCTOBER_OR_JANUARY = re.compile(r"\d{4}\.1")
_BRACKETED = re.compile(r"[(\[【](.*?)[)\]】]")


@dataclass(frozen=True, slots=True)
class RoughDate:
    """A date as far as it was given; without `year` only a birthday, without `day` only a month."""

    year: int | None
    month: int | None = None
    day: int | None = None
    calendar: Calendar | None = None
    leap: bool = False
    is_serial: bool = False
    is_unclear: bool = False

    def __str__(self) -> str:
        parts = [
            f"{self.year:04}" if self.year else "",
            *(f"{part:02}" for part in (self.month, self.day) if part),
        ]
        return "-".join(part for part in parts if part)

    @property
    def is_whole(self) -> bool:
        """Whether year, month and day are all known."""
        return bool(self.year and self.month and self.day)

    @property
    def is_possible(self) -> bool:
        """Whether the calendar has such a day, month or year; a leap month is not looked at."""
        if self.year is not None and not FIRST_YEAR <= self.year <= lunar.LAST_YEAR:
            return False
        if self.month is None:
            return True
        if not self.is_whole:
            return 1 <= self.month <= 12 and 1 <= (self.day or 1) <= 31
        return self._has_day(self.year or 0, self.month, self.day or 0)

    def _has_day(self, year: int, month: int, day: int) -> bool:
        if self.calendar == "lunar":
            leap = self.leap and lunar.leap_month(year) == month
            return lunar.exists(year, month, day, leap)
        try:
            return bool(date(year, month, day))
        except ValueError:
            return False


def read_date(text: str) -> RoughDate | None:
    """The date a cell means, possible or not; None where no date can be seen in it."""
    halved = unicodedata.normalize("NFKC", text)
    plain = tidy(pattern("date_noise").sub("", _BRACKETED.sub(_keep_marks, halved)))
    calendar = _calendar(plain)
    leap = texts.section(CAPABILITY, "calendars")["leap"]
    bare = plain
    for word in (*words("calendars", "lunar"), *words("calendars", "solar")):
        bare = bare.replace(word, "")
    found = _serial(bare) or _compact(bare) or _spelled(bare)
    if found is None and leap in bare:
        found = _spelled(bare.replace(leap, ""))
    if found is None:
        return None
    if calendar is None and (leap in plain or pattern("lunar_words").search(bare)):
        calendar = "lunar"
    return replace(found, calendar=calendar, leap=leap in plain)


def _keep_marks(bracket: re.Match[str]) -> str:
    """(农历) speaks of the date before it; (农历正月初八) is a second date and left alone."""
    return "" if any(_value(character) is not None for character in bracket[1]) else bracket[1]


def _calendar(text: str) -> Calendar | None:
    if any(word in text for word in words("calendars", "lunar")):
        return "lunar"
    return "solar" if any(word in text for word in words("calendars", "solar")) else None


def _serial(text: str) -> RoughDate | None:
    if not _SERIAL.fullmatch(text):
        return None
    day = _EXCEL_BEGINS + timedelta(days=int(text))
    return RoughDate(day.year, day.month, day.day, is_serial=True)


def _compact(text: str) -> RoughDate | None:
    found = _COMPACT.fullmatch(text)
    if not found:
        return None
    return RoughDate(int(found[1]), int(found[2]), int(found[3]) if found[3] else None)


def _spelled(text: str) -> RoughDate | None:
    whole = pattern("date").fullmatch(text)
    if whole and (year := _year(whole["year"])):
        month, day = chinese_number(whole["month"]), chinese_number(whole["day"])
        return RoughDate(year, month, day, is_unclear=bool(_OCTOBER_OR_JANUARY.fullmatch(text)))
    yearless = pattern("yearless").fullmatch(text)
    return RoughDate(None, chinese_number(yearless["month"]), chinese_number(yearless["day"])) if yearless else None


def _year(text: str) -> int | None:
    digits = [_value(character) for character in text]
    if any(digit is None or digit > 9 for digit in digits) or len(digits) == 3:
        return None
    year = int("".join(map(str, digits)))
    if len(digits) == 4:
        return year
    return CENTURY + year if year >= FIRST_SHORT_YEAR else None


def chinese_number(text: str | None) -> int | None:
    """9, 初九, 十五, 二十三, 廿三, 腊 … as a number; 0 stays 0 and is refused as a date later."""
    if not text:
        return None
    if text.isdecimal():
        return int(text)
    numerals = texts.section(CAPABILITY, "numerals")
    if text in numerals["months"]:
        return int(numerals["months"][text])
    total = 0
    for character in text.removeprefix(numerals["first_ten"]):
        value = _value(character) or 0
        total = (total or 1) * value if value == 10 else total + value
    return total


@cache
def _value(character: str) -> int | None:
    numerals = texts.section(CAPABILITY, "numerals")
    tens = {numerals["ten"]: 10, numerals["twenty"]: 20, numerals["thirty"]: 30}
    if character in tens:
        return tens[character]
    if character in numerals["also_zero"]:
        return 0
    if character.isdecimal():
        return int(character)
    position = numerals["digits"].find(character)
    return position if position >= 0 else None
