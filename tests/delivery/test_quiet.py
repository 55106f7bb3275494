"""Quiet hours and the daily cap hold by the wall clock of the county."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.quiet import QuietPolicy, QuietSpan, earliest_push, has_room, is_quiet, next_allowed
from kit.clock import SHANGHAI

POLICY = QuietPolicy()
MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)


def at(clock: str, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


@pytest.mark.parametrize(
    ("clock", "allowed"),
    [
        pytest.param("00:00", at("07:30"), id="midnight"),
        pytest.param("07:29:59.999999", at("07:30"), id="last-moment-of-the-night"),
        pytest.param("07:30", at("07:30"), id="morning"),
        pytest.param("08:30", at("08:30"), id="reminder-time"),
        pytest.param("11:59:59", at("11:59:59"), id="before-noon"),
        pytest.param("12:00", at("14:00"), id="noon"),
        pytest.param("13:59:59", at("14:00"), id="last-moment-of-the-nap"),
        pytest.param("14:00", at("14:00"), id="after-the-nap"),
        pytest.param("20:59:59", at("20:59:59"), id="evening"),
        pytest.param("21:00", at("07:30", TUESDAY), id="night-begins"),
        pytest.param("23:59:59", at("07:30", TUESDAY), id="last-second-of-the-day"),
    ],
)
def test_a_moment_is_quiet_until_the_next_allowed_one(clock: str, allowed: datetime) -> None:
    moment = at(clock)
    assert next_allowed(moment, POLICY) == allowed
    assert is_quiet(moment, POLICY) is (moment != allowed)


def test_other_zones_are_read_as_the_county_s_wall_clock() -> None:
    assert is_quiet(datetime(2026, 11, 23, 13, 0, tzinfo=UTC), POLICY)
    assert next_allowed(datetime(2026, 11, 23, 13, 0, tzinfo=UTC), POLICY).isoformat() == "2026-11-24T07:30:00+08:00"


def test_spans_that_touch_are_left_together() -> None:
    policy = QuietPolicy(spans=(QuietSpan(time(21), time(0)), QuietSpan(time(0), time(6))))
    assert next_allowed(at("22:00"), policy) == at("06:00", TUESDAY)


@pytest.mark.parametrize(
    "spans",
    [
        pytest.param((QuietSpan(time(0), time(12)), QuietSpan(time(12), time(0))), id="two-halves"),
        pytest.param((QuietSpan(time(22), time(9)), QuietSpan(time(8), time(23))), id="overlapping"),
    ],
)
def test_quiet_hours_that_leave_no_time_are_refused(spans: tuple[QuietSpan, ...]) -> None:
    with pytest.raises(ValueError, match="no time of the day"):
        QuietPolicy(spans=spans)


def test_a_cap_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="daily cap"):
        QuietPolicy(daily_cap=0)


@pytest.mark.parametrize(
    ("pushes", "room"),
    [
        pytest.param([], True, id="none"),
        pytest.param([at("08:00"), at("09:00")], True, id="two"),
        pytest.param([at("08:00"), at("09:00"), at("20:00")], False, id="three"),
        pytest.param([at("08:00", TUESDAY)] * 3, True, id="three-on-another-day"),
        pytest.param([datetime(2026, 11, 22, 16, 0, tzinfo=UTC)] * 3, False, id="midnight-in-utc-terms"),
    ],
)
def test_a_person_gets_three_pushes_a_day(pushes: list[datetime], room: bool) -> None:
    assert has_room(pushes, MONDAY, POLICY) is room


THREE = [at("08:00"), at("09:00"), at("10:00")]


@pytest.mark.parametrize(
    ("topic", "moment", "pushes", "goes"),
    [
        pytest.param("festival", at("15:00"), [], at("15:00"), id="at-once"),
        pytest.param("festival", at("12:30"), [], at("14:00"), id="after-the-nap"),
        pytest.param("festival", at("15:00"), THREE, at("07:30", TUESDAY), id="full-day-waits-for-morning"),
        pytest.param(
            "festival",
            at("22:00"),
            [at("08:00", TUESDAY)] * 3,
            at("07:30", date(2026, 11, 25)),
            id="two-days-on",
        ),
        pytest.param("emergency", at("23:00"), THREE, at("23:00"), id="emergency"),
        pytest.param("missing_sign_of_life", at("12:30"), THREE, at("12:30"), id="missing-sign-of-life"),
        pytest.param("same_day_shift", at("06:00"), THREE, at("06:00"), id="same-day-shift"),
    ],
)
def test_a_push_goes_as_early_as_the_rules_allow(
    topic: str, moment: datetime, pushes: list[datetime], goes: datetime
) -> None:
    assert earliest_push(moment, topic, pushes, POLICY) == goes


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


@settings(max_examples=100, deadline=None)
@given(moment=moments)
def test_what_is_allowed_is_never_quiet_nor_earlier_nor_a_night_late(moment: datetime) -> None:
    allowed = next_allowed(moment, POLICY)
    assert not is_quiet(allowed, POLICY)
    assert moment <= allowed <= moment + timedelta(hours=10, minutes=30)


@settings(max_examples=60, deadline=None)
@given(ready=st.lists(moments, max_size=15).map(sorted))
def test_however_many_are_ready_no_day_holds_more_than_the_cap(ready: list[datetime]) -> None:
    planned: list[datetime] = []
    for moment in ready:
        planned.append(earliest_push(moment, "festival", planned, POLICY))
    days = [moment.date() for moment in planned]
    assert all(days.count(day) <= POLICY.daily_cap for day in days)
