"""The members of a seed file: bulk for new ones, since a county has thousands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kit.clock import local_day
from models.people.check_in import CheckIn
from models.people.members import Consent, EmergencyContact, Person
from services.county.seed.accounts import Tie, agree_seeded, bind_seeded
from services.county.seed.marks import Marks
from services.county.seed.places import place_ids
from services.county.seed.shape import MemberRow, SeedFile
from services.people.members import plain_name

_AS_WRITTEN = (
    "standing",
    "sex",
    "birth",
    "birth_calendar",
    "birth_leap",
    "birthday_offset",
    "unit",
    "estate",
    "building",
    "room",
    "joined",
    "retires_on",
    "mobility",
    "preferred_channel",
    "state",
)
_LIVING = ("submitted", "under_review", "accepted")


async def person_ids() -> dict[str, int]:
    """Everybody who has a key."""
    keyed = await Person.filter(key__isnull=False).only("id", "key")
    return {str(person.key): person.id for person in keyed}


async def load_members(file: SeedFile, marks: Marks, now: datetime, version: str) -> None:
    """Add new members, change those whose row differs, with everything that hangs on them."""
    changed = marks.changed("members", [(row.key, row) for row in file.members])
    rows = [row for _, row in changed]
    if not rows:
        return
    await _put_people(rows, await place_ids())
    ids = await person_ids()
    await _link_liaisons(rows, ids)
    await _put_contacts(rows, ids)
    await bind_seeded([Tie(row.openid, ids[row.key], row.follows) for row in rows if row.openid], now)
    await _put_consents(rows, ids, now, version)
    await agree_seeded([row.openid for row in rows if row.openid and "basic" in row.consents], version)
    await _put_check_ins(rows, ids, await place_ids(), now)
    for row in rows:
        marks.remember("members", row.key, row, ids[row.key])


async def _put_people(rows: Sequence[MemberRow], places: dict[str, int]) -> None:
    standing = {person.key: person for person in await Person.filter(key__in=[row.key for row in rows])}
    fresh = []
    for row in rows:
        person = standing.get(row.key)
        if person is None:
            fresh.append(_filled(Person(key=row.key, name=plain_name(row.name)), row, places))
        else:
            await _filled(person, row, places).save()
    await Person.bulk_create(fresh)


def _filled(person: Person, row: MemberRow, places: dict[str, int]) -> Person:
    person.name = plain_name(row.name)
    for name in _AS_WRITTEN:
        setattr(person, name, getattr(row, name))
    person.skills = list(row.skills)
    person.set_phone(row.phone)
    person.branch_id = places[row.branch] if row.branch else None
    person.community_id = places[row.community] if row.community else None
    person.lives_alone = _yes_or_no(row.lives_alone)
    # A changed birth is planned anew.
    person.next_occasions_from = None
    return person


def _yes_or_no(value: bool | None) -> Any:
    return None if value is None else ("yes" if value else "no")


async def _link_liaisons(rows: Sequence[MemberRow], ids: dict[str, int]) -> None:
    people = await Person.filter(key__in=[row.key for row in rows]).only("id", "key", "liaison_id")
    wanted = {row.key: ids.get(row.liaison or "") for row in rows}
    moved = [person for person in people if person.liaison_id != wanted[str(person.key)]]
    for person in moved:
        person.liaison_id = wanted[str(person.key)]
    if moved:
        await Person.bulk_update(moved, fields=["liaison_id"])


async def _put_contacts(rows: Sequence[MemberRow], ids: dict[str, int]) -> None:
    await EmergencyContact.filter(person_id__in=[ids[row.key] for row in rows]).delete()
    await EmergencyContact.bulk_create(
        [EmergencyContact(person_id=ids[row.key], **contact.model_dump()) for row in rows for contact in row.contacts]
    )


async def _put_consents(rows: Sequence[MemberRow], ids: dict[str, int], now: datetime, version: str) -> None:
    given = await Consent.filter(person_id__in=[ids[row.key] for row in rows], withdrawn_at__isnull=True)
    held = {(consent.person_id, consent.purpose) for consent in given if consent.version == version}
    wanted = {(ids[row.key], purpose) for row in rows for purpose in row.consents}
    await Consent.bulk_create(
        [
            Consent(person_id=person_id, purpose=purpose, version=version, how="seed", given_at=now)
            for person_id, purpose in sorted(wanted - held)
        ]
    )


async def _put_check_ins(rows: Sequence[MemberRow], ids: dict[str, int], places: dict[str, int], now: datetime) -> None:
    people = [ids[row.key] for row in rows]
    standing = await CheckIn.filter(person_id__in=people, state__in=_LIVING)
    at = {ids[row.key]: places[row.community] for row in rows if row.community}
    left = [row.id for row in standing if at.get(row.person_id, row.community_id) != row.community_id]
    await CheckIn.filter(id__in=left).update(state="moved_out")
    here = {row.person_id for row in standing if row.id not in left}
    new = [row for row in rows if row.community and ids[row.key] not in here]
    await CheckIn.bulk_create([_check_in(row, ids[row.key], at[ids[row.key]], now) for row in new])


def _check_in(row: MemberRow, person_id: int, community_id: int, now: datetime) -> CheckIn:
    return CheckIn(
        person_id=person_id,
        community_id=community_id,
        estate=row.estate,
        building=row.building,
        room=row.room,
        unit=row.unit,
        skills=list(row.skills),
        source="staff",
        state="accepted",
        submitted_at=now,
        reviewed_at=now,
        due_on=local_day(now),
    )
