"""The lunar calendar agrees with an independent table, and births stay what they were told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sxtwl
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import lunar
from kit.lunar import BirthDate, LunarDay

AGREED = (date(1901, 1, 1), date(2057, 9, 1))
EVERY_37TH_DAY = range(0, (AGREED[1] - AGREED[0]).days, 37)


def by_sxtwl(day: date) -> LunarDay:
    found = sxtwl.fromSolar(day.year, day.month, day.day)
    return LunarDay(found.getLunarYear(True), found.getLunarMonth(), found.getLunarDay(), bool(found.isLunarLeap()))


def test_every_37th_day_from_1901_to_2057_agrees_with_sxtwl_both_ways() -> None:
    for number in EVERY_37TH_DAY:
        day = AGREED[0] + timedelta(days=number)
        found = lunar.from_solar(day)
        assert found == by_sxtwl(day)
        assert lunar.to_solar(found.year, found.month, found.day, found.leap) == day


@pytest.mark.parametrize(
    "first",
    [date(1933, 7, 22), date(1954, 11, 25), date(1978, 9, 2), date(2033, 12, 22), date(2033, 11, 22)],
    ids=str,
)
def test_months_that_other_tables_get_wrong_agree_with_sxtwl_on_every_day(first: date) -> None:
    for number in range(-1, 32):
        day = first + timedelta(days=number)
        assert lunar.from_solar(day) == by_sxtwl(day)


def test_the_month_of_28_september_2057_begins_a_day_later_here_than_in_sxtwl() -> None:
    assert by_sxtwl(date(2057, 9, 28)).day == 1
    assert lunar.from_solar(date(2057, 9, 29)).day == 1


@pytest.mark.parametrize(
    ("year", "month", "day", "leap", "solar"),
    [
        pytest.param(2026, 1, 1, False, date(2026, 2, 17), id="new-year"),
        pytest.param(2028, 5, 4, True, date(2028, 6, 26), id="leap-month-present"),
        pytest.param(2026, 5, 4, True, date(2026, 6, 18), id="leap-month-absent-is-the-plain-month"),
        pytest.param(2026, 12, 30, False, date(2027, 2, 5), id="missing-30th-is-the-29th"),
        pytest.param(2033, 11, 1, True, date(2033, 12, 22), id="leap-eleventh-2033"),
    ],
)
def test_a_lunar_day_falls_on_its_solar_day(year: int, month: int, day: int, leap: bool, solar: date) -> None:
    assert lunar.to_solar(year, month, day, leap) == solar


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(2026, 13, 1), (2026, 0, 1), (2026, 1, 31), (2026, 1, 0), (1899, 1, 1), (2101, 1, 1)],
)
def test_what_no_lunar_year_has_is_refused(year: int, month: int, day: int) -> None:
    with pytest.raises(ValueError, match=r"lunar month|Year must be"):
        lunar.to_solar(year, month, day)


@pytest.mark.parametrize("day", [date(1900, 1, 30), date(2101, 1, 29)], ids=str)
def test_solar_days_outside_the_tables_are_refused(day: date) -> None:
    with pytest.raises(ValueError, match="lunar tables"):
        lunar.from_solar(day)


@pytest.mark.parametrize(
    ("year", "month", "day", "leap", "is_there"),
    [
        pytest.param(1950, 2, 30, False, True, id="1950-02-30"),
        pytest.param(2026, 12, 30, False, False, id="2026-12-30"),
        pytest.param(1944, 4, 9, True, True, id="leap-fourth-1944"),
        pytest.param(1946, 4, 9, True, False, id="no-leap-fourth-1946"),
        pytest.param(2033, 7, 1, True, False, id="no-leap-seventh-2033"),
        pytest.param(2026, 13, 1, False, False, id="month-13"),
        pytest.param(2026, 1, 31, False, False, id="day-31"),
        pytest.param(1899, 1, 1, False, False, id="before-the-tables"),
    ],
)
def test_a_lunar_day_exists_or_not(year: int, month: int, day: int, leap: bool, is_there: bool) -> None:
    assert lunar.exists(year, month, day, leap) is is_there


@pytest.mark.parametrize(("year", "month"), [(2025, 6), (2026, None), (2028, 5), (2033, 11), (1944, 4)])
def test_a_year_has_its_leap_month(year: int, month: int | None) -> None:
    assert lunar.leap_month(year) == month


@pytest.mark.parametrize(
    ("year", "eve"), [(2026, date(2026, 2, 16)), (2027, date(2027, 2, 5)), (2028, date(2028, 1, 25))]
)
def test_new_year_eve_is_the_day_before_the_new_year(year: int, eve: date) -> None:
    assert lunar.new_year_eve(year) == eve
    assert lunar.lunar_new_year(year) == eve + timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "calendar", "leap", "solar"),
    [
        pytest.param("1946-02-09", "lunar", False, date(1946, 3, 12), id="lunar"),
        pytest.param("1950-02-30", "lunar", False, date(1950, 4, 16), id="lunar-30th-of-february"),
        pytest.param("1944-04-09", "lunar", True, date(1944, 5, 30), id="leap-month"),
        pytest.param("1940-06-01", "solar", False, date(1940, 6, 1), id="clock-moved-1940"),
        pytest.param("1944-03-01", "solar", False, date(1944, 3, 1), id="clock-moved-1944"),
        pytest.param("1986-05-04", "solar", False, date(1986, 5, 4), id="clock-moved-1986"),
    ],
)
def test_a_birth_is_read_and_written_unchanged(text: str, calendar: lunar.Calendar, leap: bool, solar: date) -> None:
    birth = BirthDate.parse(text, calendar, leap)
    assert str(birth) == text
    assert birth.solar == solar
    assert (birth.calendar, birth.leap) == (calendar, leap)


@pytest.mark.parametrize(
    ("text", "calendar", "leap"),
    [
        pytest.param("1950-02-30", "solar", False, id="solar-30th-of-february"),
        pytest.param("2026-12-30", "lunar", False, id="lunar-month-too-short"),
        pytest.param("1946-04-09", "lunar", True, id="no-such-leap-month"),
        pytest.param("1946-04-09", "solar", True, id="solar-leap-month"),
        pytest.param("1946-04-09", "julian", False, id="unknown-calendar"),
        pytest.param("1946/04/09", "solar", False, id="slashes"),
        pytest.param("1946-04", "solar", False, id="no-day"),
        pytest.param("1946-99999999999999999999-01", "solar", False, id="huge-month"),
        pytest.param("9999-01-01", "solar", False, id="far-future"),
        pytest.param("1900-01-30", "solar", False, id="before-the-tables"),
        pytest.param("1946-０4-09", "solar", False, id="wide-digit"),
        pytest.param("", "solar", False, id="empty"),
    ],
)
def test_what_is_no_date_of_birth_is_refused(text: str, calendar: lunar.Calendar, leap: bool) -> None:
    with pytest.raises(ValueError, match=r"birth|calendar|leap month|out of range|must be in"):
        BirthDate.parse(text, calendar, leap)


LUNAR_BIRTHDAYS = [
    ("1946-02-09", False, date(2026, 1, 1), date(2026, 3, 27)),
    ("1946-02-09", False, date(2026, 3, 27), date(2027, 3, 16)),
    ("1944-04-09", True, date(2026, 1, 1), date(2026, 5, 25)),
    ("1952-05-04", True, date(2026, 1, 1), date(2026, 6, 18)),
    ("1952-05-04", True, date(2028, 1, 1), date(2028, 6, 26)),
    ("1936-12-08", False, date(2026, 2, 17), date(2027, 1, 15)),
    ("1947-12-30", False, date(2026, 2, 17), date(2027, 2, 5)),
    ("1955-01-01", False, date(2026, 1, 1), date(2026, 2, 17)),
]


@pytest.mark.parametrize(("text", "leap", "after", "on"), LUNAR_BIRTHDAYS, ids=lambda value: str(value))
def test_a_lunar_birthday_falls_on_its_day(text: str, leap: bool, after: date, on: date) -> None:
    assert BirthDate.parse(text, "lunar", leap).next_birthday(after) == on


@pytest.mark.parametrize(
    ("text", "after", "on"),
    [
        pytest.param("1948-02-29", date(2026, 1, 1), date(2026, 2, 28), id="29-february-in-a-common-year"),
        pytest.param("1948-02-29", date(2028, 1, 1), date(2028, 2, 29), id="29-february-in-a-leap-year"),
        pytest.param("1948-02-28", date(2028, 1, 1), date(2028, 2, 28), id="28-february-stays"),
        pytest.param("1944-03-01", date(2026, 3, 1), date(2027, 3, 1), id="strictly-after"),
        pytest.param("1940-06-01", date(1940, 5, 1), date(1941, 6, 1), id="birth-is-no-birthday"),
    ],
)
def test_a_solar_birthday_falls_on_its_day(text: str, after: date, on: date) -> None:
    assert BirthDate.parse(text).next_birthday(after) == on


@pytest.mark.parametrize(
    ("text", "calendar", "on", "full", "nominal"),
    [
        pytest.param("1946-02-09", "lunar", date(2026, 3, 26), 79, 81, id="day-before-lunar-80th"),
        pytest.param("1946-02-09", "lunar", date(2026, 3, 27), 80, 81, id="lunar-80th"),
        pytest.param("1936-12-08", "lunar", date(2027, 1, 14), 89, 91, id="twelfth-month-before"),
        pytest.param("1936-12-08", "lunar", date(2027, 1, 15), 90, 91, id="twelfth-month-birthday"),
        pytest.param("1947-01-10", "solar", date(2026, 1, 10), 79, 80, id="january-same-lunar-side"),
        pytest.param("1947-01-25", "solar", date(2026, 1, 25), 79, 79, id="january-other-lunar-side"),
        pytest.param("1947-01-20", "solar", date(2027, 2, 6), 80, 82, id="lunar-new-year-adds-one"),
        pytest.param("1948-02-29", "solar", date(2026, 2, 28), 78, 79, id="29-february"),
        pytest.param("1946-02-09", "solar", date(1946, 2, 9), 0, 1, id="at-birth"),
    ],
)
def test_ages_are_counted_both_ways(text: str, calendar: lunar.Calendar, on: date, full: int, nominal: int) -> None:
    birth = BirthDate.parse(text, calendar)
    assert (birth.full_age(on), birth.nominal_age(on)) == (full, nominal)


born = st.dates(date(1920, 1, 1), date(1975, 12, 31))


def as_told(day: date, is_lunar: bool) -> BirthDate:
    if not is_lunar:
        return BirthDate(day.year, day.month, day.day)
    told = lunar.from_solar(day)
    return BirthDate(told.year, told.month, told.day, "lunar", told.leap)


@settings(max_examples=150, deadline=None)
@given(day=born, is_lunar=st.booleans(), after=st.dates(date(2020, 1, 1), date(2050, 12, 31)))
def test_birthdays_follow_each_other_one_a_year_and_add_one_year_each(day: date, is_lunar: bool, after: date) -> None:
    birth = as_told(day, is_lunar)
    first = birth.next_birthday(after)
    second = birth.next_birthday(first)
    assert after < first < second
    assert birth.solar == day
    assert birth.full_age(second) == birth.full_age(first) + 1 == birth.full_age(after) + 2
    assert birth.full_age(first - timedelta(days=1)) == birth.full_age(after)


@settings(max_examples=150, deadline=None)
@given(day=born, years=st.integers(50, 90))
def test_on_a_lunar_birthday_the_nominal_age_is_the_full_age_plus_one(day: date, years: int) -> None:
    birth = as_told(day, is_lunar=True)
    on = birth.birthday(birth.year + years)
    assert (birth.full_age(on), birth.nominal_age(on)) == (years, years + 1)
