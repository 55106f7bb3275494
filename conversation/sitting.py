"""Moves a person through the questions of a dialog; a refusal keeps them seated and loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import texts
from conversation.context import Context
from conversation.dialog import KNOWN, Dialog, Step
from conversation.reply import Reply
from kit.errors import Refusal

if TYPE_CHECKING:
    from conversation.turn import Turn


async def start(turn: Turn, dialog: Dialog, answers: Mapping[str, Any]) -> Reply:
    """Sit down with what is already known, and ask the first open question."""
    return await _next(turn, dialog, {**answers, KNOWN: list(answers)})


async def answer(turn: Turn, dialog: Dialog, *, is_other_wish: bool = False) -> Reply | None:
    """Take what was said as the answer to the open question.

    None for what is no answer to it but plainly another wish; the seat is kept meanwhile.
    """
    seat = turn.seat.sitting
    answers = dict(seat.answers) if seat else {}
    step = dialog.open_step(answers)
    if step is None:
        return await _finish(turn, dialog, answers)
    try:
        answers[step.name] = await step.clean(turn.with_speaker(), turn.text)
    except Refusal as refusal:
        if is_other_wish:
            return None
        return _again(turn, texts.render(refusal.key, **refusal.facts))
    if step.also is not None:
        answers = {**step.also(turn.text), **answers}
    turn.seat = replace(turn.seat, misses=0)
    return await _next(turn, dialog, answers)


def _again(turn: Turn, said: str) -> Reply:
    """What was wrong; from the second time on also how to get out, and whom to call (promise E12)."""
    turn.seat = replace(turn.seat, misses=turn.seat.misses + 1)
    if turn.seat.misses < 2:
        return Reply(said)
    phone = turn.ctx.county.phone
    way_out = texts.render("conversation.stuck", phone=phone) if phone else texts.render("conversation.stuck_here")
    return Reply("\n".join([said, way_out]))


async def back(turn: Turn, dialog: Dialog) -> Reply | None:
    """Open the last answered question again; None when there is none to go back to."""
    seat = turn.seat.sitting
    answers = dict(seat.answers) if seat else {}
    given = [step.name for step in dialog.steps if step.name in answers and step.name not in answers.get(KNOWN, ())]
    if not given:
        return None
    del answers[given[-1]]
    return await _next(turn, dialog, answers)


async def question(ctx: Context, dialog: Dialog, step: Step, answers: Mapping[str, Any]) -> str:
    """The words of one question, with how far along it is where there are several (promise E13)."""
    facts = await step.facts(ctx, answers) if step.facts else {}
    number, total = dialog.progress(step, answers)
    asked = texts.render(step.ask, **facts)
    return texts.render("conversation.progress", number=number, total=total, question=asked) if total > 1 else asked


async def _next(turn: Turn, dialog: Dialog, answers: dict[str, Any]) -> Reply:
    step = dialog.open_step(answers)
    if step is None:
        return await _finish(turn, dialog, answers)
    turn.seat = turn.seat.sat(dialog.name, answers, turn.ctx.now)
    return Reply(await question(turn.with_speaker(), dialog, step, answers))


async def _finish(turn: Turn, dialog: Dialog, answers: Mapping[str, Any]) -> Reply:
    """The last answer is in: the seat is left, unless the rules refuse, which keeps the last question open."""
    reply = await dialog.finish(turn.with_speaker(), answers)
    turn.seat = turn.seat.risen()
    return reply
