"""The book of who did what: rows are only ever added (promise X21)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from models.people.access import AuditEntry
from models.people.members import Person


def by_person(person: Person | int) -> str:
    """How the book names somebody: by their row, never by their name."""
    return f"person:{person if isinstance(person, int) else person.id}"


async def note(
    actor: str,
    action: str,
    *,
    now: datetime,
    subject: str | None = None,
    reason: str | None = None,
    **facts: Any,
) -> None:
    """Enter one line: `actor` (`person:12`, `console`, `job:retention`) did `action` to `subject`, and why.

    `facts` are plain JSON values without names, telephones or message texts.
    """
    short = reason[:100] if reason else None
    await AuditEntry.create(at=now, actor=actor, action=action, subject=subject, reason=short, facts=facts or None)


async def note_each(
    actor: str, action: str, subjects: Sequence[str], *, now: datetime, reason: str | None = None, **facts: Any
) -> None:
    """The same deed done to several at once: a line for each, written together."""
    short = reason[:100] if reason else None
    rows = [
        AuditEntry(at=now, actor=actor, action=action, subject=one, reason=short, facts=facts or None)
        for one in subjects
    ]
    await AuditEntry.bulk_create(rows, batch_size=500)


async def looks_at(person: Person) -> list[AuditEntry]:
    """Every unmasked look at this person, newest first (promise V9)."""
    return await AuditEntry.filter(subject=by_person(person), action="unmasked").order_by("-at", "-id")


async def looks_since(actor: str, since: datetime) -> int:
    """How many unmasked looks somebody took since then."""
    return await AuditEntry.filter(actor=actor, action="unmasked", at__gte=since).count()
