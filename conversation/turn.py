"""One message on its way through the layers of the engine, and the outcome that leaves it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from conversation.context import Context
from conversation.seat import Seat, Shown
from models.people.accounts import Question

Guard = Callable[[], AbstractAsyncContextManager[Any]]
"""Opens a savepoint: what is done inside is taken back when the rules refuse."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The words of the answer, where the talk stands afterwards, and which open question it settled."""

    text: str
    seat: Seat
    question: Question | None = None
    picked: int = 0
    was_refused: bool = False


@dataclass(slots=True)
class Turn:
    """One message on its way through the layers; `seat` moves along."""

    ctx: Context
    seat: Seat
    questions: Sequence[Question]
    guard: Guard = nullcontext
    settled: Question | None = None
    picked: int = 0
    answered_dialog: bool = False
    was_refused: bool = False
    left: Shown | None = None
    """The menu whose choice was just made."""

    @property
    def text(self) -> str:
        """What was written."""
        return self.ctx.text

    def with_speaker(self) -> Context:
        """The context with the person spoken for, where that is beyond doubt."""
        ctx, seat = self.ctx, self.seat
        if ctx.member is not None:
            return ctx
        if len(ctx.speakers) == 1:
            return ctx.speaking_for(ctx.speakers[0].person)
        if seat.remembers_whom(ctx.now):
            chosen = [one.person for one in ctx.speakers if one.person.id == seat.speaks_for]
            return ctx.speaking_for(chosen[0]) if chosen else ctx
        return ctx

    def settle(self, question_id: int) -> None:
        """The question with this id is answered."""
        self.settled = next((one for one in self.questions if one.id == question_id), self.settled)

    def outcome(self, text: str) -> Answered:
        """What leaves the engine."""
        return Answered(text, self.seat, self.settled, self.picked, self.was_refused)
