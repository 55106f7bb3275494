"""Consents are rows: who agreed to which purpose in which version, when and how (promises V1–V3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import texts
from kit.errors import Refusal
from models.people.accounts import Account
from models.people.members import Consent, Person

BASIC = "basic"


def purposes() -> Mapping[str, str]:
    """The purposes that can be agreed to, each with the name people read."""
    return texts.section("consents", "purposes")


async def give(
    purpose: str,
    *,
    version: str,
    now: datetime,
    person: Person | None = None,
    openid: str | None = None,
    how: str = "chat",
) -> Consent:
    """Note that a person, or an account nobody is bound to yet, agrees; saying it twice adds nothing.

    `how` is `chat`, `spoken` (noted by staff), `paper` or `seed`. Raises `consents.purpose_unknown`.
    """
    if purpose not in purposes():
        raise Refusal("consents.purpose_unknown", purpose=purpose)
    if openid and purpose == BASIC:
        await Account.filter(openid=openid).update(consented=version)
    standing = await Consent.filter(
        purpose=purpose, version=version, withdrawn_at__isnull=True, **_whose(person, openid)
    ).first()
    if standing:
        return standing
    kept_openid = None if person else openid
    return await Consent.create(
        person=person, openid=kept_openid, purpose=purpose, version=version, how=how, given_at=now
    )


async def withdraw(purpose: str, *, now: datetime, person: Person | None = None, openid: str | None = None) -> int:
    """Take a consent back in every version, effective at once; how many rows stood (0 is no error)."""
    if openid and purpose == BASIC:
        await Account.filter(openid=openid).update(consented="")
    standing = Consent.filter(purpose=purpose, withdrawn_at__isnull=True, **_whose(person, openid))
    return await standing.update(withdrawn_at=now)


async def has_consent(person: Person | int, purpose: str, *, version: str | None = None) -> bool:
    """Whether the person agrees to the purpose now; with `version`, to that one: a new version asks again."""
    person_id = person if isinstance(person, int) else person.id
    rows = Consent.filter(person_id=person_id, purpose=purpose, withdrawn_at__isnull=True)
    return await (rows.filter(version=version) if version else rows).exists()


async def agreed(purpose: str, *, person: Person | None, openid: str) -> bool:
    """Whether this person, or an account nobody is bound to yet, agrees to the purpose now."""
    return await Consent.filter(purpose=purpose, withdrawn_at__isnull=True, **_whose(person, openid)).exists()


async def standing(person: Person) -> list[Consent]:
    """What the person agrees to now, oldest first."""
    return await Consent.filter(person_id=person.id, withdrawn_at__isnull=True).order_by("id")


async def account_consented(openid: str, *, version: str) -> bool:
    """Whether this account agreed to the basic notice of that version (promise V1)."""
    return await Account.filter(openid=openid, consented=version).exists()


async def move_to_person(openid: str, person: Person) -> None:
    """What the account agreed to before anybody was bound to it becomes the person's own."""
    loose = await Consent.filter(openid=openid, person_id__isnull=True, withdrawn_at__isnull=True)
    held = {(row.purpose, row.version) for row in await standing(person)}
    for row in loose:
        if (row.purpose, row.version) not in held:
            row.person_id, row.openid = person.id, None
            await row.save(update_fields=["person_id", "openid"])


def _whose(person: Person | None, openid: str | None) -> dict[str, object]:
    return {"person_id": person.id} if person else {"openid": openid}
