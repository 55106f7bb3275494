"""A year's arrangement of holidays: read from the operator's file, stored whole, warned about while it is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kit import workdays as calendar
from kit.errors import Refusal
from services.county import workdays

EXAMPLE = Path(__file__).parents[3] / "deploy" / "workdays.example.toml"
YEAR_2027 = """日期,安排
2027-01-01,放假
2027-02-05,放假
2027-02-07,上班
2027-10-01,放假
2027-10-09,上班
"""


def test_the_example_is_the_arrangement_as_it_was_published() -> None:
    read = workdays.read_arrangement(EXAMPLE.read_bytes(), "toml", source="example")
    differing = {day: works for day, works in read.days.items() if works != (day.weekday() < 5)}
    assert (read.year, differing) == (2026, dict(calendar.known_workdays(2026)))


def test_a_table_of_two_columns_is_read_too() -> None:
    read = workdays.read_arrangement(YEAR_2027.encode("utf-8-sig"), "csv", source="2027.csv")
    assert (read.year, read.source, len(read.days)) == (2027, "2027.csv", 5)
    assert (read.days[date(2027, 2, 7)], read.days[date(2027, 10, 1)]) == (True, False)


WRONG = [
    ("unreadable", "toml", "year = = 3"),
    ("wrong_row", "toml", '[[holiday]]\nname = "元旦"\noff = [2027-01-01]'),
    ("wrong_row", "toml", '[[holiday]]\nname = "元旦"\noff = ["2027-01-01", "2027-01-03"]'),
    ("wrong_row", "csv", "2027-02-30,放假"),
    ("wrong_row", "csv", "2027-02-03,大概放假"),
    ("contradiction", "csv", "2027-02-03,放假\n2027-02-03,上班"),
    ("no_year", "csv", "日期,安排"),
]


@pytest.mark.parametrize(("key", "kind", "text"), WRONG, ids=[f"{row[0]} {row[2][:12]!r}" for row in WRONG])
def test_what_cannot_be_read_is_refused(key: str, kind: str, text: str) -> None:
    with pytest.raises(Refusal, match=rf"workdays\.{key}"):
        workdays.read_arrangement(text.encode(), kind, source="x")


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(Refusal, match=r"workdays\.unreadable"):
        workdays.read_arrangement(b"\xff\xfe\x00", "csv", source="x")


async def test_a_loaded_year_answers_and_is_asked_for_no_more(db: None) -> None:
    november = date(2026, 11, 1)
    assert await workdays.year_to_load(november) == 2027
    arrangement = workdays.read_arrangement(YEAR_2027.encode(), "csv", source="2027.csv")
    assert await workdays.put(arrangement) == 5
    assert await workdays.year_to_load(november) is None
    assert await workdays.year_to_load(date(2027, 12, 1)) == 2028
    assert await workdays.is_workday(date(2027, 2, 7))
    assert not await workdays.is_workday(date(2027, 2, 5))


async def test_loading_again_replaces_the_year_and_the_product_leaves_it_alone(db: None) -> None:
    assert await workdays.load_year(2026) > 20
    own = workdays.Arrangement(2026, "county", {date(2026, 10, 1): False})
    await workdays.put(own)
    assert await workdays.days_of(2026) == [(date(2026, 10, 1), False, "county")]
    assert await workdays.load_year(2026) == 0


@pytest.mark.parametrize(
    ("key", "days"),
    [
        ("incomplete", {date(2027, 1, 1): False}),
        ("unlikely_day", {date(2027, 10, 1): False, date(2028, 3, 1): False}),
    ],
)
async def test_half_a_year_and_another_year_are_refused(db: None, key: str, days: dict[date, bool]) -> None:
    with pytest.raises(Refusal, match=rf"workdays\.{key}"):
        await workdays.put(workdays.Arrangement(2027, "x", days))
