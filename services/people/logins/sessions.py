"""Sessions: new at every login, ended on the server, and no longer than the offices they were opened with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from kit.clock import local_day
from models.columns import blind
from models.people.console import ConsoleSession
from models.people.members import Person
from services.people import access, audit
from services.people.members import ACTIVE

IDLE = timedelta(minutes=30)
"""Without a click for so long, a session is over (promise X12)."""
LONGEST = timedelta(hours=12)
FRESH = timedelta(minutes=15)
"""How long after a full login what reaches far needs no new one (promise X16)."""
_SEEN_EVERY = timedelta(seconds=60)
_SCOPE = "console.session"


@dataclass(frozen=True, slots=True)
class Opened:
    """A living session: whose, how far they reach, and when it would end by itself."""

    row: ConsoleSession
    person: Person
    reach: access.Reach
    until: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Whether the person proved a few minutes ago who they are."""
        return bool(now - self.row.proven_at < FRESH)


async def open_session(person: Person, how: str, *, now: datetime) -> str:
    """A new session (`how`: `scan`, `code` or `password`); the secret for the cookie, which is kept nowhere here."""
    key = secrets.token_urlsafe(32)
    reach = await access.reach_of(person, local_day(now))
    await ConsoleSession.create(
        key_index=blind(key, _SCOPE),
        person=person,
        how=how,
        offices=_offices(reach),
        opened_at=now,
        proven_at=now,
        seen_at=now,
    )
    await audit.note(audit.by_person(person), "console_opened", now=now, how=how)
    return key


async def resume(key: str, *, now: datetime) -> Opened | None:
    """The session behind a cookie; None when it is unknown, over, or its person's offices are others now."""
    row = await ConsoleSession.filter(key_index=blind(key, _SCOPE), ended_at=None).select_related("person").first()
    if row is None or row.person.state != ACTIVE:
        return None
    until = _until(row)
    reach = await access.reach_of(row.person, local_day(now))
    if now >= until or _offices(reach) != row.offices or not reach.is_staff:
        return None
    if now - row.seen_at >= _SEEN_EVERY:
        await ConsoleSession.filter(id=row.id).update(seen_at=now)
        until = min(now + IDLE, row.opened_at + LONGEST)
    return Opened(row, row.person, reach, until)


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A session that ended by itself a short while ago: whose it was, and the moment of asking."""

    person_id: int
    at: datetime


async def lapsed(key: str, *, now: datetime) -> Lapsed | None:
    """The session behind a cookie if nothing but time has ended it, within the longest a session can be."""
    row = await ConsoleSession.filter(key_index=blind(key, _SCOPE), ended_at=None).select_related("person").first()
    if row is None or row.person.state != ACTIVE or not now - LONGEST < _until(row) <= now:
        return None
    return Lapsed(row.person_id, now)


async def seconds_left(key: str, *, now: datetime) -> int:
    """How long the session behind a cookie goes on if nobody touches it; 0 when it is over."""
    row = await ConsoleSession.filter(key_index=blind(key, _SCOPE), ended_at=None).first() if key else None
    return max(0, int((_until(row) - now).total_seconds())) if row else 0


def _until(row: ConsoleSession) -> datetime:
    until: datetime = min(row.seen_at + IDLE, row.opened_at + LONGEST)
    return until


async def prove(opened: Opened, *, now: datetime) -> None:
    """The person has just shown again who they are."""
    await ConsoleSession.filter(id=opened.row.id).update(proven_at=now, seen_at=now)


async def close(opened: Opened, *, now: datetime) -> None:
    """The person leaves."""
    await ConsoleSession.filter(id=opened.row.id, ended_at=None).update(ended_at=now)
    await audit.note(audit.by_person(opened.person), "console_closed", now=now)


async def close_all(person: Person, *, now: datetime) -> int:
    """End every session of this person (a lost laptop, an office given up); how many there were."""
    return await ConsoleSession.filter(person_id=person.id, ended_at=None).update(ended_at=now)


def _offices(reach: access.Reach) -> str:
    held = sorted(f"{grant.role}@{grant.path}" for grant in reach.grants)
    return blind("|".join(held), "console.offices")
