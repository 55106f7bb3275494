"""Workdays are counted over what is published, what the county loaded, and honest projections."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kit import workdays

NOTHING: dict[date, bool] = {}
LOADED_2027 = {date(2027, 10, day): False for day in (1, 4, 5, 6, 7)} | {date(2027, 10, 9): True}


@pytest.mark.parametrize(
    ("day", "overrides", "works"),
    [
        pytest.param(date(2026, 11, 23), NOTHING, True, id="a-monday"),
        pytest.param(date(2026, 11, 22), NOTHING, False, id="a-sunday"),
        pytest.param(date(2026, 10, 1), NOTHING, False, id="national-day"),
        pytest.param(date(2026, 2, 14), NOTHING, True, id="swapped-saturday-before-spring-festival"),
        pytest.param(date(2026, 11, 23), {date(2026, 11, 23): False}, False, id="the-county-says-free"),
        pytest.param(date(2026, 11, 22), {date(2026, 11, 22): True}, True, id="the-county-says-work"),
        pytest.param(date(2027, 2, 8), NOTHING, False, id="projected-spring-festival"),
        pytest.param(date(2027, 3, 1), NOTHING, True, id="projected-monday"),
        pytest.param(date(2027, 10, 9), NOTHING, False, id="projected-saturday"),
        pytest.param(date(2027, 10, 9), LOADED_2027, True, id="loaded-swap"),
        pytest.param(date(2027, 5, 4), NOTHING, False, id="guessed-day-off-while-not-loaded"),
        pytest.param(date(2027, 5, 4), LOADED_2027, True, id="no-guesses-in-a-loaded-year"),
    ],
)
def test_a_day_is_a_workday_or_not(day: date, overrides: dict[date, bool], works: bool) -> None:
    assert workdays.is_workday(day, overrides) is works


@pytest.mark.parametrize(
    ("day", "overrides", "provisional"),
    [
        pytest.param(date(2026, 12, 31), NOTHING, False, id="published"),
        pytest.param(date(2027, 1, 1), NOTHING, True, id="nobody-knows-yet"),
        pytest.param(date(2027, 1, 1), {date(2027, 1, 1): False}, False, id="this-day-is-known"),
        pytest.param(date(2027, 1, 4), {date(2027, 1, 1): False}, True, id="one-day-is-not-a-year"),
        pytest.param(date(2027, 1, 4), LOADED_2027, False, id="loaded"),
        pytest.param(date(2028, 1, 4), LOADED_2027, True, id="the-year-after"),
    ],
)
def test_a_projection_is_marked(day: date, overrides: dict[date, bool], provisional: bool) -> None:
    assert workdays.is_provisional(day, overrides) is provisional


@pytest.mark.parametrize(
    ("day", "count", "overrides", "then"),
    [
        pytest.param(date(2026, 11, 23), 3, NOTHING, date(2026, 11, 26), id="within-a-week"),
        pytest.param(date(2026, 11, 26), 3, NOTHING, date(2026, 12, 1), id="over-a-weekend"),
        pytest.param(date(2026, 9, 30), 1, NOTHING, date(2026, 10, 8), id="over-national-day"),
        pytest.param(date(2026, 2, 13), 1, NOTHING, date(2026, 2, 14), id="onto-a-swapped-saturday"),
        pytest.param(date(2026, 12, 31), 1, NOTHING, date(2027, 1, 4), id="into-a-year-not-loaded"),
        pytest.param(date(2026, 11, 23), 1, {date(2026, 11, 24): False}, date(2026, 11, 25), id="the-county-is-free"),
        pytest.param(date(2026, 11, 23), 0, NOTHING, date(2026, 11, 23), id="none-on-a-workday"),
        pytest.param(date(2026, 11, 22), 0, NOTHING, date(2026, 11, 23), id="none-on-a-sunday"),
    ],
)
def test_workdays_are_counted_forwards(day: date, count: int, overrides: dict[date, bool], then: date) -> None:
    assert workdays.add_workdays(day, count, overrides) == then


def test_workdays_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        workdays.add_workdays(date(2026, 11, 23), -1, NOTHING)


@pytest.mark.parametrize(
    ("day", "before"),
    [
        pytest.param(date(2026, 10, 1), date(2026, 9, 30), id="national-day"),
        pytest.param(date(2026, 2, 17), date(2026, 2, 14), id="spring-festival"),
        pytest.param(date(2026, 11, 23), date(2026, 11, 20), id="a-monday"),
        pytest.param(date(2027, 2, 6), date(2027, 2, 4), id="projected-spring-festival"),
    ],
)
def test_the_workday_before_a_day_is_found(day: date, before: date) -> None:
    assert workdays.workday_before(day, NOTHING) == before


@pytest.mark.parametrize(
    ("today", "overrides", "year"),
    [
        pytest.param(date(2026, 10, 31), NOTHING, None, id="october-is-early"),
        pytest.param(date(2026, 11, 1), NOTHING, 2027, id="from-1-november"),
        pytest.param(date(2026, 12, 31), LOADED_2027, None, id="loaded"),
        pytest.param(date(2026, 12, 31), {date(2027, 1, 1): False}, 2027, id="one-day-is-not-a-year"),
        pytest.param(date(2027, 1, 1), NOTHING, 2027, id="still-missing-in-january"),
        pytest.param(date(2027, 11, 1), LOADED_2027, 2028, id="and-again-next-year"),
        pytest.param(date(2025, 11, 1), NOTHING, None, id="published-with-the-product"),
    ],
)
def test_the_administrator_is_warned_until_next_year_is_loaded(
    today: date, overrides: dict[date, bool], year: int | None
) -> None:
    assert workdays.year_to_load(today, overrides) == year


def test_next_year_is_loaded_once_the_county_has_entered_it() -> None:
    assert not workdays.next_year_is_loaded(date(2026, 11, 22), NOTHING)
    assert workdays.next_year_is_loaded(date(2026, 11, 22), LOADED_2027)
    assert workdays.next_year_is_loaded(date(2025, 11, 22), NOTHING)


def test_seed_rows_hold_only_days_that_differ_from_the_week_and_rebuild_the_year() -> None:
    rows = dict(workdays.known_workdays(2026))
    assert len(rows) == 25
    assert rows[date(2026, 2, 14)] is True
    assert rows[date(2026, 10, 1)] is False
    for number in range(365):
        day = date(2026, 1, 1) + timedelta(days=number)
        assert rows.get(day, day.weekday() < 5) is workdays.is_workday(day, NOTHING)


def test_a_year_that_is_not_published_seeds_nothing() -> None:
    assert workdays.known_workdays(2027) == []
