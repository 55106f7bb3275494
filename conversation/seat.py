"""Where one account's talk stands: the menu last shown, the dialog it sits in, what could be undone.

A frozen value read from and written to the account's row, so that a restart forgets nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from conversation.reply import Choice

MENU_LIFE = timedelta(minutes=30)
UNDO_LIFE = timedelta(minutes=10)
DIALOG_LIFE = timedelta(days=7)
SPEAKER_LIFE = timedelta(minutes=30)


MOST_BACK = 3
"""How many menus one can step back through."""
_SAME_MOMENT = 0.001
"""A menu shown with the deed itself differs from it by less, in seconds."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A menu as it was shown: its text, what its numbers mean, when, and the menu whose choice led to it."""

    text: str
    choices: tuple[Choice, ...]
    at: float
    back: Shown | None = None

    def is_fresh(self, now: datetime) -> bool:
        """Whether its numbers still count (promise E15)."""
        return now.timestamp() - self.at <= MENU_LIFE.total_seconds()

    @property
    def is_read_back(self) -> bool:
        """Whether it is a sentence that says 1 for yes and 2 for no."""
        return len(self.choices) == 2 and not self.choices[0].label


@dataclass(frozen=True, slots=True)
class Sitting:
    """An open dialog: which, what was answered, when it last moved."""

    dialog: str
    answers: Mapping[str, Any]
    at: float


@dataclass(frozen=True, slots=True)
class Seat:
    """What this account was last asked or shown."""

    menu: Shown | None = None
    sitting: Sitting | None = None
    undo: Choice | None = None
    undo_until: float = 0.0
    speaks_for: int = 0
    speaks_until: float = 0.0
    misses: int = 0

    def showing(self, text: str, choices: tuple[Choice, ...], now: datetime, *, left: Shown | None = None) -> Seat:
        """After a menu was shown; one that is shown again keeps its own words, without the remark before them.

        `left` is the menu whose choice led to it: 0 shows that one again.
        """
        if self.menu and self.menu.choices == choices:
            left = left or self.menu.back
            text = self.menu.text if text.endswith(self.menu.text) else text
        return replace(self, menu=Shown(text, choices, now.timestamp(), _way_back(left, choices)))

    def menu_before(self, now: datetime) -> Shown | None:
        """The menu that 0 leads back to, if the one shown last still counts."""
        return self.menu.back if self.menu and self.menu.is_fresh(now) else None

    def is_on_the_way(self, now: datetime) -> bool:
        """Whether something was begun, but not done, since what `undo` would take back."""
        done_at = self.undo_until - UNDO_LIFE.total_seconds() if self.may_undo(now) else 0.0
        if self.sitting is not None and self.sitting.at > done_at:
            return True
        menu = self.menu
        if menu is None or menu.at - done_at < _SAME_MOMENT or not menu.is_fresh(now):
            return False
        return menu.is_read_back or menu.back is not None

    def sat(self, dialog: str, answers: Mapping[str, Any], now: datetime) -> Seat:
        """After a question of a dialog was asked; numbers shown before mean nothing any more.

        For whom it is stays remembered as long as the dialog may last (decision 2).
        """
        remembered = (now + DIALOG_LIFE).timestamp() if self.remembers_whom(now) else self.speaks_until
        sitting = Sitting(dialog, answers, now.timestamp())
        return replace(self, sitting=sitting, menu=None, misses=0, speaks_until=remembered)

    def risen(self) -> Seat:
        """After a dialog ended; for whom it was is remembered no longer than for half an hour after its last word."""
        if self.sitting is None:
            return self
        until = min(self.speaks_until, self.sitting.at + SPEAKER_LIFE.total_seconds())
        return replace(self, sitting=None, speaks_until=until)

    def remembers_whom(self, now: datetime) -> bool:
        """Whether it is still clear for which of several people this account speaks."""
        return self.speaks_for > 0 and self.speaks_until >= now.timestamp()

    def speaking_for(self, person: int, now: datetime) -> Seat:
        """After an account that may speak for several said for whom (remembered for that dialog)."""
        return replace(self, speaks_for=person, speaks_until=(now + SPEAKER_LIFE).timestamp())

    def may_undo(self, now: datetime) -> bool:
        """Whether something was done within the last ten minutes that can be taken back."""
        return self.undo is not None and now.timestamp() <= self.undo_until

    def undoing(self, undo: Choice | None, now: datetime) -> Seat:
        """After something was done that `undo` would take back."""
        return replace(self, undo=undo, undo_until=(now + UNDO_LIFE).timestamp() if undo else 0.0)

    def as_of(self, moment: datetime) -> Seat:
        """The seat without what was asked or shown after `moment`."""
        at = moment.timestamp()
        menu = self.menu if self.menu and self.menu.at <= at else None
        sitting = self.sitting if self.sitting and self.sitting.at <= at else None
        return replace(self, menu=menu, sitting=sitting, undo=None, undo_until=0.0)

    def joined(self, current: Seat, since: datetime) -> Seat:
        """This seat, left by a late answer, with what `current` has been asked or shown since then kept."""
        kept = current.as_of(since)
        menu = current.menu if current.menu != kept.menu else self.menu
        sitting = current.sitting if current.sitting != kept.sitting else self.sitting
        if self.undo is not None:
            return replace(self, menu=menu, sitting=sitting)
        return replace(self, menu=menu, sitting=sitting, undo=current.undo, undo_until=current.undo_until)

    def settled(self, now: datetime) -> Seat:
        """The seat as it counts now: what has outlived its time is gone."""
        sitting = self.sitting
        if sitting and now.timestamp() - sitting.at > DIALOG_LIFE.total_seconds():
            return self.risen()
        return self


def read_seat(stored: Mapping[str, Any]) -> Seat:
    """The seat that `write_seat` stored; an empty row is an empty seat."""
    if not stored:
        return Seat()
    menu, sitting, undo = stored.get("menu"), stored.get("sitting"), stored.get("undo")
    return Seat(
        menu=_shown(menu) if menu else None,
        sitting=Sitting(sitting["dialog"], sitting["answers"], sitting["at"]) if sitting else None,
        undo=_choice(undo) if undo else None,
        undo_until=stored.get("undo_until", 0.0),
        speaks_for=stored.get("speaks_for", 0),
        speaks_until=stored.get("speaks_until", 0.0),
        misses=stored.get("misses", 0),
    )


def write_seat(seat: Seat) -> dict[str, Any]:
    """The seat as JSON, without what is empty."""
    written: dict[str, Any] = {}
    if seat.menu:
        written["menu"] = _written_menu(seat.menu, MOST_BACK)
    if seat.sitting:
        written["sitting"] = {
            "dialog": seat.sitting.dialog,
            "answers": dict(seat.sitting.answers),
            "at": seat.sitting.at,
        }
    if seat.undo:
        written |= {"undo": _written(seat.undo), "undo_until": seat.undo_until}
    if seat.speaks_for:
        written |= {"speaks_for": seat.speaks_for, "speaks_until": seat.speaks_until}
    if seat.misses:
        written["misses"] = seat.misses
    return written


def _way_back(left: Shown | None, choices: tuple[Choice, ...]) -> Shown | None:
    """Where 0 leads from a menu: the one left, but never to an older state of the menu itself."""
    step = left
    while step is not None:
        if step.choices[0].do == choices[0].do:
            return step.back
        step = step.back
    return left


def _shown(stored: Mapping[str, Any]) -> Shown:
    choices, back = tuple(_choice(one) for one in stored["choices"]), stored.get("back")
    return Shown(stored["text"], choices, stored["at"], _shown(back) if back else None)


def _written_menu(menu: Shown, most_back: int) -> dict[str, Any]:
    written = {"text": menu.text, "choices": [_written(one) for one in menu.choices], "at": menu.at}
    if menu.back is not None and most_back:
        written["back"] = _written_menu(menu.back, most_back - 1)
    return written


def _choice(stored: Mapping[str, Any]) -> Choice:
    return Choice(stored.get("label", ""), stored["do"], stored.get("args") or {}, stored.get("number", 0))


def _written(choice: Choice) -> dict[str, Any]:
    written = {"label": choice.label, "do": choice.do, "args": dict(choice.args)}
    return written | {"number": choice.number} if choice.number else written
