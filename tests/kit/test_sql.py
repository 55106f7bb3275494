"""Numbered placeholders and bound rows for both databases."""

from __future__ import annotations

from typing import Any

import pytest

from kit.sql import among, bound_rows, bound_texts, given, listed, marker

ROWS = [("甲", 1), ("乙", 2)]


@pytest.mark.parametrize(("kind", "mark"), [("sqlite", "?"), ("postgres", "$")])
def test_placeholders_are_numbered(kind: str, mark: str) -> None:
    assert marker(kind) == mark
    assert listed(kind, 3, 2) == f"{mark}2,{mark}3,{mark}4"


@pytest.mark.parametrize(
    ("kind", "clause", "bound"),
    [
        ("sqlite", "IN (?2,?3)", ["甲", "乙"]),
        ("postgres", "= ANY($2::text[])", [["甲", "乙"]]),
    ],
)
def test_one_of_several_texts(kind: str, clause: str, bound: list[Any]) -> None:
    assert among(kind, 2, 2) == clause
    assert bound_texts(kind, ["甲", "乙"]) == bound


@pytest.mark.parametrize(
    ("kind", "table", "bound"),
    [
        ("sqlite", "VALUES (?1,?2),(?3,?4)", ["甲", 1, "乙", 2]),
        (
            "postgres",
            "SELECT column1,column2 FROM unnest($1::text[],$2::integer[]) AS bound(column1,column2)",
            [["甲", "乙"], [1, 2]],
        ),
    ],
)
def test_several_rows(kind: str, table: str, bound: list[Any]) -> None:
    assert given(kind, ("text", "integer"), 2) == table
    assert bound_rows(kind, ROWS) == bound
