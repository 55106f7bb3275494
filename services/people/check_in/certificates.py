"""报到证: its number, its picture into the chat, and the page that verifies it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from tortoise.expressions import F

from delivery.outbox import Letter, post_notice, to_person
from kit.clock import local_day
from models.people.check_in import CardCounter, CheckIn
from models.people.members import Person
from models.people.organisation import Organisation
from services.people.check_in.states import ACCEPTED


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a 报到证 shows; of the person nothing but the name."""

    number: str
    name: str
    community: str
    year: int
    accepted_at: datetime
    verify_code: str
    is_valid: bool = field(default=True)


async def number(row: CheckIn, now: datetime) -> None:
    """Give the registration its number and code, once; one accepted anew after an undo keeps its number.

    Numbers run within community and year without gaps and doubles: one UPDATE counts, in the transaction of what
    it counts for.
    """
    if row.card_no:
        return
    year = local_day(row.reviewed_at or now).year
    counted = CardCounter.filter(community_id=row.community_id, year=year)
    await CardCounter.get_or_create(community_id=row.community_id, year=year)
    await counted.update(given=F("given") + 1)
    # The counter's row is held since the UPDATE: whoever else wanted to number this registration waits or is done.
    await row.refresh_from_db(fields=["card_no", "verify_code"])
    if row.card_no:
        await counted.update(given=F("given") - 1)
        return
    counter = await counted.get()
    row.card_no = f"{row.community_id:02d}-{year}-{counter.given:04d}"
    row.verify_code = secrets.token_urlsafe(12)
    await row.save(update_fields=["card_no", "verify_code"])


async def send_certificate(row: CheckIn, person: Person, *, now: datetime, once: str) -> None:
    """The picture into the chat: at once inside the window, else when the person next writes.

    A registration taken over from older lists gets its number on the first request.
    """
    await number(row, now)
    letter = Letter("check_in.certificate", {}, topic="certificate", picture=f"certificate:{row.id}", in_reply=True)
    await post_notice(to_person(person), letter, once=once, now=now)


async def certificate(check_in_id: int) -> Certificate:
    """What the certificate of this registration shows."""
    row = await CheckIn.get(id=check_in_id).prefetch_related("person", "community")
    return _certificate(row)


async def certificates_of(place: Organisation, *, after: int = 0, limit: int = 40) -> list[tuple[int, Certificate]]:
    """The certificates given beneath a place that hold, with the ids of their registrations, from `after` on."""
    rows = CheckIn.filter(community__path__startswith=place.path, state=ACCEPTED, card_no__isnull=False, id__gt=after)
    found = await rows.order_by("id").limit(limit).prefetch_related("person", "community")
    return [(row.id, _certificate(row)) for row in found]


async def verified(code: str) -> Certificate | None:
    """The certificate behind a verification code, or nothing; shows no more than the paper does."""
    row = await CheckIn.get_or_none(verify_code=code).prefetch_related("person", "community")
    return _certificate(row) if row else None


def _certificate(row: CheckIn) -> Certificate:
    accepted_at = row.reviewed_at or row.submitted_at
    card_no = row.card_no or ""
    year = int(card_no.split("-")[1]) if card_no.count("-") == 2 else accepted_at.year
    return Certificate(
        card_no,
        row.person.name,
        row.community.name,
        year,
        accepted_at,
        row.verify_code or "",
        row.state == ACCEPTED,
    )
