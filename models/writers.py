"""Who writes to us: the account, for whom it may speak, what it was asked; a whole batch in one or two statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kit.sql import among, bound_texts, marker
from models.arrivals import open_seat
from models.columns import moment_text
from models.database import connection, dialect
from models.people.accounts import Account, Question
from models.people.members import Person
from models.reading import reading


@dataclass(slots=True)
class Writer:
    """One account with what its next message may be about."""

    account: Account
    speaks_for: list[tuple[Person, str]] = field(default_factory=list)
    """The people bound to it, each as `self` or `proxy`, oldest binding first."""
    questions: list[Question] = field(default_factory=list)
    """Questions put by notices that it may still answer, oldest first."""


async def writers(openids: Sequence[str], now: datetime) -> dict[str, Writer]:
    """These accounts as they stand; one that writes for the first time is stored first."""
    found = await _known(openids, now)
    if strangers := [openid for openid in openids if openid not in found]:
        await _meet(strangers, now)
        found |= await _known(strangers, now)
    return found


async def _known(openids: Sequence[str], now: datetime) -> dict[str, Writer]:
    kind, account, person = dialect(), reading(Account), reading(Person)
    # Named for both tables: a planner that does not know them yet would walk through all bindings for each account.
    these = among(kind, len(openids), 2)
    sql = (
        f"SELECT {account.of('a')}, {_HAS_ALARM}, {_is_asked(kind)}, b.relation, {person.of('p')} FROM account a "
        f"LEFT JOIN binding b ON b.openid = a.openid AND b.openid {these} AND b.until IS NULL "
        f"LEFT JOIN person p ON p.id = b.person_id WHERE a.openid {these} ORDER BY b.id"
    )
    _, rows = await connection().execute_query(sql, [moment_text(now, kind), *bound_texts(kind, openids)])
    wide, key = len(account.columns), account.columns.index("openid")
    found: dict[str, Writer] = {}
    asked: list[str] = []
    for row in map(tuple, rows):
        writer = found.get(row[key])
        has_alarm, is_asked, relation = row[wide : wide + 3]
        if writer is None:
            writer = found[row[key]] = Writer(_opened(account.made(row[:wide]), bool(has_alarm)))
            asked += [row[key]] if is_asked else []
        if relation is not None:
            writer.speaks_for.append((person.made(row[wide + 3 :]), relation))
    for question in await _open_questions(asked, now) if asked else []:
        found[question.openid].questions.append(question)
    return found


_HAS_ALARM = "EXISTS (SELECT 1 FROM alarm l WHERE l.openid = a.openid AND l.state IN ('open', 'taken'))"


def _is_asked(kind: str) -> str:
    """Whether the account has a question open at parameter 1, the moment."""
    return (
        "EXISTS (SELECT 1 FROM question q "
        f"WHERE q.openid = a.openid AND q.answered_at IS NULL AND q.valid_until > {marker(kind)}1)"
    )


def _opened(account: Account, has_alarm: bool) -> Account:
    account.seat, account.has_alarm = open_seat(account.seat), has_alarm
    return account


async def _open_questions(openids: Sequence[str], now: datetime) -> list[Question]:
    kind, question = dialect(), reading(Question)
    sql = (
        f"SELECT {question.of('q')} FROM question q WHERE q.answered_at IS NULL AND q.valid_until > {marker(kind)}1 "
        f"AND q.openid {among(kind, len(openids), 2)} ORDER BY q.id"
    )
    _, rows = await connection().execute_query(sql, [moment_text(now, kind), *bound_texts(kind, openids)])
    return [question.made(tuple(row)) for row in rows]


async def _meet(openids: Sequence[str], now: datetime) -> None:
    """Make the rows of accounts that write for the first time; another process may have done so meanwhile."""
    await Account.bulk_create([Account(openid=one, first_seen=now) for one in openids], ignore_conflicts=True)
