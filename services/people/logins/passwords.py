"""Passwords of those in office: how they are kept, which are refused, and who is behind one (promise X10).

`common.txt` holds the first signs of SHA-256 of the 3 000 most used passwords of eight signs and more.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from datetime import datetime
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from kit.clock import local_day
from kit.errors import Refusal
from models.people.console import ConsolePassword, ConsoleSession
from models.people.members import Person
from services.people import access, audit, members

SHORTEST, LONGEST = 8, 128
MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
_MARK = 12


async def set_password(person: Person, said: str, *, keep: int, now: datetime) -> None:
    """Keep a new password, of any signs; every other session of the person ends, that of the id `keep` stays.

    Raises `console.password_length`, `console.password_common`, and `console.password_no_chat` for somebody without an
    account of their own, whom nothing could ask for the second factor.
    """
    _require_good(said, person)
    if not await members.openids_of(person):
        raise Refusal("console.password_no_chat")
    phrase = await asyncio.to_thread(_phrase, said)
    await ConsolePassword.update_or_create({"phrase": phrase, "set_at": now}, person_id=person.id)
    others = ConsoleSession.filter(person_id=person.id, ended_at=None).exclude(id=keep)
    await others.update(ended_at=now)
    await audit.note(audit.by_person(person), "password_set", now=now)


async def has_password(person: Person) -> bool:
    """Whether the person may log in with one."""
    return await ConsolePassword.filter(person_id=person.id).exists()


async def drop_password(person: Person, *, now: datetime) -> None:
    """No login with a password any more."""
    if await ConsolePassword.filter(person_id=person.id).delete():
        await audit.note(audit.by_person(person), "password_dropped", now=now)


async def behind(phone: str, said: str, *, now: datetime) -> Person | None:
    """The person in office with this telephone number and password; None for anything else, after the same time."""
    people = {person.id: person for person in await Person.by_phone(phone)} if phone else {}
    row = await ConsolePassword.filter(person_id__in=list(people)).first() if people else None
    phrase = row.phrase if row else _nobodys()
    is_right = await asyncio.to_thread(_fits, said[:LONGEST], phrase)
    if row is None or not is_right:
        return None
    person = people[row.person_id]
    is_staff = person.state == members.ACTIVE and (await access.reach_of(person, local_day(now))).is_staff
    return person if is_staff else None


def _require_good(said: str, person: Person) -> None:
    if not SHORTEST <= len(said) <= LONGEST:
        raise Refusal("console.password_length", limit=SHORTEST)
    plain, own = said.casefold(), [person.name, person.initials, person.phone or ""]
    is_one_sign = len(set(plain)) <= 2
    is_own = any(known and plain.replace(known.casefold(), "") in ("", "1", "123") for known in own)
    if is_one_sign or is_own or hashlib.sha256(plain.encode()).hexdigest()[:_MARK] in _common():
        raise Refusal("console.password_common")


@cache
def _common() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "common.txt").read_text("ascii").split())


def _argon(salt: bytes) -> Argon2id:
    return Argon2id(salt=salt, length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)


def _phrase(said: str) -> str:
    return str(_argon(secrets.token_bytes(16)).derive_phc_encoded(said.encode()))


def _fits(said: str, phrase: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(said.encode(), phrase)
    except InvalidKey:
        return False
    return True


@cache
def _nobodys() -> str:
    """What an unknown number is checked against, so that the answer takes as long."""
    return _phrase(secrets.token_urlsafe(16))
