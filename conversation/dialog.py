"""Dialogs: a few questions in the order they are asked, kept as a row between answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conversation.context import Context
from conversation.reply import Choice, Reply

Answers = Mapping[str, Any]
KNOWN = "_known"
"""Under this name a dialog's answers list what was known before the first question."""


def _always(_: Answers) -> bool:
    return True


def _nowhere(_: Answers) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Step:
    """One question. `clean` turns what was said into what is kept, or raises `Refusal`, which keeps the person seated.

    `ask` names the sentence in `texts`; `facts` fills its blanks; `needed` says whether it is asked at all;
    `also` finds answers to later questions in the same words: what was said need not be asked.
    """

    name: str
    ask: str
    clean: Callable[[Context, str], Awaitable[Any]]
    needed: Callable[[Answers], bool] = _always
    facts: Callable[[Context, Answers], Awaitable[Mapping[str, object]]] | None = None
    also: Callable[[str], Answers] | None = None


@dataclass(frozen=True, slots=True)
class Dialog:
    """Steps in the order they are asked (at most four: promise E13), and what happens with the answers.

    `back_to` is where 0 at the first question leads, when a draft or a read-back was being changed.
    """

    name: str
    steps: tuple[Step, ...]
    finish: Callable[[Context, Answers], Awaitable[Reply]]
    needs: tuple[str, ...] = ()
    back_to: Callable[[Answers], Choice | None] = _nowhere

    def open_step(self, answers: Answers) -> Step | None:
        """The first needed question that has no answer yet."""
        return next((step for step in self.steps if step.name not in answers and step.needed(answers)), None)

    def progress(self, step: Step, answers: Answers) -> tuple[int, int]:
        """Which question of how many: (2, 4). What was known before the dialog began is not counted."""
        known = answers.get(KNOWN, ())
        asked = [one for one in self.steps if one.needed(answers) and one.name not in known]
        return asked.index(step) + 1, len(asked)
