"""Hand-written statements over what is shared by all processes: quotas, knocks, leases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tortoise.expressions import F

from models.columns import moment_text, pack, read_moment
from models.database import connection, dialect
from models.people.accounts import Account

_SPEND = (
    "INSERT INTO quota_use (api, span, used) VALUES ({1}, {2}, {3}) "
    "ON CONFLICT (api, span) DO UPDATE SET used = quota_use.used + excluded.used "
    "WHERE quota_use.used + excluded.used <= {4} RETURNING used"
)
_KNOCK = (
    "INSERT INTO job_run (job, fire_at, started_at, holder) VALUES ({1}, {2}, {3}, {4}) "
    "ON CONFLICT (job, fire_at) DO NOTHING RETURNING id"
)
_LAST = (
    "SELECT j.value AS job, r.id, r.fire_at, r.started_at, r.ended_at, r.holder, r.counted FROM ({1}) AS j "
    "JOIN job_run AS r ON r.id = (SELECT l.id FROM job_run AS l WHERE l.job = j.value ORDER BY l.fire_at DESC LIMIT 1)"
)
_END = "UPDATE job_run SET ended_at = {1}, counted = {2} WHERE id = {3}"
_LEASE = (
    "INSERT INTO lease (name, holder, until) VALUES ({1}, {2}, {3}) "
    "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until "
    "WHERE lease.holder = excluded.holder OR lease.until < {4} RETURNING name"
)
_TYPES = {
    "spend": ("text", "text", "integer", "integer"),
    "knock": ("text", "timestamptz", "timestamptz", "text"),
    "end": ("timestamptz", "text", "integer"),
    "lease": ("text", "text", "timestamptz", "timestamptz"),
}


def _statement(text: str, kinds: tuple[str, ...]) -> str:
    """Numbered parameters of this database's kind, typed where PostgreSQL would have to guess."""
    if dialect() == "sqlite":
        return text.format(None, *(f"?{number}" for number in range(1, len(kinds) + 1)))
    return text.format(None, *(f"${number}::{kind}" for number, kind in enumerate(kinds, 1)))


async def spend_quota(api: str, span: str, amount: int, ceiling: int) -> bool:
    """Add to what is used of `api` in `span` unless it would pass `ceiling`; one statement, so nobody passes it."""
    if amount > ceiling:
        return False
    values = [api, span, amount, ceiling]
    return bool(await connection().execute_query_dict(_statement(_SPEND, _TYPES["spend"]), values))


async def spend_mass(openids: Sequence[str], month: str, ceiling: int) -> list[str]:
    """One mass message of `month` (2026-11) for each of these accounts that follows and has one left; those it is."""
    kind = dialect()
    mark = "?" if kind == "sqlite" else "$"
    inside = "SELECT value FROM json_each(?3)" if kind == "sqlite" else "SELECT unnest($3::text[])"
    typed = ("", "") if kind == "sqlite" else ("::text", "::integer")
    same = f"COALESCE(mass_month, '') = {mark}1{typed[0]}"
    sql = (
        f"UPDATE account SET mass_got = CASE WHEN {same} THEN mass_got + 1 ELSE 1 END, mass_month = {mark}1{typed[0]} "
        f"WHERE openid IN ({inside}) AND follows AND NOT ({same} AND mass_got >= {mark}2{typed[1]}) "
        f"AND {mark}2{typed[1]} > 0 RETURNING openid"
    )
    listed = pack(list(openids)) if kind == "sqlite" else list(openids)
    rows = await connection().execute_query_dict(sql, [month, ceiling, listed])
    return [str(row["openid"]) for row in rows]


async def give_back_mass(openids: Sequence[str]) -> None:
    """A job that was not sent has used nothing up."""
    await Account.filter(openid__in=list(openids), mass_got__gt=0).update(mass_got=F("mass_got") - 1)


async def record_knock(job: str, fire_at: datetime, now: datetime, holder: str) -> int | None:
    """The row of this knock if nobody has it yet: one of several processes wins."""
    database = dialect()
    values = [job, moment_text(fire_at, database), moment_text(now, database), holder]
    rows = await connection().execute_query_dict(_statement(_KNOCK, _TYPES["knock"]), values)
    return int(rows[0]["id"]) if rows else None


async def last_knocks(jobs: Sequence[str]) -> list[dict[str, Any]]:
    """The last row of each of these jobs that has one: one statement for all, two seconds after two seconds."""
    is_sqlite = dialect() == "sqlite"
    listed = "SELECT value FROM json_each(?1)" if is_sqlite else "SELECT unnest($1::text[]) AS value"
    found = await connection().execute_query_dict(
        _LAST.format(None, listed), [pack(list(jobs)) if is_sqlite else list(jobs)]
    )
    moments = ("fire_at", "started_at", "ended_at")
    return [{**row, **{name: read_moment(row[name]) for name in moments}} for row in found]


async def end_knock(knock_id: int, counted: str, now: datetime) -> None:
    """The work of this knock has ended, with these counters."""
    values = [moment_text(now, dialect()), counted, knock_id]
    await connection().execute_query(_statement(_END, _TYPES["end"]), values)


async def take_lease(name: str, holder: str, until: datetime, now: datetime) -> bool:
    """Take or keep the lease until then; refused while another holder's still runs."""
    database = dialect()
    values = [name, holder, moment_text(until, database), moment_text(now, database)]
    return bool(await connection().execute_query_dict(_statement(_LEASE, _TYPES["lease"]), values))
