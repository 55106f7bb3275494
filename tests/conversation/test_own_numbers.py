"""Lists whose lines carry numbers of their own: 3 is number three, 第三个 the third line, 更多 a word."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from conversation.asked import Pick, pick
from conversation.reply import WORDS_ONLY, Choice, Reply, menu
from conversation.seat import Seat, read_seat, write_seat

LIST = menu(
    "conversation.which_question",
    [
        Choice("政策宣传员", "a", number=3),
        Choice("驿站值守员", "b", number=8),
        Choice("更多、下一页", "c", number=WORDS_ONLY),
    ],
)


@pytest.mark.parametrize(
    ("said", "do"),
    [("3", "a"), ("八", "b"), ("第二个", "b"), ("第3号", "a"), ("更多", "c"), ("驿站值守员", "b")],
    ids=["digit", "numeral", "line", "number said as an ordinal", "word", "name"],
)
def test_what_is_chosen(monday: datetime, said: str, do: str) -> None:
    seat = read_seat(write_seat(Seat().showing(LIST.text, LIST.choices, monday)))
    chosen = pick(said, seat, (), monday + timedelta(minutes=1))
    assert isinstance(chosen, Pick)
    assert chosen.choice.do == do


@pytest.mark.parametrize("said", ["1", "2", "第三个"])
def test_what_is_not_listed_shows_the_list_again(monday: datetime, said: str) -> None:
    seat = Seat().showing(LIST.text, LIST.choices, monday)
    answer = pick(said, seat, (), monday + timedelta(minutes=1))
    assert isinstance(answer, Reply)
    assert answer.choices == LIST.choices


def test_words_only_choices_are_not_listed() -> None:
    assert [line[:1] for line in LIST.text.splitlines()[1:3]] == ["3", "8"]
    assert "更多" not in LIST.text
