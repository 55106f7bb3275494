"""Finds the answer to one message: danger first, then what was last asked, then what it seems to mean."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import texts
from conversation import asked, learned, sitting
from conversation.calm import is_all_well
from conversation.context import Context
from conversation.dialog import Dialog
from conversation.reply import Choice, Reply, say
from conversation.router import CONSENT, MEMBER, WHOM, Directory, Handler
from conversation.seat import Seat
from conversation.turn import Answered, Guard, Turn
from conversation.understanding import (
    Reading,
    counts_as,
    is_escape,
    is_fraud,
    read,
    read_as,
    spoken_number,
    spoken_yes_no,
)
from kit.errors import Refusal
from models.people.accounts import Question
from wechat.messages import Click, Ordinary, Text, Unsubscribe, Unsupported

__all__ = ["Answered", "Engine"]

MAYBE_DANGER = 0.15
"""From this share on of danger among the meanings one question is asked (domain.md 3.4 rule 1)."""
MAYBE_IN_AN_ANSWER = 0.6
"""The same in the middle of a dialog, where a name or a place of one's own words is what was asked for."""
MOST_LINKS = 5
"""How many steps one message may set off: `begin` and `then` in a row."""

PLAIN = 0.9
"""From this confidence on words in the middle of a dialog may be something else than its answer."""
WISHES = frozenset({
    "ask_activities", "ask_courses", "ask_doctor", "ask_dues", "ask_points", "browse_posts", "claim_post",
    "enrol_course", "is_this_yours", "join_activity", "order_service", "release_post", "report_problem",
})  # fmt: skip
"""What is served in the middle of a dialog when it is no answer to its question: nothing that begins another one."""
COMMANDS = frozenset({"talk_to_secretary", "ask_help", "my_tasks", "my_profile", "my_certificate", "withdraw_consent"})
"""What can be no answer to a question of a dialog, however freely it may be answered."""

Step = Callable[[], Awaitable[Reply]]

_LONGEST_REMEMBERED = 40
_remembered = lru_cache(4096)(read)


def _read(text: str) -> Reading:
    """The same words mean the same: after a notice to a county thousands answer alike."""
    reading = _remembered(text) if len(text) <= _LONGEST_REMEMBERED else read(text)
    if reading.intent == "emergency":
        return reading
    meant = learned.meaning_of(text, also_near=not reading.is_sure)
    if meant is None:
        return reading
    return replace(read_as(meant, text), danger="ill" if meant == "emergency" else None)


class Engine:
    """Answers messages with the handlers of a directory."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self._layers: tuple[Callable[[Turn], Awaitable[Reply | None]], ...] = (
            self._wordless,
            self._danger,
            self._haste,
            self._well,
            self._escape,
            self._last_asked,
            self._doubt,
            self._sitting,
            self._meaning,
        )

    async def answer(
        self, ctx: Context, seat: Seat, questions: Sequence[Question] = (), *, guard: Guard = nullcontext
    ) -> Answered:
        """The answer to `ctx.message`, given what this account was last asked; an empty text means silence.

        Each step runs inside a `guard`, so that a refusal takes back its own step and no earlier one.
        """
        turn = Turn(ctx, seat.settled(ctx.now), questions, guard)
        reply = await self._refusable(turn, partial(self._first_answer, turn))
        return turn.outcome(await self._spoken(turn, reply))

    async def _first_answer(self, turn: Turn) -> Reply:
        for layer in self._layers:
            if (reply := await layer(turn)) is not None:
                return reply
        return Reply("")

    async def _refusable(self, turn: Turn, step: Step) -> Reply:
        """One step; when the rules say no, their sentence, and the seat as it was before."""
        seat = turn.seat
        try:
            async with turn.guard():
                return await step()
        except Refusal as refusal:
            turn.seat, turn.was_refused = seat, True
            return say(refusal.key, **refusal.facts)

    # The layers, in the order they listen.

    async def _wordless(self, turn: Turn) -> Reply | None:
        """Events and messages without words: a follow, a scan, a picture, a voice."""
        message = turn.ctx.message
        if isinstance(message, Text) and not isinstance(message, Unsupported):
            return None
        if turn.ctx.is_hasty and isinstance(message, (Ordinary, Click)):
            return await self._haste(turn)
        if isinstance(message, Click):
            turn.seat = replace(turn.seat, misses=0)
            return await self._do(turn, Choice("", message.event_key))
        if isinstance(message, Unsubscribe):
            turn.seat = Seat()
        handler = self.directory.events.get(type(message))
        return await handler.run(turn.with_speaker()) if handler else Reply("")

    async def _danger(self, turn: Turn) -> Reply | None:
        """An emergency wins over everything, from anybody, in the middle of any dialog; so does a running fraud."""
        if spoken_number(turn.text) is not None:
            return None
        turn.ctx = turn.ctx.understood(_read(turn.text))
        if turn.ctx.reading.intent == "emergency":
            # No question of a dialog behind such an answer; the seat is kept for later.
            turn.answered_dialog = True
            return await self.directory.intents["emergency"].run(turn.with_speaker())
        return await self._do(turn, Choice("", "emergency.fraud")) if is_fraud(turn.text) else None

    async def _haste(self, turn: Turn) -> Reply | None:
        """Who sends faster than anybody can mean it is asked to rest; only danger passes (promise X17)."""
        turn.answered_dialog = turn.answered_dialog or turn.ctx.is_hasty
        return say("conversation.too_many") if turn.ctx.is_hasty else None

    async def _well(self, turn: Turn) -> Reply | None:
        """虚惊一场, 按错了 after a call for help: good news, unless the words take back something done since then."""
        if not turn.ctx.account.has_alarm or not is_all_well(turn.text):
            return None
        if is_escape(turn.text) == "undo" and turn.seat.may_undo(turn.ctx.now):
            return None
        return await self._do(turn, Choice("", "emergency.all_well"))

    async def _escape(self, turn: Turn) -> Reply | None:
        """0 goes back, 帮忙 alone reaches a person, 点错了 takes the last step back: everywhere."""
        escape = is_escape(turn.text)
        if escape == "help":
            return await self._do(turn, Choice("", "human.call"))
        if escape == "undo":
            return await self._undo(turn)
        if escape in ("back", "stop"):
            return await self._back(turn, stop=escape == "stop")
        return None

    async def _last_asked(self, turn: Turn) -> Reply | None:
        """A digit, a yes or a no belongs to what this person was asked last."""
        pick = asked.pick(turn.text, turn.seat, turn.questions, turn.ctx.now)
        if pick is None or isinstance(pick, Reply):
            return pick
        turn.picked = pick.number
        if pick.question is not None:
            # Also when the rules refuse: the notice was read, and its digit must not catch later ones.
            turn.settle(pick.question.id)
        else:
            turn.left, turn.seat = turn.seat.menu, replace(turn.seat, menu=None)
        turn.seat = replace(turn.seat, misses=0)
        return await self._do(turn, pick.choice)

    async def _doubt(self, turn: Turn) -> Reply | None:
        """Unsure whether somebody is in danger: one question, which the words wait for."""
        least = MAYBE_IN_AN_ANSWER if turn.seat.sitting else MAYBE_DANGER
        if dict(turn.ctx.reading.runners_up).get("emergency", 0.0) < least:
            return None
        return await self._do(turn, Choice("", "emergency.ask"))

    async def _sitting(self, turn: Turn) -> Reply | None:
        """The open question of a dialog takes the words; another clear wish is served first, the seat is kept."""
        if turn.seat.sitting is None:
            return None
        dialog = self.directory.dialogs.get(turn.seat.sitting.dialog)
        if dialog is None:
            turn.seat = turn.seat.risen()
            return None
        if self._is_command(turn):
            return None
        turn.answered_dialog = True
        reply = await sitting.answer(turn, dialog, is_other_wish=self._is_plain_wish(turn) or self._is_giving_up(turn))
        if reply is None and self._is_giving_up(turn):
            return await self._rise_or_go_back(turn, stop=True)
        turn.answered_dialog = reply is not None
        return reply

    async def _meaning(self, turn: Turn) -> Reply | None:
        """What the words seem to mean; unsure, two or three numbered guesses (promise E12)."""
        reading = turn.ctx.reading
        if spoken_number(turn.text) is not None:
            return await self._do(turn, Choice("", "help.number"))
        intents = self.directory.intents
        handler = intents.get(reading.intent) or intents.get(counts_as(reading.intent))
        if spoken_yes_no(turn.text) is not None:
            return await self._run(turn, intents["confirm_yes"], {})
        if handler is None or not reading.is_sure:
            turn.seat = replace(turn.seat, misses=turn.seat.misses + 1)
            return await self._do(turn, Choice("", "human.guess", {"misses": turn.seat.misses}))
        turn.seat = replace(turn.seat, misses=0) if turn.seat.misses else turn.seat
        return await self._run(turn, handler, {"intent": reading.intent})

    def _is_command(self, turn: Turn) -> bool:
        """Whether somebody in a dialog plainly wants something else: a command, not an answer."""
        return turn.ctx.reading.confidence >= PLAIN and turn.ctx.reading.intent in COMMANDS

    def _is_plain_wish(self, turn: Turn) -> bool:
        """Whether words that are no answer are plainly something else that can be served at once."""
        reading = turn.ctx.reading
        return reading.confidence >= PLAIN and reading.intent in WISHES

    def _is_giving_up(self, turn: Turn) -> bool:
        """算了, 不办了 where an answer is wanted: enough of it."""
        return turn.text.strip().startswith(tuple(texts.section("conversation", "words")["give_up"]))

    # What the layers share.

    async def _do(self, turn: Turn, choice: Choice) -> Reply:
        handler = self.directory.actions.get(choice.do) or self.directory.intents.get(choice.do)
        if handler is None:
            return say("conversation.gone")
        if words := choice.args.get("guessed_from"):
            turn.ctx = turn.ctx.saying(words, read_as(choice.do, words))
        return await self._run(turn, handler, choice.args)

    async def _run(self, turn: Turn, handler: Handler, args: Mapping[str, Any]) -> Reply:
        """Run a handler once what it needs is known: consent first, then for whom."""
        ctx = turn.with_speaker()
        then = {"then": handler.name, "args": dict(args)}
        if CONSENT in handler.needs and not ctx.has_consented:
            return await self.directory.actions["consents.ask"].run(ctx.choosing(then))
        if ctx.member is None and ctx.speakers and {MEMBER, WHOM} & {*handler.needs}:
            return await self.directory.actions["binding.whom"].run(ctx.choosing({**then, "said": ctx.text}))
        if ctx.member is None and MEMBER in handler.needs:
            return await self.directory.actions["binding.offer"].run(ctx.choosing(then))
        return await handler.run(ctx.choosing(args))

    async def _undo(self, turn: Turn) -> Reply:
        """Take back what was done last; of what was begun since then, the last step."""
        if turn.seat.is_on_the_way(turn.ctx.now):
            return await self._back(turn, stop=False)
        if turn.seat.undo is None or not turn.seat.may_undo(turn.ctx.now):
            return say("conversation.nothing_to_undo")
        undo, turn.seat = turn.seat.undo, turn.seat.undoing(None, turn.ctx.now)
        return await self._do(turn, undo)

    async def _back(self, turn: Turn, *, stop: bool) -> Reply:
        if (refused := asked.no_to(turn.seat)) is not None:
            turn.seat = replace(turn.seat, menu=None)
            return await self._do(turn, refused)
        if turn.seat.sitting is not None:
            return await self._rise_or_go_back(turn, stop=stop)
        before = turn.seat.menu_before(turn.ctx.now)
        turn.seat = replace(turn.seat, menu=None)
        if before is None or stop:
            return await self._do(turn, Choice("", "help.menu"))
        turn.left = before.back
        return Reply(before.text, before.choices)

    async def _rise_or_go_back(self, turn: Turn, *, stop: bool) -> Reply:
        dialog = self.directory.dialogs.get(turn.seat.sitting.dialog) if turn.seat.sitting else None
        turn.answered_dialog = True
        if dialog is not None and not stop and (reply := await self._one_back(turn, dialog)) is not None:
            return reply
        turn.seat = turn.seat.risen()
        return say("conversation.left")

    async def _one_back(self, turn: Turn, dialog: Dialog) -> Reply | None:
        """The question before, else what was being changed, with all of it kept."""
        if (reply := await sitting.back(turn, dialog)) is not None:
            return reply
        before = dialog.back_to(turn.seat.sitting.answers if turn.seat.sitting else {})
        if before is None:
            return None
        turn.seat = turn.seat.risen()
        return await self._do(turn, before)

    async def _spoken(self, turn: Turn, reply: Reply) -> str:
        """The reply in words, with the seat it leads to; follows what it sets off until there is nothing more."""
        said: list[str] = []
        for _ in range(MOST_LINKS):
            said.append(reply.said_in_full)
            turn.seat = self._seated(turn, reply)
            turn.settle(reply.settles)
            following = self._following(turn, reply)
            if following is None:
                break
            reply = await self._refusable(turn, following)
        if turn.seat.sitting and not turn.answered_dialog and not reply.choices and any(said):
            said.append(await self._repeated_question(turn))
        return "\n".join(part for part in said if part)

    def _following(self, turn: Turn, reply: Reply) -> Step | None:
        """What the reply sets off: a dialog, an action, or words said earlier that are served now."""
        if reply.said:
            turn.ctx = turn.ctx.saying(reply.said, _read(reply.said))
        if reply.begin is not None:
            turn.answered_dialog = True
            return partial(sitting.start, turn, self.directory.dialogs[reply.begin.dialog], reply.begin.answers)
        if reply.then is not None:
            return partial(self._do, turn, reply.then)
        return partial(self._heard, turn) if reply.said else None

    async def _heard(self, turn: Turn) -> Reply:
        """The words as the answer of an open dialog, else by what they mean; danger was asked about already."""
        return await self._sitting(turn) or await self._meaning(turn) or Reply("")

    def _seated(self, turn: Turn, reply: Reply) -> Seat:
        seat = turn.seat.risen() if reply.leave else turn.seat
        if reply.undo or (reply.text and not reply.choices):
            # Something was done: nobody goes back to before it by 0, only by 撤销.
            turn.left = None
        if reply.choices:
            seat = seat.showing(reply.text, reply.choices, turn.ctx.now, left=turn.left)
        if reply.speaks_for:
            seat = seat.speaking_for(reply.speaks_for, turn.ctx.now)
        return seat.undoing(reply.undo, turn.ctx.now) if reply.undo else seat

    async def _repeated_question(self, turn: Turn) -> str:
        """Afterwards the dialog takes up where it stood, with its question repeated (decision 7)."""
        seat = turn.seat.sitting
        dialog = self.directory.dialogs.get(seat.dialog) if seat else None
        if seat is None or dialog is None:
            return ""
        step = dialog.open_step(seat.answers)
        return await sitting.question(turn.with_speaker(), dialog, step, seat.answers) if step else ""
