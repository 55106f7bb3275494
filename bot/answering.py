"""The answer to one message, in its caller's transaction: what a handler may know, what is kept, what a push opens."""

from __future__ import annotations

from datetime import datetime, timedelta

from conversation.context import Context, Speaker
from conversation.engine import Answered, Engine
from conversation.seat import read_seat, write_seat
from conversation.turn import Guard
from kit.county import County
from models import arrivals
from models.database import transaction
from models.people.accounts import Account
from models.writers import Writer, writers
from models.writes import store
from services.help import questions
from wechat.messages import Click, Message, Ordinary, Scan, ScanCode, Subscribe, Text

LONGEST_WORDS = 2000
"""What is understood of a text; the platform's own limit lies at 2 048 bytes."""


async def answered_to(engine: Engine, ctx: Context, writer: Writer, *, guard: Guard) -> Answered:
    """The engine's answer; a question of a notice that it settles is over, and its notice counts as told."""
    answered = await engine.answer(ctx, read_seat(writer.account.seat), writer.questions, guard=guard)
    if answered.question is not None:
        await questions.answered(answered.question, str(answered.picked), now=ctx.now)
    return answered


async def answer_again(
    engine: Engine, county: County, message: Message, *, received_at: datetime, now: datetime
) -> str:
    """The answer to a message that broke before, in the caller's transaction; whatever breaks is raised.

    What has been shown and asked since then is not what it was about: its numbers choose nothing of that, its
    words answer no dialog of that, and the talk stays where it is.
    """
    await arrivals.hold_persons([message.openid])
    writer = (await writers([message.openid], now))[message.openid]
    opened_windows(writer, message, now, county)
    ctx = context_of(message, now, writer, county)
    current = read_seat(writer.account.seat)
    writer.account.seat = write_seat(current.as_of(received_at))
    writer.questions = [one for one in writer.questions if one.asked_at <= received_at]
    answered = await answered_to(engine, ctx, writer, guard=transaction)
    writer.account.seat = write_seat(answered.seat.joined(current, received_at))
    await store([arrivals.kept_talk([writer.account])])
    return answered.text


def context_of(message: Message, now: datetime, writer: Writer, county: County, *, is_hasty: bool = False) -> Context:
    """What a handler may know; whom the account speaks for is beyond doubt where there is only one."""
    bound = tuple([Speaker(person, relation) for person, relation in writer.speaks_for])
    words = message.content[:LONGEST_WORDS] if isinstance(message, Text) else ""
    member = bound[0].person if len(bound) == 1 else None
    return Context(writer.account, message, now, county, words, bound, member, is_hasty=is_hasty)


def opened_windows(writer: Writer, message: Message, now: datetime, county: County) -> list[str]:
    """The recipients who can be written to again from this push on: what waited for that may go."""
    if not _open_window(writer.account, message, now, county):
        return []
    return [f"openid:{message.openid}", *(f"person:{person.id}" for person, _ in writer.speaks_for)]


def _open_window(account: Account, message: Message, now: datetime, county: County) -> bool:
    """What the platform lets us send after this push (wechat.md §3.3); whether nothing could be sent before.

    A message resets the allowance; a tap opens a minute unless a longer window is open; other events give nothing.
    """
    numbers, was_open = county.platform, account.window_until is not None and account.window_until > now
    was_spent = was_open and account.allowance <= 0
    if isinstance(message, Ordinary):
        account.window_until = now + timedelta(hours=numbers.message_window_hours)
        account.allowance, account.last_message_at = numbers.message_allowance, now
    elif isinstance(message, _TAPS) and not was_open:
        account.window_until = now + timedelta(minutes=numbers.tap_window_minutes)
        account.allowance = numbers.tap_allowance
    else:
        return False
    return was_spent or not was_open


_TAPS = (Subscribe, Scan, Click, ScanCode)
