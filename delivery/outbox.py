"""Takes in what is to be said: one row a person and business key, stored with the change that caused it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from delivery.posted import note
from models.counters import count
from models.outbox import Posting, store_notices
from models.outreach.notices import BULK, ORDINARY, URGENT

__all__ = [
    "BULK",
    "ORDINARY",
    "URGENT",
    "Asked",
    "Letter",
    "post_many",
    "post_notice",
    "to_openid",
    "to_person",
]


@dataclass(frozen=True, slots=True)
class Asked:
    """One choice of a question in a notice: its digit is its place, `do` names a handler's action (`visits.record`)."""

    label: str
    do: str
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be said, without any address: the key of the sentence in `texts` and the facts that fill it.

    `facts` and the arguments of `asks` are plain JSON values. `topic` is what the person may opt out of and what
    quiet hours look at (`emergency`, `missing_sign_of_life`, `same_day_shift` are exempt). `in_reply` marks what
    answers something the person has just done: it is no push. After `useful_until` it is not sent any more.
    `picture` names what to draw (`certificate:12`).
    """

    say: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    topic: str = "service"
    urgency: int = ORDINARY
    in_reply: bool = False
    useful_until: datetime | None = None
    picture: str | None = None
    asks: tuple[Asked, ...] = ()


def to_person(person: Any) -> str:
    """The recipient for somebody known by name: a row of people, or its id. The address is looked up when sending."""
    return f"person:{person if isinstance(person, int) else person.id}"


def to_openid(openid: str) -> str:
    """The recipient for an account nobody is bound to yet."""
    return f"openid:{openid}"


async def post_notice(
    recipient: str, letter: Letter, *, once: str, now: datetime, due_at: datetime | None = None
) -> int | None:
    """Store one notice with the running transaction; the row's id, or None when `once` was posted to them before.

    `once` is the business key (`visit:17:reminder:3`). `due_at`: not before then. One statement, no look-up.
    """
    stored = await store_notices([recipient], _posting(letter, once, now, due_at))
    await count("queued", len(stored))
    note(stored)
    return stored[0] if stored else None


async def post_many(
    recipients: Sequence[str],
    letter: Letter,
    *,
    once: str,
    now: datetime,
    due_at: datetime | None = None,
    broadcast_id: int | None = None,
) -> int:
    """Store the same notice for many, some thousands a statement; how many are new."""
    stored = await store_notices(recipients, _posting(letter, once, now, due_at, broadcast_id))
    await count("queued", len(stored))
    note(stored)
    return len(stored)


def _posting(
    letter: Letter, once: str, now: datetime, due_at: datetime | None, broadcast_id: int | None = None
) -> Posting:
    return Posting(
        business_key=once,
        topic=letter.topic,
        say=letter.say,
        facts=dict(letter.facts),
        picture=letter.picture,
        asks=[{"label": asked.label, "do": asked.do, "args": dict(asked.args)} for asked in letter.asks],
        urgency=letter.urgency,
        in_reply=letter.in_reply,
        due_at=due_at or now,
        expires_at=letter.useful_until,
        queued_at=now,
        broadcast_id=broadcast_id,
    )
