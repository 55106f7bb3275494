"""Hand-written statements over notices: storing each once, claiming, stopping, counting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from models.columns import moment_text, pack, seal
from models.database import connection, dialect
from models.outreach.notices import ACCEPTED, CLAIMED, UNKNOWN, Notice

FACTS_SCOPE = "notice.facts"
_ROWS_AT_ONCE = 5000
RUNG = (ACCEPTED, CLAIMED, UNKNOWN)

# Column and its PostgreSQL type; the parameter's number is the place in this list.
_COLUMNS = (
    ("business_key", "text"), ("topic", "text"), ("say", "text"), ("facts", "text"), ("picture", "text"),
    ("asks", "jsonb"), ("urgency", "smallint"), ("in_reply", "boolean"), ("due_at", "timestamptz"),
    ("expires_at", "timestamptz"), ("next_try_at", "timestamptz"), ("queued_at", "timestamptz"),
    ("broadcast_id", "integer"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Posting:
    """What the rows of one posting have in common."""

    business_key: str
    topic: str
    say: str
    facts: dict[str, Any]
    picture: str | None
    asks: list[dict[str, Any]] | None
    urgency: int
    in_reply: bool
    due_at: datetime
    expires_at: datetime | None
    queued_at: datetime
    broadcast_id: int | None = None

    def values(self, database: str) -> list[Any]:
        """The parameters in the order of the columns."""
        expires = moment_text(self.expires_at, database) if self.expires_at else None
        due = moment_text(self.due_at, database)
        return [
            self.business_key, self.topic, self.say, seal(pack(self.facts), FACTS_SCOPE), self.picture,
            pack(self.asks) if self.asks else None, self.urgency, self.in_reply, due,
            expires, due, moment_text(self.queued_at, database), self.broadcast_id,
        ]  # fmt: skip


async def store_notices(recipients: Sequence[str], posting: Posting) -> list[int]:
    """One row a recipient; the ids of the new ones. Who has a row under this business key already keeps it."""
    database, stored = dialect(), []
    values = posting.values(database)
    for start in range(0, len(recipients), _ROWS_AT_ONCE):
        some = list(recipients[start : start + _ROWS_AT_ONCE])
        last = pack(some) if database == "sqlite" else some
        rows = await connection().execute_query_dict(_store_statement(database), [*values, last])
        stored += [row["id"] for row in rows]
    return stored


def _store_statement(database: str) -> str:
    """One statement for one row or thousands: the recipients come as an array, the rest as constants."""
    names = ", ".join(name for name, _ in _COLUMNS)
    last = len(_COLUMNS) + 1
    if database == "sqlite":
        marks = ", ".join(f"?{number}" for number in range(1, last))
        source = f"SELECT value AS recipient FROM json_each(?{last})"
    else:
        marks = ", ".join(f"${number}::{kind}" for number, (_, kind) in enumerate(_COLUMNS, 1))
        source = f"SELECT unnest(${last}::text[]) AS recipient"
    fixed = "'waiting', 'not_sent', 0"
    person = "CASE WHEN r.recipient LIKE 'person:%' THEN CAST(substr(r.recipient, 8) AS INTEGER) END"
    return (
        f"INSERT INTO notice ({names}, state, outcome, attempts, recipient, person_id) "
        f"SELECT {marks}, {fixed}, r.recipient, {person} FROM ({source}) AS r WHERE TRUE "
        "ON CONFLICT (business_key, recipient) DO NOTHING RETURNING id"
    )


async def hold_recipient(recipient: str) -> None:
    """Until the transaction ends, no other one decides about this recipient: the daily cap is counted once."""
    if dialect() == "postgres":
        await connection().execute_query("SELECT pg_advisory_xact_lock(hashtext($1::text))", [recipient])


async def pushes_since(notice: Notice, since: datetime, exempt: Sequence[str]) -> list[datetime]:
    """When other capped notices rang at the recipient since then; one that is just being sent counts as gone."""
    rung = Notice.filter(recipient=notice.recipient, in_reply=False, sent_at__gte=since, state__in=RUNG)
    rows = await rung.exclude(id=notice.id).exclude(topic__in=list(exempt)).values_list("sent_at", flat=True)
    return cast(list[datetime], rows)


async def state_counts() -> dict[str, int]:
    """How many notices stand in each state."""
    rows = await connection().execute_query_dict("SELECT state, count(*) AS many FROM notice GROUP BY state")
    return {row["state"]: int(row["many"]) for row in rows}
