"""Seals anew, with the newest field key, what older keys sealed: portion by portion, beside a running service (X9)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tortoise import Tortoise, fields
from tortoise.models import Model

from models.columns import Encrypted, is_of_newest_key, opened_in, seal
from models.database import connection, dialect

AT_ONCE = 200
_BY_HAND = ("inbox.reply", "account.seat")
"""Scopes of what hand-written statements seal (models/arrivals.py); all others are columns of their own."""
_SEALED = re.compile(r"v1\.[0-9a-f]{6}\.[A-Za-z0-9_\-]+=*")


@dataclass(frozen=True, slots=True)
class Shelf:
    """One column in which sealed text may stand, also in the middle of JSON."""

    table: str
    key: str
    column: str
    is_json: bool


@dataclass(frozen=True, slots=True)
class Resealed:
    """What one portion did: values sealed anew, values no key opens, and where the next portion begins."""

    done: int
    left: int
    last: Any


def shelves() -> list[Shelf]:
    """Every column of ours that holds text or JSON."""
    found = []
    for model in _models():
        meta = model._meta
        for name, field in meta.fields_map.items():
            if isinstance(field, fields.TextField | fields.JSONField):
                column = meta.fields_db_projection[name]
                found.append(Shelf(meta.db_table, meta.db_pk_column, column, isinstance(field, fields.JSONField)))
    return found


async def reseal_some(shelf: Shelf, after: Any) -> Resealed | None:
    """The next rows of this column that hold something sealed; None when there are none after `after`.

    A value that changes meanwhile is left to whoever changed it: that one seals with the newest key already.
    """
    rows = await _rows(shelf, after)
    if not rows:
        return None
    scopes, done, left = _scopes(), 0, 0
    for row in rows:
        text, lost = _anew(row["value"], scopes)
        left += lost
        if text != row["value"]:
            done += await _put(shelf, row["key"], row["value"], text)
    return Resealed(done, left, rows[-1]["key"])


def _anew(text: str, scopes: Sequence[str]) -> tuple[str, int]:
    """The text with all that older keys sealed in it sealed anew, and how much of it no key opens."""
    lost = 0

    def anew(found: re.Match[str]) -> str:
        nonlocal lost
        opened = opened_in(found[0], scopes)
        if opened is None:
            lost += 1
            return found[0]
        # What is sealed may hold something sealed: a line of a visit in a seat.
        inner, more = _anew(opened[1], scopes)
        lost += more
        is_right = is_of_newest_key(found[0]) and inner == opened[1]
        return found[0] if is_right else seal(inner, opened[0])

    return _SEALED.sub(anew, text), lost


async def _rows(shelf: Shelf, after: Any) -> list[dict[str, Any]]:
    database, value = dialect(), f'"{shelf.column}"'
    if database != "sqlite" and shelf.is_json:
        value += "::text"
    mark = "?1" if database == "sqlite" else "$1"
    further = f'"{shelf.key}" > {mark} AND ' if after is not None else ""
    sql = (
        f'SELECT "{shelf.key}" AS key, {value} AS value FROM "{shelf.table}" '
        f"WHERE {further}{value} LIKE '%v1.%' ORDER BY \"{shelf.key}\" LIMIT {AT_ONCE}"
    )
    return await connection().execute_query_dict(sql, [after] if after is not None else [])


async def _put(shelf: Shelf, key: Any, old: str, new: str) -> int:
    if dialect() == "sqlite":
        sql = f'UPDATE "{shelf.table}" SET "{shelf.column}" = ?1 WHERE "{shelf.key}" = ?2 AND "{shelf.column}" = ?3'
    else:
        kind = "::jsonb" if shelf.is_json else ""
        sql = (
            f'UPDATE "{shelf.table}" SET "{shelf.column}" = $1{"::text" + kind if kind else ""} '
            f'WHERE "{shelf.key}" = $2 AND "{shelf.column}"{"::text" if kind else ""} = $3::text'
        )
    changed, _ = await connection().execute_query(sql, [new, key, old])
    return int(changed)


def _models() -> list[type[Model]]:
    return sorted((Tortoise.apps or {})["models"].values(), key=lambda model: model._meta.db_table)


def _scopes() -> list[str]:
    own = {field.scope for model in _models() for field in model._meta.fields_map.values()
           if isinstance(field, Encrypted)}  # fmt: skip
    return [*sorted(own), *_BY_HAND]
