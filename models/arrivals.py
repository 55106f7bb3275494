"""The few statements of the way in: each serves a whole batch of messages, so that a message costs a share of one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from kit.sql import among, bound_rows, bound_texts, given, marker
from models.columns import moment_text, pack, seal, unseal
from models.database import connection, dialect
from models.people.accounts import Account
from models.writes import Write

Key = tuple[str, str]
"""(openid, identity): what makes a message the same message."""

_REPLY = "inbox.reply"
_WORDS = "inbox.words"
_SEAT = "account.seat"


@dataclass(slots=True)
class Taken:
    """One message as the inbox keeps it."""

    openid: str
    identity: str
    kind: str
    created: datetime
    received_at: datetime
    state: str = "done"
    reply: str = ""
    words: str | None = None
    incident: str | None = None
    retry_at: datetime | None = None

    @property
    def key(self) -> Key:
        """What makes it the same message."""
        return self.openid, self.identity


async def hold_persons(openids: Iterable[str]) -> None:
    """Keep other processes' messages of these accounts waiting until the transaction ends (promise R5).

    Needless on SQLite, where one process writes. The order is the same everywhere, so nobody waits in a ring.
    """
    if dialect() == "sqlite":
        return
    keys = sorted(int.from_bytes(blake2b(one.encode(), digest_size=8).digest(), "big", signed=True) for one in openids)
    await connection().execute_query("SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) AS k", [keys])


async def earlier_replies(keys: Sequence[Key]) -> dict[Key, str]:
    """What was answered to those of these messages that are done already; the others are new.

    Nobody else can take a new one in meanwhile: whoever does holds its person, as the caller does.
    """
    kind = dialect()
    # Looked up one by one: in a join a planner that knows little of the table would walk through all of it.
    reply = "SELECT i.reply FROM inbox i WHERE i.openid = given.column1 AND i.identity = given.column2"
    source = given(kind, ("text", "text"), len(keys))
    sql = f"SELECT given.column1, given.column2, ({reply}) FROM ({source}) AS given"
    _, rows = await connection().execute_query(sql, bound_rows(kind, keys))
    return {(openid, identity): open_reply(stored) for openid, identity, stored in rows if stored is not None}


_INBOX = {
    "openid": "text", "identity": "text", "kind": "text", "created": "timestamptz", "received_at": "timestamptz",
    "state": "text", "reply": "text", "attempts": "smallint", "words": "text", "incident": "text",
    "retry_at": "timestamptz",
}  # fmt: skip
_TAKE_IN = f"INSERT INTO inbox ({', '.join(_INBOX)}) {{rows}}"


def taken_in(messages: Sequence[Taken]) -> Write:
    """The write of new messages, what became of each and what was answered; fails if one was stored before."""
    kind = dialect()
    return Write(_TAKE_IN, tuple(_INBOX.values()), [_row_of(one, kind) for one in messages])


def _row_of(one: Taken, kind: str) -> tuple[Any, ...]:
    created, received = moment_text(one.created, kind), moment_text(one.received_at, kind)
    reply = seal(one.reply, _REPLY) if one.reply else ""
    words = None if one.words is None else seal(one.words, _WORDS)
    retry = None if one.retry_at is None else moment_text(one.retry_at, kind)
    return one.openid, one.identity, one.kind, created, received, one.state, reply, 1, words, one.incident, retry


def open_reply(stored: str) -> str:
    """The answer behind a stored one; silence stays silence."""
    return unseal(stored, _REPLY) if stored else ""


def open_seat(stored: dict[str, Any]) -> dict[str, Any]:
    """The seat behind a stored one: half-given answers name people and telephones, so they are sealed (V8)."""
    opened: dict[str, Any] = json.loads(unseal(stored["sealed"], _SEAT)) if "sealed" in stored else stored
    return opened


def sealed_seat(seat: dict[str, Any]) -> dict[str, Any]:
    """The seat as it is stored; an empty one says nothing and stays as it is."""
    return {"sealed": seal(pack(seat), _SEAT)} if seat else seat


_TALK = {"last_message_at": "timestamptz", "window_until": "timestamptz", "allowance": "smallint", "seat": "jsonb"}


_KEEP_TALK = (
    f"UPDATE account SET {', '.join(f'{name} = given.column{place}' for place, name in enumerate(_TALK, 2))} "
    "FROM ({rows}) AS given WHERE account.openid = given.column1"
)


def kept_talk(kept: Sequence[Account]) -> Write:
    """The write of where the talk of these accounts stands.

    Only what the way in itself decides: consent, follow and the rest belong to the services, which may have
    changed them within the same transaction.
    """
    kind = dialect()
    return Write(_KEEP_TALK, ("text", *_TALK.values()), [_talk_of(one, kind) for one in kept])


def _talk_of(account: Account, kind: str) -> tuple[Any, ...]:
    last, until = account.last_message_at, account.window_until
    return (
        account.openid,
        moment_text(last, kind) if last else None,
        moment_text(until, kind) if until else None,
        account.allowance,
        pack(sealed_seat(account.seat)) if account.seat else "{}",
    )


async def sleeping(recipients: Sequence[str], now: datetime) -> list[str]:
    """Those of `recipients` for whom a notice waits that is not due yet: somebody may want to wake it."""
    kind = dialect()
    sql = (
        f"SELECT DISTINCT recipient FROM notice WHERE state = 'waiting' AND next_try_at > {marker(kind)}1 "
        f"AND recipient {among(kind, len(recipients), 2)}"
    )
    _, rows = await connection().execute_query(sql, [moment_text(now, kind), *bound_texts(kind, recipients)])
    return [row[0] for row in rows]


async def close_question(question_id: int, answer: str, now: datetime) -> bool:
    """Note the answer to a question of a notice; whether it was still open."""
    kind = dialect()
    mark = marker(kind)
    sql = (
        f"UPDATE question SET answered_at = {mark}1, answer = {mark}2 "
        f"WHERE id = {mark}3 AND answered_at IS NULL RETURNING id"
    )
    return bool(await connection().execute_query_dict(sql, [moment_text(now, kind), answer, question_id]))
