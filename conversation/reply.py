"""What a handler answers: words, perhaps with numbered choices, perhaps the first question of a dialog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import texts

WORDS_ONLY = -1
MOST_LINES = 7
"""A heading, five choices and how to answer (promise E9)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One numbered choice: what it says, and which action it leads to with what.

    `number` is its own number where it has one (a post's); 0 means its place in the list, `WORDS_ONLY` that it is
    not listed and chosen by its words alone.
    """

    label: str
    do: str
    args: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0


@dataclass(frozen=True, slots=True)
class Begin:
    """Start (or take up) a dialog with what is already known."""

    dialog: str
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `choices` are what digits mean from now on; `undo` is what 撤销 would do for ten minutes,
    `then` is done right afterwards in the same breath, `leave` ends an open dialog,
    `speaks_for` is the person meant from now on, where an account may speak for several.
    `said` are earlier words that are served now: by `then`, or by what they mean by themselves.
    `settles` is the question of a notice that is answered with this. `before` is a line said before the text,
    which does not belong to the menu when that is shown again."""

    text: str
    choices: tuple[Choice, ...] = ()
    begin: Begin | None = None
    undo: Choice | None = None
    then: Choice | None = None
    leave: bool = False
    speaks_for: int = 0
    said: str = ""
    settles: int = 0
    before: str = ""

    @property
    def said_in_full(self) -> str:
        """The text with what is said before it: on a line of its own, unless that would be one too many (E9)."""
        is_long = self.text.count("\n") + 1 >= MOST_LINES
        return ("" if is_long else "\n").join(part for part in (self.before, self.text) if part)

    def undoable(self, do: str, **args: Any) -> Reply:
        """The same answer, to be taken back by the action `do` within ten minutes (promise E8)."""
        return replace(self, undo=Choice("", do, args))

    def followed_by(self, do: str, **args: Any) -> Reply:
        """The same answer, after which the action `do` goes on at once."""
        return replace(self, then=Choice("", do, args))

    def leaving(self) -> Reply:
        """The same answer, after which an open dialog is over."""
        return replace(self, leave=True)


def say(key: str, **facts: object) -> Reply:
    """A plain sentence."""
    return Reply(texts.render(key, **facts))


def menu(key: str, choices: Sequence[Choice], *, tail: str = "conversation.pick", **facts: object) -> Reply:
    """A heading, up to five numbered choices, and how to answer (promise E10)."""
    listed = [choice for choice in choices if choice.number != WORDS_ONLY]
    lines = [f"{choice.number or place} {choice.label}" for place, choice in enumerate(listed, 1)]
    return Reply("\n".join([texts.render(key, **facts), *lines, texts.render(tail)]), tuple(choices))


def confirm(key: str, do: str, *, no: Choice | None = None, args: Mapping[str, Any], **facts: object) -> Reply:
    """A read-back whose sentence itself says 1 for yes and 2 for no."""
    refuse = no or Choice("", "conversation.never_mind")
    return Reply(texts.render(key, **facts), (Choice("", do, args), refuse))


def begin(dialog: str, **answers: Any) -> Reply:
    """Start a dialog; the engine asks its first open question."""
    return Reply("", begin=Begin(dialog, {name: value for name, value in answers.items() if value is not None}))
