"""Decides what a digit, a yes or a no belongs to: what this person was asked last (decision 7, promise E15)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import texts
from conversation.reply import WORDS_ONLY, Choice, Reply
from conversation.seat import Seat, Shown
from conversation.understanding import spoken_number, spoken_yes_no
from models.people.accounts import Question

YES, NO = 1, 2
AT_ONCE = frozenset({"emergency.take_over", "notices.show_alarm"})
"""What a digit answers before anything else that was asked."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A choice that was made, and the question of a notice it answers, if any."""

    choice: Choice
    number: int
    question: Question | None = None


def pick(text: str, seat: Seat, questions: Sequence[Question], now: datetime) -> Pick | Reply | None:
    """What `text` chooses; a `Reply` shows choices again; None when it is not about anything asked.

    What was asked last wins: a menu, a question in a notice, or the dialog's own question, which is not ours.
    """
    open_questions = [one for one in questions if one.valid_until > now]
    latest = max((one.asked_at.timestamp() for one in open_questions), default=0.0)
    dialog_at = seat.sitting.at if seat.sitting else 0.0
    if seat.menu and seat.menu.at >= max(latest, dialog_at):
        return _about_menu(text, seat.menu, now)
    if open_questions and latest > dialog_at:
        return _about_questions(text, open_questions)
    return None


def no_to(seat: Seat) -> Choice | None:
    """What a no to the read-back just shown would do; None when none is shown."""
    menu = seat.menu
    return menu.choices[NO - 1] if menu is not None and menu.is_read_back else None


def _about_menu(text: str, menu: Shown, now: datetime) -> Pick | Reply | None:
    number = spoken_number(text)
    if number is None and menu.is_read_back:
        number = _yes_or_no(text) or (NO if _begins_with_no(text) else None)
    return _by_label(text, menu, now) if number is None else _from_menu(text, number, menu, now)


def _about_questions(text: str, questions: Sequence[Question]) -> Pick | Reply | None:
    """A plain yes is 1 where there are no more than two things to choose, a no is 2 where there are two.

    A choice may also be said by its very words: "没来".
    """
    number = spoken_number(text) or _said_by_label(text, questions)
    most = max(len(one.choices) for one in questions)
    if number is None and most <= NO:
        said = _yes_or_no(text)
        number = said if said == YES or (said == NO and most == NO) else None
    return None if number is None else _from_questions(number, questions)


def _said_by_label(text: str, questions: Sequence[Question]) -> int | None:
    """The digit of the choice whose words these are; None where it differs from question to question."""
    said = text.strip().rstrip(_ENDS)
    found = {
        number for one in questions for number, choice in enumerate(one.choices, 1) if choice.get("label") == said
    }  # fmt: skip
    return found.pop() if len(found) == 1 else None


_ENDS = "。.！!，, "


def _yes_or_no(text: str) -> int | None:
    yes = spoken_yes_no(text)
    return None if yes is None else (YES if yes else NO)


def _begins_with_no(text: str) -> bool:
    """不对，是2栋: a no to the read-back that says more; whoever asked reads the rest."""
    return text.strip().startswith(tuple(texts.section("conversation", "words")["no_leads"]))


def _from_menu(text: str, number: int, menu: Shown, now: datetime) -> Pick | Reply:
    if not menu.is_fresh(now):
        return Reply(menu.text, menu.choices, before=texts.render("conversation.menu_again"))
    listed = [choice for choice in menu.choices if choice.number != WORDS_ONLY]
    if any(choice.number for choice in listed) and not _counts_lines(text):
        return _by_own_number(number, listed, menu)
    if not 1 <= number <= len(listed):
        return Reply(menu.text, menu.choices, before=texts.render("conversation.out_of_range", most=len(listed)))
    return Pick(listed[number - 1], number)


def _by_own_number(number: int, listed: Sequence[Choice], menu: Shown) -> Pick | Reply:
    """Where the lines carry numbers of their own, 3 means number 3 and not the third line."""
    chosen = next((choice for choice in listed if choice.number == number), None)
    if chosen is None:
        return Reply(menu.text, menu.choices, before=texts.render("conversation.not_listed", number=number))
    return Pick(chosen, number)


def _counts_lines(text: str) -> bool:
    """Whether the third line is meant and not number three."""
    words = texts.section("conversation", "words")
    said = text.strip()
    return said.startswith(words["ordinal"]) and words["number_mark"] not in said


def _from_questions(number: int, questions: Sequence[Question]) -> Pick | Reply:
    """One open question takes the digit; several come as a numbered list, unless somebody is in danger."""
    urgent = [one for one in questions if one.choices[0]["do"] in AT_ONCE]
    questions = [max(urgent, key=lambda one: one.asked_at)] if urgent else _unlike(questions)
    if len(questions) > 1:
        choices = tuple(Choice(one.title, "questions.open", {"question": one.id}) for one in questions[:5])
        lines = [f"{at} {choice.label}" for at, choice in enumerate(choices, 1)]
        return Reply("\n".join([texts.render("conversation.which_question"), *lines]), choices)
    asked = questions[0]
    if not 1 <= number <= len(asked.choices):
        return _not_among(asked)
    chosen = asked.choices[number - 1]
    return Pick(Choice(chosen.get("label", ""), chosen["do"], chosen.get("args") or {}), number, asked)


def _unlike(questions: Sequence[Question]) -> list[Question]:
    """Of questions that lead to the very same, as two reminders of one list do, only the latest."""
    latest = {_leads_to(asked): asked for asked in sorted(questions, key=lambda one: one.asked_at)}
    return [asked for asked in questions if latest[_leads_to(asked)] is asked]


def _leads_to(asked: Question) -> str:
    return json.dumps([(one["do"], one.get("args")) for one in asked.choices], sort_keys=True)


def _not_among(asked: Question) -> Reply:
    """Which digits the question takes; one that takes a single digit is shown once more instead."""
    most = len(asked.choices)
    if most > 1:
        return Reply(texts.render("conversation.out_of_range", most=most))
    return Reply("\n".join([asked.title, *(f"1 {one['label']}" for one in asked.choices)]))


def _by_label(text: str, menu: Shown, now: datetime) -> Pick | None:
    """A choice said by its words: "政策宣传员" of a list just shown; its very words before what only holds them."""
    wanted = text.strip()
    if not menu.is_fresh(now) or len(wanted) < 2:
        return None
    numbered = list(enumerate(menu.choices, 1))
    exact = [Pick(choice, at) for at, choice in numbered if choice.label == wanted]
    fitting = exact or [Pick(choice, at) for at, choice in numbered if wanted in choice.label]
    return fitting[0] if len(fitting) == 1 else None
