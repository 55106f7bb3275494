"""A digit and the questions of several notices: the same question twice is one, two different ones are a list."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from conversation.asked import Pick, pick
from conversation.reply import Reply
from conversation.seat import Seat
from models.people.accounts import Question


def asked(number: int, at: datetime, do: str, **args: Any) -> Question:
    choices = [{"label": "看看", "do": do, "args": args}]
    return Question(
        id=number, openid="o", title=f"{number}", choices=choices, asked_at=at, valid_until=at + timedelta(days=2)
    )


def test_two_reminders_of_one_list_are_one_question(monday: datetime) -> None:
    earlier = asked(1, monday, "visits.mine")
    later = asked(2, monday + timedelta(hours=3), "visits.mine")
    chosen = pick("1", Seat(), (later, earlier), monday + timedelta(hours=4))
    assert isinstance(chosen, Pick)
    assert chosen.question is later


def test_the_same_question_about_two_things_is_a_list(monday: datetime) -> None:
    questions = (asked(1, monday, "notices.told", notice=1), asked(2, monday, "notices.told", notice=2))
    answer = pick("1", Seat(), questions, monday + timedelta(hours=1))
    assert isinstance(answer, Reply)
    assert [choice.args["question"] for choice in answer.choices] == [1, 2]
