"""The almanac against the days the reference has checked."""

from __future__ import annotations

from datetime import date

import pytest

from tests.year.almanac import birthday, ends, festivals


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2026, (date(2026, 2, 17), date(2026, 7, 1), date(2026, 10, 18))),
        (2028, (date(2028, 1, 26), date(2028, 7, 1), date(2028, 10, 26))),
        (2031, (date(2031, 1, 23), date(2031, 7, 1), date(2031, 10, 24))),
    ],
)
def test_festivals(year: int, days: tuple[date, date, date]) -> None:
    assert festivals(year) == days


@pytest.mark.parametrize(
    ("birth", "is_leap", "year", "day"),
    [
        ("1946-2-9", False, 2026, date(2026, 3, 27)),
        ("1944-4-9", True, 2026, date(2026, 5, 25)),
        ("1952-5-4", True, 2028, date(2028, 6, 26)),
        ("1936-12-8", False, 2026, date(2027, 1, 15)),
        ("1947-12-30", False, 2026, date(2027, 2, 5)),
    ],
)
def test_lunar_birthdays(birth: str, is_leap: bool, year: int, day: date) -> None:
    assert birthday({"birth": birth, "birth_calendar": "lunar", "birth_leap": is_leap}, year) == day


def test_the_ends_of_periods() -> None:
    first, last = date(2026, 1, 5), date(2027, 1, 4)
    assert [len(list(ends(period, first, last))) for period in ("week", "month", "quarter", "half", "year")] == [
        52, 12, 4, 2, 1,
    ]  # fmt: skip
