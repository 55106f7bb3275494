"""Hand-written statements over the notices of a broadcast: where each person stands, and who can be reached how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kit.sql import listed, marker
from models.columns import moment_text, pack, read_moment
from models.database import connection, dialect

GONE, CANCELLED, FAILED, SENT, WAITING, TOLD, CONFIRMED = range(7)
"""Where a person stands with a broadcast, the best of all its rounds counting; below SENT nothing went out."""

_RANK = (
    "MAX(CASE WHEN outcome = 'confirmed' THEN 6 "
    "WHEN outcome IN ('told_by_liaison', 'told_by_phone', 'on_paper') THEN 5 "
    "WHEN state IN ('waiting', 'claimed', 'unknown') THEN 4 "
    "WHEN EXISTS (SELECT 1 FROM call_entry c WHERE c.notice_id = notice.id AND c.state = 'open') THEN 4 "
    "WHEN state = 'accepted' THEN 3 "
    "WHEN reason IN ('deceased', 'withdrawn', 'erased', 'opted_out') THEN 0 "
    "WHEN reason = 'cancelled' THEN 1 ELSE 2 END)"
)


@dataclass(frozen=True, slots=True)
class Reachable:
    """One account that speaks for one person, and the platform's leave to write to it."""

    person_id: int
    openid: str
    follows: bool
    window_until: datetime | None
    allowance: int
    mass_month: str | None = None
    mass_got: int = 0


async def standings(keys: Sequence[str]) -> dict[int, int]:
    """How many people stand where, over all notices under these business keys."""
    rows = await connection().execute_query_dict(
        f"SELECT rank, count(*) AS many FROM ({_ranked('')}) AS each_one GROUP BY rank", _bound(keys)
    )
    return {int(row["rank"]): int(row["many"]) for row in rows}


async def standings_each(keys: Sequence[str]) -> dict[str, dict[int, int]]:
    """The same for several broadcasts at once, by the key of their first round; one statement."""
    rows = await connection().execute_query_dict(
        f"SELECT root, rank, count(*) AS many FROM ({_ranked_each('')}) AS each_one GROUP BY root, rank", _bound(keys)
    )
    found: dict[str, dict[int, int]] = {}
    for row in rows:
        found.setdefault(str(row["root"]), {})[int(row["rank"])] = int(row["many"])
    return found


def _ranked_each(further: str) -> str:
    """Where each person stands with each broadcast: `root`, the key of its first round, `person_id`, `rank`."""
    root = (
        "CASE WHEN instr(business_key, ':round:') > 0 "
        "THEN substr(business_key, 1, instr(business_key, ':round:') - 1) ELSE business_key END"
        if dialect() == "sqlite"
        else "split_part(business_key, ':round:', 1)"
    )
    return (
        f"SELECT {root} AS root, person_id, {_RANK} AS rank FROM notice WHERE person_id IS NOT NULL "
        f"AND business_key IN ({_listed('text')}) {further} GROUP BY 1, person_id"
    )


async def end_of_page(key: str, after: str, size: int) -> str | None:
    """The recipient with whom a page of a broadcast's first round ends; None when less than a page is left."""
    mark = marker(dialect())
    sql = (
        f"SELECT recipient FROM notice WHERE business_key = {mark}1 AND recipient > {mark}2 "
        f"ORDER BY recipient LIMIT 1 OFFSET {mark}3"
    )
    rows = await connection().execute_query_dict(sql, [key, after, size - 1])
    return str(rows[0]["recipient"]) if rows else None


async def standings_at_home(
    keys: Sequence[str], after: str = "", until: str | None = None
) -> dict[tuple[int, int], int]:
    """How often people stand where with these broadcasts, by (home, rank); home is branch, else community, else 0.

    Of the recipients behind `after` up to `until` (None: all the others), so that a county is counted in pages.
    """
    mark, bound = marker(dialect()), [*_bound(keys), after, *([] if until is None else [until])]
    ranked = _ranked_each(f"AND recipient > {mark}2" + ("" if until is None else f" AND recipient <= {mark}3"))
    rows = await connection().execute_query_dict(
        f"SELECT COALESCE(p.branch_id, p.community_id, 0) AS home, rank, count(*) AS many FROM ({ranked}) AS each_one "
        "LEFT JOIN person p ON p.id = each_one.person_id GROUP BY 1, 2",
        bound,
    )
    return {(int(row["home"]), int(row["rank"])): int(row["many"]) for row in rows}


async def people_standing(
    keys: Sequence[str], lowest: int, highest: int, *, after: int = 0, limit: int = 1000
) -> list[int]:
    """Ids of people who stand between `lowest` and `highest`, in the order of their ids, from `after` on."""
    mark = "?" if dialect() == "sqlite" else "$"
    sql = (
        f"SELECT person_id FROM ({_ranked(f'AND person_id > {mark}2')}) AS each_one "
        f"WHERE rank BETWEEN {mark}3 AND {mark}4 ORDER BY person_id LIMIT {mark}5"
    )
    rows = await connection().execute_query_dict(sql, [*_bound(keys), after, lowest, highest, limit])
    return [int(row["person_id"]) for row in rows]


async def accounts_of(person_ids: Sequence[int]) -> list[Reachable]:
    """The accounts bound to these people, each person's own first; one statement for thousands."""
    sql = (
        "SELECT b.person_id, a.openid, a.follows, a.window_until, a.allowance, a.mass_month, a.mass_got FROM binding b "
        "JOIN account a ON a.openid = b.openid WHERE b.until IS NULL "
        f"AND b.person_id IN ({_listed('integer')}) "
        "ORDER BY b.person_id, CASE WHEN b.relation = 'self' THEN 0 ELSE 1 END, b.id"
    )
    rows = await connection().execute_query_dict(sql, _bound(person_ids))
    return [
        Reachable(
            int(row["person_id"]),
            str(row["openid"]),
            bool(row["follows"]),
            read_moment(row["window_until"]),
            int(row["allowance"]),
            row["mass_month"],
            int(row["mass_got"]),
        )
        for row in rows
    ]


def _ranked(further: str) -> str:
    return (
        f"SELECT person_id, {_RANK} AS rank FROM notice WHERE person_id IS NOT NULL "
        f"AND business_key IN ({_listed('text')}) {further} GROUP BY person_id"
    )


def _listed(kind: str) -> str:
    """The inside of an IN list that comes as one parameter, the first."""
    return "SELECT value FROM json_each(?1)" if dialect() == "sqlite" else f"SELECT unnest($1::{kind}[])"


def _bound(listed: Sequence[int] | Sequence[str]) -> list[object]:
    return [pack(list(listed)) if dialect() == "sqlite" else list(listed)]


async def confirm(key: str, person_ids: Sequence[int], now: datetime) -> list[tuple[int, str]]:
    """Note that these people have read a notice, whichever round brought it; (row, its state) of each.

    One statement by the recipients' index: after a notice to a county the answers come by the thousand.
    """
    kind = dialect()
    mark = marker(kind)
    recipients = [f"person:{one}" for one in person_ids]
    sql = (
        f"UPDATE notice SET outcome = 'confirmed', settled_at = {mark}1 "
        f"WHERE recipient IN ({listed(kind, len(recipients), 5)}) AND state <> 'claimed' "
        f"AND (business_key = {mark}2 OR (business_key > {mark}3 AND business_key < {mark}4)) RETURNING id, state"
    )
    bound = [moment_text(now, kind), key, f"{key}:round:", f"{key}:round;", *recipients]
    rows = await connection().execute_query_dict(sql, bound)
    return [(int(row["id"]), str(row["state"])) for row in rows]


async def close_questions(notice_ids: Sequence[int], openid: str, now: datetime) -> None:
    """The questions these notices put to this account are answered."""
    kind = dialect()
    mark = marker(kind)
    sql = (
        f"UPDATE question SET answered_at = {mark}1, answer = '1' WHERE openid = {mark}2 AND answered_at IS NULL "
        f"AND notice_id IN ({listed(kind, len(notice_ids), 3)})"
    )
    await connection().execute_query(sql, [moment_text(now, kind), openid, *notice_ids])
