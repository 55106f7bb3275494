"""WeChat accounts: what they scanned, whom they belong to, whether they agreed."""

from __future__ import annotations

from datetime import datetime

from kit.errors import Refusal
from models.people.accounts import Account
from models.people.members import Person
from models.people.organisation import Organisation
from services.people import consents


async def scanned_place(openid: str, key: str, *, now: datetime) -> Organisation:
    """Remember the community whose code was scanned; raises `organisation.unknown` for one that is no more."""
    place = await Organisation.get_or_none(key=key) or (
        await Organisation.get_or_none(id=int(key)) if key.isascii() and key.isdigit() else None
    )
    if place is None:
        raise Refusal("organisation.unknown", name=key)
    await Account.get_or_create({"first_seen": now}, openid=openid)
    await Account.filter(openid=openid).update(scanned_id=place.id, follows=True, unfollowed_at=None)
    return place


async def agree(account: Account, *, person_id: int | None, version: str, now: datetime) -> None:
    """The account agrees to the privacy notice of this version (promise V1)."""
    person = await Person.get_or_none(id=person_id) if person_id else None
    await consents.give("basic", version=version, now=now, person=person, openid=account.openid)
    account.consented = version
