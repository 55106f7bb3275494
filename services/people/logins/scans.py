"""Login by scan: the page shows a code and two digits, the chat asks for the digits, and the page opens.

The digits bind the two: who is talked into scanning a stranger's code does not see that stranger's screen.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q

from kit.clock import local_day
from kit.errors import Refusal
from models.columns import blind
from models.people.console import LoginScan
from models.people.members import Person
from services.people import access, audit

LIFE = timedelta(minutes=5)
TRIES = 3
SCENE = "login:"
_SCENE, _BROWSER = "login.scene", "login.browser"


@dataclass(frozen=True, slots=True)
class Begun:
    """What the page shows: the scene for the QR code, and the digits."""

    scene: str
    digits: str
    until: datetime
    row_id: int


async def begin(browser: str, *, now: datetime, person: Person | None = None) -> Begun:
    """A login for this browser (the secret of its cookie); an earlier one of the same browser is void.

    With a `person`, whose password was right, nobody else can approve it.
    """
    await LoginScan.filter(browser_index=blind(browser, _BROWSER), used_at=None).update(expires_at=now)
    nonce, digits = secrets.token_hex(16), f"{secrets.randbelow(90) + 10}"
    row = await LoginScan.create(
        scene_index=blind(nonce, _SCENE),
        browser_index=blind(browser, _BROWSER),
        digits=digits,
        begun_at=now,
        how="password" if person else "scan",
        person_id=person.id if person else None,
        expires_at=now + LIFE,
    )
    return Begun(f"{SCENE}{nonce}", digits, row.expires_at, row.id)


async def scanned(nonce: str, person: Person | None, *, now: datetime) -> LoginScan:
    """The login whose code was scanned; `nonce` is what stands behind `login:`.

    Raises `logins.over` for one that is unknown, used or too old, `logins.not_staff` for who holds no office.
    """
    row = await LoginScan.filter(scene_index=blind(nonce, _SCENE), used_at=None, approved_at=None).first()
    if row is None or now >= row.expires_at or row.tries >= TRIES:
        raise Refusal("logins.over")
    if person is None or not (await access.reach_of(person, local_day(now))).is_staff:
        raise Refusal("logins.not_staff")
    return row


async def approve(scan_id: int, digits: str, person: Person, *, now: datetime) -> bool:
    """Open the page if the digits are those on its screen; False for wrong ones, of which three are borne.

    Raises `logins.over` when the login was used, is too old, or too many were wrong.
    """
    waiting = LoginScan.filter(id=scan_id, approved_at=None, used_at=None, expires_at__gt=now, tries__lt=TRIES)
    waiting = waiting.filter(Q(person_id__isnull=True) | Q(person_id=person.id))
    if await waiting.filter(digits=digits).update(approved_at=now, person_id=person.id):
        await audit.note(audit.by_person(person), "login_approved", now=now)
        return True
    row = await waiting.first()
    if row is None:
        raise Refusal("logins.over")
    await LoginScan.filter(id=row.id).update(tries=row.tries + 1)
    await audit.note(audit.by_person(person), "login_wrong_digits", now=now)
    return False


async def approved(browser: str, *, now: datetime) -> tuple[Person, str] | None:
    """The person who opened this browser's page from the chat, once, and how it began; None as long as nobody has."""
    row = await LoginScan.filter(
        browser_index=blind(browser, _BROWSER), approved_at__isnull=False, used_at=None, expires_at__gt=now
    ).first()
    if row is None or not await LoginScan.filter(id=row.id, used_at=None).update(used_at=now):
        return None
    return await Person.get(id=row.person_id), row.how
