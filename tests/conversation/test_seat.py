"""Where a talk stands survives the row it is kept in, and outlives nothing beyond its time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from conversation.reply import Choice
from conversation.seat import Seat, read_seat, write_seat


def full(now: datetime) -> Seat:
    seat = Seat(misses=1).speaking_for(7, now).sat("form", {"name": "𠮷野", "_known": []}, now)
    return seat.showing("选", (Choice("甲", "a.b", {"x": 1}), Choice("丙", "c.d", number=3)), now).undoing(
        Choice("", "a.undo", {"y": [1]}), now
    )


def test_a_seat_is_read_as_it_was_written(monday: datetime) -> None:
    assert read_seat(write_seat(full(monday))) == full(monday)


def test_an_empty_seat_is_an_empty_row() -> None:
    assert write_seat(Seat()) == {}
    assert read_seat({}) == Seat()


@pytest.mark.parametrize(
    ("days", "stays"), [(1, True), (6.9, True), (7.1, False)], ids=["a day", "nearly a week", "over a week"]
)
def test_how_long_a_dialog_lives(monday: datetime, days: float, stays: bool) -> None:
    later = full(monday).settled(monday + timedelta(days=days))
    assert (later.sitting is not None) is stays


def test_what_was_shown_later_is_not_what_an_earlier_message_was_about(monday: datetime) -> None:
    seat = full(monday)
    before = seat.as_of(monday - timedelta(seconds=1))
    assert (before.menu, before.sitting, before.undo) == (None, None, None)
    assert seat.as_of(monday).menu == seat.menu


def test_a_late_answer_does_not_push_aside_what_was_asked_since(monday: datetime) -> None:
    earlier = monday - timedelta(minutes=5)
    current = full(monday)
    late = current.as_of(earlier).showing("旧", (Choice("甲", "a.b"),), monday)
    kept = late.joined(current, earlier)
    assert kept.menu == current.menu
    assert kept.sitting == current.sitting
    assert kept.undo == current.undo
