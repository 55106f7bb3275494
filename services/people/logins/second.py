"""The second factor of a password: the chat asks the person for the two digits on the screen, once, within minutes."""

from __future__ import annotations

from datetime import datetime

from delivery.outbox import URGENT, Asked, Letter, post_notice, to_person
from kit.errors import Refusal
from models.people.console import LoginScan
from models.people.members import Person
from services.people.logins.scans import LIFE, TRIES, Begun, begin
from services.people.logins.tries import require_patience, wrong
from texts import render

_ASKED_AT_MOST = 5


async def ask_digits(person: Person, browser: str, *, now: datetime) -> Begun:
    """A login for this browser that only this person can approve; their chat asks for the digits beside it.

    Raises `logins.stopped` for whoever is asked too often: a stolen password must not ring somebody's telephone.
    """
    caller = f"asked:{person.id}"
    await require_patience(caller, now=now, most=_ASKED_AT_MOST)
    await wrong(caller, now=now)
    begun = await begin(browser, now=now, person=person)
    asks = (Asked(render("logins.it_is_me"), "logins.second", {"login": begun.row_id}),)
    letter = Letter("logins.password_used", {}, topic="work", urgency=URGENT, useful_until=now + LIFE, asks=asks)
    await post_notice(to_person(person), letter, once=f"login:{begun.row_id}", now=now)
    return begun


async def awaited(login_id: int, person: Person | None, *, now: datetime) -> LoginScan:
    """The login that waits for this person's digits; raises `logins.over` for any other."""
    row = await LoginScan.get_or_none(id=login_id, used_at=None, approved_at=None)
    if row is None or person is None or row.person_id != person.id or now >= row.expires_at or row.tries >= TRIES:
        raise Refusal("logins.over")
    return row
