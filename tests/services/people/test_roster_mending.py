"""A roster corrected in place: the few cells that the trouble lies in, and only these words changed."""

from __future__ import annotations

from datetime import date

import pytest

from kit.spreadsheets import Table
from services.people.roster_reading import cells_to_mend, corrected, corrections, read_roster

TODAY = date(2026, 11, 23)
HEADINGS = ["姓名", "性别", "出生年月", "手机号码", "党支部", "入党时间", "备注"]
GOOD = ["沈十二", "女", "1952-03-04", "19900000031", "金桂花园党支部", "1980-07-01", ""]


def _cells(row: list[str], words: dict[str, str] | None = None) -> list[str]:
    table = Table("名册", [HEADINGS, GOOD, row])
    reading = read_roster(table, today=TODAY)
    return [one.address for one in cells_to_mend(reading.rows[1], reading, table, words or {})]


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        pytest.param(["沈十三", "女", "1952-13-40", "", "", "", ""], ["C3"], id="a-day-that-is-none"),
        pytest.param(["沈十三", "女", "1952-03-04", "1990000003", "", "", ""], ["D3"], id="a-digit-short"),
        pytest.param(["", "女", "1952-03-04", "", "", "", ""], ["A3"], id="nobody-named"),
        pytest.param(["沈十三", "女", "1952-03-04", "", "", "解放后", ""], ["F3"], id="joined"),
        pytest.param(["沈十三", "=A1", "1952-03-04", "", "", "", ""], ["B3"], id="a-formula"),
        pytest.param(["沈十三", "女", "1952-13-40", "12", "", "", ""], ["C3", "D3"], id="two-at-once"),
        pytest.param([*GOOD], ["A3", "C3", "D3"], id="the-same-person"),
        pytest.param(["沈十二", "女", "", "", "", "", ""], ["A3", "C3", "D3"], id="perhaps-the-same"),
    ],
)
def test_only_the_cells_that_the_trouble_lies_in_are_asked_for(row: list[str], cells: list[str]) -> None:
    assert _cells(row) == cells


def test_what_was_corrected_stays_to_be_seen() -> None:
    assert _cells(["沈十三", "女", "1952-12-04", "12", "", "", ""], {"C3": "1952-12-04"}) == ["C3", "D3"]


def test_a_number_of_identity_is_not_shown() -> None:
    row = ["沈十三 110105194912310024", "女", "1952-13-40", "", "", "", ""]
    table = Table("名册", [HEADINGS, GOOD, row])
    reading = read_roster(table, today=TODAY)
    assert not any("1101051949" in one.words for one in cells_to_mend(reading.rows[1], reading, table, {"A3": ""}))
    assert corrections(table, {"A3": "沈十三"}) in ({}, {"A3": "沈十三"})


@pytest.mark.parametrize("address", ["C9", "A0", "c3", "ZZZ3", "C3;", "", "CC3"])
def test_an_address_outside_of_the_table_is_left_alone(address: str) -> None:
    table = Table("名册", [HEADINGS, GOOD, GOOD])
    assert corrected(table, corrections(table, {address: "别的"})).rows == table.rows


def test_only_words_that_differ_count_and_short_rows_grow() -> None:
    table = Table("名册", [HEADINGS, GOOD, ["沈十三"]])
    words = corrections(table, {"A3": "沈十三", "D3": "19900000032", "B3": ""})
    assert words == {"D3": "19900000032"}
    assert corrected(table, words).rows[2] == ["沈十三", "", "", "19900000032"]
    assert table.rows[2] == ["沈十三"]
