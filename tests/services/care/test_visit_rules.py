"""The calendar visits: every occasion once, on its day, reminded and risen as the county says."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import lunar
from kit.clock import SHANGHAI, local_day
from kit.county import Period
from kit.lunar import BirthDate
from services.care import visit_rules
from services.care.visit_rules import BirthdayPolicy, ExtraAge, Occasion, VisitPolicy, Window
from services.county import escalation

POLICY = VisitPolicy()
PLAIN = BirthdayPolicy()
TODAY = date(2026, 11, 23)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def born(text: str, calendar: lunar.Calendar = "lunar", leap: bool = False) -> BirthDate:
    return BirthDate.parse(text, calendar, leap)


@pytest.mark.parametrize(
    ("year", "spring_festival", "double_ninth"),
    [
        (2025, date(2025, 1, 29), date(2025, 10, 29)),
        (2026, date(2026, 2, 17), date(2026, 10, 18)),
        (2027, date(2027, 2, 6), date(2027, 10, 8)),
        (2028, date(2028, 1, 26), date(2028, 10, 26)),
        (2029, date(2029, 2, 13), date(2029, 10, 16)),
        (2030, date(2030, 2, 3), date(2030, 10, 5)),
        (2031, date(2031, 1, 23), date(2031, 10, 24)),
    ],
)
def test_festivals_fall_on_their_days(year: int, spring_festival: date, double_ninth: date) -> None:
    assert visit_rules.festival("spring_festival", year) == spring_festival
    assert visit_rules.festival("july_first", year) == date(year, 7, 1)
    assert visit_rules.festival("double_ninth", year) == double_ninth


@pytest.mark.parametrize(
    ("kind", "after", "on", "key"),
    [
        pytest.param("spring_festival", TODAY, date(2027, 2, 6), "spring_festival:2027", id="next-year"),
        pytest.param("spring_festival", date(2027, 2, 5), date(2027, 2, 6), "spring_festival:2027", id="eve"),
        pytest.param("spring_festival", date(2027, 2, 6), date(2028, 1, 26), "spring_festival:2028", id="the-day"),
        pytest.param("july_first", date(2027, 1, 1), date(2027, 7, 1), "july_first:2027", id="july"),
        pytest.param("double_ninth", TODAY, date(2027, 10, 8), "double_ninth:2027", id="double-ninth"),
    ],
)
def test_the_next_festival_is_strictly_later(kind: visit_rules.FestivalKind, after: date, on: date, key: str) -> None:
    occasion = visit_rules.next_festival(kind, after)
    assert (occasion.on, occasion.key, occasion.kind) == (on, key, "festival_visit")


ROUND = "decade_birthday"


@pytest.mark.parametrize(
    ("birth", "offset", "after", "occasion"),
    [
        pytest.param(born("1946-02-09"), 0, date(2026, 1, 1), Occasion(date(2026, 3, 27), ROUND, 80), id="full-80"),
        pytest.param(born("1947-02-09"), -1, date(2026, 1, 1), Occasion(date(2026, 3, 27), ROUND, 80), id="nominal-80"),
        pytest.param(born("1948-02-09"), -2, date(2026, 1, 1), Occasion(date(2026, 3, 27), ROUND, 80), id="nominal-79"),
        pytest.param(born("1946-02-09"), 0, date(2026, 3, 27), Occasion(date(2036, 3, 6), ROUND, 90), id="then-90"),
        pytest.param(
            born("1936-12-08"),
            0,
            TODAY,
            Occasion(date(2027, 1, 15), ROUND, 90),
            id="twelfth-month-falls-in-january",
        ),
        pytest.param(
            born("1936-12-08"),
            0,
            date(2027, 1, 14),
            Occasion(date(2027, 1, 15), ROUND, 90),
            id="twelfth-month-eve",
        ),
        pytest.param(
            born("1947-12-30"),
            -1,
            TODAY,
            Occasion(date(2027, 2, 5), ROUND, 80),
            id="missing-30th-on-new-year-eve",
        ),
        pytest.param(
            born("1938-05-04"),
            0,
            date(2028, 1, 1),
            Occasion(date(2028, 5, 27), ROUND, 90),
            id="plain-month-in-a-leap-year",
        ),
        pytest.param(
            born("1944-04-09", leap=True),
            0,
            date(2026, 1, 1),
            Occasion(date(2034, 5, 26), ROUND, 90),
            id="leap-birth",
        ),
        pytest.param(
            born("1968-02-29", "solar"),
            -1,
            date(2026, 1, 1),
            Occasion(date(2027, 2, 28), ROUND, 60),
            id="29-february",
        ),
        pytest.param(
            born("1944-03-01", "solar"),
            0,
            date(2026, 1, 1),
            Occasion(date(2034, 3, 1), ROUND, 90),
            id="solar-1944",
        ),
    ],
)
def test_the_next_round_birthday_falls_on_its_day(
    birth: BirthDate, offset: int, after: date, occasion: Occasion
) -> None:
    policy = BirthdayPolicy(offset_men=offset, offset_women=offset)
    assert visit_rules.next_decade_birthday(birth, "female", policy, None, after) == occasion


@pytest.mark.parametrize(
    ("sex", "override", "completed"),
    [
        pytest.param("male", None, 79, id="men-at-nine"),
        pytest.param("female", None, 80, id="women-at-ten"),
        pytest.param("", None, 79, id="unknown-takes-the-earlier"),
        pytest.param("male", 0, 80, id="a-man-s-own-wish"),
        pytest.param("female", -2, 78, id="a-woman-s-own-wish"),
    ],
)
def test_the_offset_is_by_sex_unless_the_member_wishes_otherwise(
    sex: str, override: int | None, completed: int
) -> None:
    birth = born("1950-02-30")
    policy = BirthdayPolicy(from_age=80, offset_men=-1, offset_women=0)
    occasion = visit_rules.next_decade_birthday(birth, sex, policy, override, TODAY)
    assert occasion is not None
    assert (birth.full_age(occasion.on), occasion.key) == (completed, "decade_birthday:80")


def marked(birth: BirthDate, policy: BirthdayPolicy, after: date, count: int) -> list[tuple[str, str]]:
    found = []
    for _ in range(count):
        occasion = visit_rules.next_decade_birthday(birth, "male", policy, None, after)
        assert occasion is not None
        found.append((str(occasion.on), occasion.key))
        after = occasion.on
    return found


def test_extra_ages_stand_between_the_round_ones() -> None:
    policy = BirthdayPolicy(extra_ages=(ExtraAge(85), ExtraAge(90, "nominal")))
    assert marked(born("1946-02-09"), policy, TODAY, 3) == [
        ("2031-03-01", "full_age_birthday:85"),
        ("2035-03-18", "nominal_age_birthday:90"),
        ("2036-03-06", "decade_birthday:90"),
    ]


def test_a_round_age_stands_for_an_extra_one_on_the_same_day() -> None:
    policy = BirthdayPolicy(offset_men=-1, extra_ages=(ExtraAge(90, "nominal"), ExtraAge(89)))
    assert [key for _, key in marked(born("1946-02-09"), policy, TODAY, 2)] == [
        "decade_birthday:90",
        "decade_birthday:100",
    ]


@pytest.mark.parametrize(
    ("text", "on"),
    [
        pytest.param("1937-01-10", date(2026, 1, 10), id="before-the-new-year-as-at-birth"),
        pytest.param("1937-02-01", date(2025, 2, 1), id="born-before-celebrated-after-the-new-year"),
        pytest.param("1937-02-12", date(2027, 2, 12), id="an-age-skipped"),
        pytest.param("1937-06-01", date(2026, 6, 1), id="summer"),
    ],
)
def test_a_nominal_age_is_marked_on_the_first_solar_birthday_that_reached_it(text: str, on: date) -> None:
    birth = born(text, "solar")
    policy = BirthdayPolicy(from_age=120, extra_ages=(ExtraAge(90, "nominal"),))
    occasion = visit_rules.next_decade_birthday(birth, "male", policy, None, date(2020, 1, 1))
    assert occasion is not None
    assert occasion.on == on
    assert birth.nominal_age(on) >= 90 > birth.nominal_age(birth.birthday(on.year - 1))


@pytest.mark.parametrize(
    ("birth", "after"),
    [
        pytest.param(born("1901-02-09"), date(2026, 1, 1), id="older-than-the-ages"),
        pytest.param(born("2090-02-09"), date(2091, 1, 1), id="past-the-tables"),
    ],
)
def test_where_ages_or_tables_end_there_is_no_next_birthday(birth: BirthDate, after: date) -> None:
    assert visit_rules.next_decade_birthday(birth, "male", PLAIN, None, after) is None


def test_a_first_age_between_the_tens_begins_with_the_next_ten() -> None:
    assert marked(born("1966-02-09"), BirthdayPolicy(from_age=65), TODAY, 1)[0][1] == "decade_birthday:70"


@pytest.mark.parametrize("offset", [1, -3])
def test_an_offset_the_custom_does_not_know_is_refused(offset: int) -> None:
    with pytest.raises(ValueError, match="offset is one of"):
        BirthdayPolicy(offset_men=offset)


@pytest.mark.parametrize(
    ("kind", "window"),
    [
        pytest.param("festival_visit", Window(date(2027, 1, 23), date(2027, 2, 6)), id="festival"),
        pytest.param("decade_birthday_visit", Window(date(2027, 2, 3), date(2027, 2, 6)), id="birthday"),
    ],
)
def test_a_visit_is_in_time_within_its_window(kind: visit_rules.VisitKind, window: Window) -> None:
    assert visit_rules.window(kind, date(2027, 2, 6), POLICY) == window


def test_reminders_come_seven_three_and_one_day_before_and_on_the_day_at_half_past_eight() -> None:
    reminders = visit_rules.reminders_due(date(2027, 2, 6), POLICY)
    assert [(reminder.days_before, reminder.at) for reminder in reminders] == [
        (7, local("2027-01-30T08:30")),
        (3, local("2027-02-03T08:30")),
        (1, local("2027-02-05T08:30")),
        (0, local("2027-02-06T08:30")),
    ]


@pytest.mark.parametrize(
    ("now", "days_before"),
    [
        pytest.param("2027-01-30T08:29:59", None, id="too-early"),
        pytest.param("2027-01-30T08:30", 7, id="first"),
        pytest.param("2027-02-02T23:00", 7, id="still-the-first"),
        pytest.param("2027-02-04T12:00", 3, id="one-after-an-outage"),
        pytest.param("2027-02-06T08:29", 1, id="the-day-before-half-past-eight"),
        pytest.param("2027-02-06T23:59:59", 0, id="the-day"),
        pytest.param("2027-02-07T00:00", None, id="the-day-is-over"),
    ],
)
def test_one_reminder_stands_at_a_moment(now: str, days_before: int | None) -> None:
    reminder = visit_rules.reminder_step(date(2027, 2, 6), local(now), POLICY)
    assert (reminder.days_before if reminder else None) == days_before


@pytest.mark.parametrize(
    ("kind", "now", "level"),
    [
        pytest.param("decade_birthday_visit", "2027-02-06T18:29", None, id="not-yet"),
        pytest.param("decade_birthday_visit", "2027-02-06T18:30", "secretary", id="same-evening"),
        pytest.param("decade_birthday_visit", "2027-02-07T18:29", "secretary", id="next-afternoon"),
        pytest.param("decade_birthday_visit", "2027-02-07T18:30", "community", id="one-day"),
        pytest.param("decade_birthday_visit", "2027-02-09T18:30", "township", id="three-days"),
        pytest.param("decade_birthday_visit", "2027-02-13T18:30", "county", id="seven-days"),
        pytest.param("decade_birthday_visit", "2027-06-01T00:00", "county", id="stays-at-the-top"),
        pytest.param("festival_visit", "2027-02-06T18:29", None, id="festival-not-yet"),
        pytest.param("festival_visit", "2027-02-06T18:30", "secretary", id="festival-same-evening"),
        pytest.param("festival_visit", "2027-06-01T00:00", "secretary", id="festival-rises-once"),
    ],
)
def test_an_undone_visit_rises_step_by_step(
    kind: visit_rules.VisitKind, now: str, level: visit_rules.Level | None
) -> None:
    ladder = visit_rules.ladder_of(kind, POLICY)
    assert escalation.step_reached(ladder, date(2027, 2, 6), local(now)) == level
    steps = escalation.steps_of(kind, ladder, local(now))
    assert [step.level for step in steps if local_day(step.until) >= date(2027, 2, 6)][-1:] == [level] * bool(level)


def test_the_numbers_are_the_county_s() -> None:
    ladder = escalation.Ladder((escalation.Rung(5, "county"),), at=time(10))
    policy = VisitPolicy(reminder_days=(2,), reminder_at=time(9), ladder=ladder)
    due_on = date(2027, 2, 6)
    assert [reminder.at for reminder in visit_rules.reminders_due(due_on, policy)] == [local("2027-02-04T09:00")]
    assert ladder.moment(ladder.rungs[0], due_on) == local("2027-02-11T10:00")


@pytest.mark.parametrize(
    ("hours", "level"),
    [(-1, None), (0, "secretary"), (11, "secretary"), (12, "community"), (24, "township"), (48, "county")],
)
def test_what_counts_in_hours_rises_by_the_hour(hours: int, level: visit_rules.Level | None) -> None:
    ladder, due = visit_rules.ladder_of("condolence_visit", POLICY), local("2027-02-06T22:00")
    assert escalation.step_reached(ladder, due, due + timedelta(hours=hours)) == level


@pytest.mark.parametrize(
    ("period", "day", "name", "opens", "due"),
    [
        pytest.param("week", "2026-10-14", "2026-W42", "2026-10-12", "2026-10-18", id="week"),
        pytest.param("week", "2027-01-01", "2026-W53", "2026-12-28", "2027-01-03", id="week-over-new-year"),
        pytest.param("month", "2028-02-10", "2028-02", "2028-02-01", "2028-02-29", id="leap-february"),
        pytest.param("quarter", "2026-12-31", "2026-Q4", "2026-10-01", "2026-12-31", id="quarter"),
        pytest.param("half", "2026-06-30", "2026-H1", "2026-01-01", "2026-06-30", id="half"),
        pytest.param("year", "2026-05-05", "2026", "2026-01-01", "2026-12-31", id="year"),
    ],
)
def test_a_rhythm_s_period_is_open_from_its_first_day_and_due_on_its_last(
    period: Period, day: str, name: str, opens: str, due: str
) -> None:
    found = visit_rules.period_of(visit_rules.Rhythm("wellbeing", period), date.fromisoformat(day))
    assert (found.key, str(found.opens), str(found.on)) == (f"wellbeing:{name}", opens, due)


@pytest.mark.parametrize("period", ["week", "month", "quarter", "half", "year"])
def test_ten_years_of_a_rhythm_leave_no_day_out_and_cover_none_twice(period: Period) -> None:
    rhythm, day = visit_rules.Rhythm("wellbeing", period), date(2026, 1, 1)
    keys = set()
    while day < date(2036, 1, 1):
        found = visit_rules.period_of(rhythm, day)
        assert found.key not in keys
        keys.add(found.key)
        day = found.on + timedelta(days=1)


@st.composite
def births(draw: st.DrawFn) -> BirthDate:
    day = draw(st.dates(date(1925, 1, 1), date(1970, 12, 31)))
    if draw(st.booleans()):
        return BirthDate(day.year, day.month, day.day)
    told = lunar.from_solar(day)
    return BirthDate(told.year, told.month, told.day, "lunar", told.leap)


def leap_births() -> st.SearchStrategy[BirthDate]:
    years = [year for year in range(1925, 1971) if lunar.leap_month(year)]
    return st.builds(
        lambda year, day: BirthDate(year, lunar.leap_month(year) or 0, day, "lunar", True),
        st.sampled_from(years),
        st.integers(1, 29),
    )


def ten_years(birth: BirthDate, policy: BirthdayPolicy, override: int | None) -> list[Occasion]:
    """All occasions in the years 2027 to 2036 of the person's own calendar, walked from one to the next."""
    found: list[Occasion] = []
    after = date(2026, 6, 1)
    while occasion := visit_rules.next_decade_birthday(birth, "male", policy, override, after):
        assert occasion.on > after
        after = occasion.on
        if birth.year_at(after) > 2036:
            break
        if birth.year_at(after) >= 2027:
            found.append(occasion)
    return found


everybody = st.one_of(births(), leap_births())


@settings(max_examples=200, deadline=None)
@given(birth=everybody, override=st.sampled_from([None, 0, -1, -2]))
def test_in_ten_years_everybody_of_age_has_exactly_one_round_birthday(birth: BirthDate, override: int | None) -> None:
    (occasion,) = ten_years(birth, BirthdayPolicy(from_age=50, offset_men=-1), override)
    completed = occasion.number + (-1 if override is None else override)
    assert occasion.kind == "decade_birthday_visit"
    assert birth.full_age(occasion.on) == completed
    assert birth.full_age(occasion.on - timedelta(days=1)) == completed - 1


@settings(max_examples=200, deadline=None)
@given(birth=everybody, after=st.dates(date(2000, 1, 1), date(2040, 12, 31)), wait=st.integers(0, 4000))
def test_the_next_occasion_stays_until_it_is_past_and_then_a_later_one_follows(
    birth: BirthDate, after: date, wait: int
) -> None:
    policy = BirthdayPolicy(extra_ages=(ExtraAge(85), ExtraAge(90, "nominal")))
    first = visit_rules.next_decade_birthday(birth, "female", policy, None, after)
    later = visit_rules.next_decade_birthday(birth, "female", policy, None, after + timedelta(days=wait))
    assert first is not None
    if after + timedelta(days=wait) < first.on:
        assert later == first
    else:
        assert later is None or (later.on > first.on and later.key != first.key)


@settings(max_examples=100, deadline=None)
@given(after=st.dates(date(1990, 1, 1), date(2090, 12, 31)), kind=st.sampled_from(POLICY.festivals))
def test_festivals_follow_each_other_one_a_year(after: date, kind: visit_rules.FestivalKind) -> None:
    first = visit_rules.next_festival(kind, after)
    second = visit_rules.next_festival(kind, first.on)
    assert after < first.on <= after + timedelta(days=385)
    assert second.number == first.number + 1
