"""The walk's own books: what is counted, what is told, and that its spreadsheet is the one the story needs."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from kit.spreadsheets import read_table
from services.people.roster_reading import heading_words, read_roster
from tests.walk import roster
from tests.walk.book import Book
from tests.walk.hands import counted

WEDNESDAY = date(2026, 9, 16)


def _book() -> Book:
    return Book(is_quiet=True)


def test_the_last_line_counts_steps_clicks_and_failures() -> None:
    book = _book()
    with book.step("goes well"):
        book.click()
        book.click()
    with book.step("goes wrong"):
        raise AssertionError("nothing there\nmore")
    told = json.loads(book.last_line())
    assert list(told) == [
        "steps", "failed", "clicks", "seconds", "axe_violations", "foreign_requests", "console_errors",
    ]  # fmt: skip
    assert (told["steps"], told["failed"], told["clicks"]) == (2, 1, 2)
    assert book.steps[1].problem == "nothing there"
    assert not book.is_good


def test_a_finding_of_the_same_kind_on_the_same_page_counts_once() -> None:
    book = _book()
    with book.step("looks"):
        for where in ("first", "second"):
            book.violation("/console/ 375", "color-contrast", where)
    assert len(book.axe) == 1
    assert book.findings() == ["axe: /console/ 375 color-contrast: first"]
    assert not book.is_good


def test_what_is_no_failure_of_a_step_is_not_swallowed() -> None:
    book = _book()
    with pytest.raises(KeyboardInterrupt), book.step("is stopped"):
        raise KeyboardInterrupt


@pytest.mark.parametrize(("words", "count"), [("共", 210), ("本人回了", 120), ("没有的", -1)])
def test_a_number_is_read_behind_its_words(words: str, count: int) -> None:
    assert counted(words, "共210人 本人回了\t120 已转告 25") == count


def test_the_spreadsheet_has_210_people_one_double_and_one_bad_day() -> None:
    people = roster.people(WEDNESDAY)
    table = read_table(roster.sheet(people), "名册.xlsx", heading_words())
    counts = read_roster(table, today=WEDNESDAY).counts()
    assert len({one.name for one in people}) == roster.SIZE
    assert (counts["errors"], counts["duplicates"]) == (1, 1)


def test_five_people_turn_eighty_around_the_monday_of_the_last_page() -> None:
    monday = WEDNESDAY + timedelta(days=5)
    days = [one.born.replace(year=one.born.year + 80) for one in roster.people(WEDNESDAY)[:5]]
    assert sum(day < monday for day in days) == 3
    assert sum(monday <= day < monday + timedelta(days=7) for day in days) == 2
