"""One-time codes with which staff open the console for the first time; only their fingerprint is kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.columns import blind
from models.people.access import LoginCode
from models.people.members import Person

LIFE = timedelta(hours=24)
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without what looks alike on paper."""
_LENGTH = 12
_SCOPE = "login.code"


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """What is shown once and kept nowhere."""

    code: str
    until: datetime


async def make_code(person: Person, *, now: datetime) -> PrintedCode:
    """A fresh code for the person, good for a day and once; older ones are void."""
    await LoginCode.filter(person_id=person.id, used_at__isnull=True).update(expires_at=now)
    code = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    until = now + LIFE
    await LoginCode.create(person=person, code_index=blind(code, _SCOPE), expires_at=until)
    return PrintedCode("-".join(code[at : at + 4] for at in range(0, _LENGTH, 4)), until)


async def spend_code(code: str, *, now: datetime) -> Person | None:
    """The person behind a code that is still good, once: one conditional UPDATE decides between two browsers."""
    index = blind(code.strip().upper(), _SCOPE)
    won = await LoginCode.filter(code_index=index, used_at__isnull=True, expires_at__gt=now).update(used_at=now)
    if not won:
        return None
    row = await LoginCode.get(code_index=index).select_related("person")
    return row.person
