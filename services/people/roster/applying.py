"""Applies a prepared roster portion by portion, and keeps what stood there before."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kit.clock import local_day
from kit.errors import Refusal
from models.columns import pack
from models.people.members import EmergencyContact, Person
from models.people.organisation import Role
from models.people.roster import RosterChange, RosterImport
from services.people.audit import note
from services.people.members import DECEASED, mark_deceased
from services.people.roster import columns
from services.people.roster.portions import AT_ONCE, IN_ONE, Run
from services.people.roster.preparing import Prepared, PreparedRow, portions
from services.people.roster_reading import Contact

_WRITTEN_AT_ONCE = 500


async def apply(prepared: Prepared, *, by: str, file_name: str, now: datetime, run: Run = IN_ONE) -> dict[str, int]:
    """Store every row; how many were `new`, `update`, `same`, and how many `roles` were given.

    `run` opens a transaction for one portion, so that nobody waits for thousands of rows; without it all happens
    in the caller's. What breaks in between stays marked as unfinished: `take_back_unfinished` makes it all or
    nothing. Raises `commands.import_blocked` while a row has an error that nobody skipped, `commands.import_busy`
    while another import runs. Consents are not the roster's to give: none is made.
    """
    _require_whole(prepared)
    async with run.each():
        await run.keep_going()
        taken = await RosterImport.create(file_name=file_name[-120:], at=now, by=by[:80], rows=len(prepared.rows))
    counted: Counter[str] = Counter({"new": 0, "update": 0, "same": 0, "roles": 0})
    for start in range(0, len(prepared.rows), AT_ONCE):
        async with run.each():
            await run.keep_going()
            counted.update(await _put(taken, prepared.rows[start : start + AT_ONCE], now))
    async with run.each():
        taken.done_at = now
        await taken.save(update_fields=["done_at"])
        await run.let_go()
        facts: dict[str, Any] = dict(counted)
        await note(by, "roster_imported", now=now, subject=f"roster_import:{taken.id}", **facts)
    return dict(counted)


def _require_whole(prepared: Prepared) -> None:
    errors = [row.number for row in prepared.reading.rows if row.status == "error"]
    blocking = [number for number in errors if number not in prepared.skipped]
    if blocking:
        raise Refusal("commands.import_blocked", errors=len(blocking))


async def _put(taken: RosterImport, rows: Sequence[PreparedRow], now: datetime) -> dict[str, int]:
    """One portion, with what stood there before; how many of each verdict, and the offices given."""
    by_verdict = {verdict: [row for row in rows if row.match.verdict == verdict]
                  for verdict in ("new", "update", "same")}  # fmt: skip
    people = await _create(taken, by_verdict["new"])
    changes = [_change(taken, people[row.number], None) for row in by_verdict["new"]]
    changes += [await _update(taken, row, people, now) for row in by_verdict["update"]]
    changes += await _same(taken, by_verdict["same"], people)
    roles = await _appoint(rows, people, changes, now)
    await _store(changes)
    return {name: len(some) for name, some in by_verdict.items()} | {"roles": roles}


def _change(taken: RosterImport, person: Person, before: dict[str, Any] | None) -> RosterChange:
    return RosterChange(
        roster_import_id=taken.id,
        person_id=person.id,
        before=pack(before) if before is not None else None,
        after=pack({"person": columns.photograph(person)}),
    )


async def _create(taken: RosterImport, rows: Sequence[PreparedRow]) -> dict[int, Person]:
    """The new people by the number of their row, with their contacts."""
    fresh = {row.number: Person(name=row.match.draft.name) for row in rows}
    for row in rows:
        person = fresh[row.number]
        columns.fill(person, row, columns.ALL)
        person.state = row.match.draft.state or person.state
        # A bulk insert tells no ids: each row carries a mark until it is found again.
        person.key = f"import:{taken.id}:{row.number}"
    await Person.bulk_create(list(fresh.values()), batch_size=_WRITTEN_AT_ONCE)
    found = {
        str(person.key): person.id
        for person in await Person.filter(key__startswith=f"import:{taken.id}:").only("id", "key")
    }
    for person in fresh.values():
        person.id, person.key = found[str(person.key)], None
    await Person.filter(key__startswith=f"import:{taken.id}:").update(key=None)
    contacts = [_contact(fresh[row.number], one) for row in rows for one in row.match.draft.contacts]
    await EmergencyContact.bulk_create(contacts, batch_size=_WRITTEN_AT_ONCE)
    return fresh


def _contact(person: Person, said: Contact) -> EmergencyContact:
    return EmergencyContact(person_id=person.id, name=said.name, relation=said.relation, phone=said.phone)


async def _update(taken: RosterImport, row: PreparedRow, people: dict[int, Person], now: datetime) -> RosterChange:
    person = await Person.get(id=row.match.candidates[0])
    people[row.number] = person
    before = {"person": columns.photograph(person)}
    changed = {change.field for change in row.match.changes}
    written = columns.fill(person, row, [name for name in columns.ALL if name in changed])
    if written:
        await person.save(update_fields=written)
    if row.match.draft.state == DECEASED and person.state != DECEASED:
        await mark_deceased(person, now=now)
    change = _change(taken, person, before)
    if "contacts" in changed:
        await _add_contacts(row, person, change)
    return change


async def _add_contacts(row: PreparedRow, person: Person, change: RosterChange) -> None:
    """A roster adds whom to call; nobody that the family named before is dropped."""
    held = await EmergencyContact.filter(person_id=person.id)
    known = {one.name for one in held} | {one.phone for one in held if one.phone}
    fresh = [one for one in row.match.draft.contacts if one.name not in known and one.phone not in known]
    made = [_contact(person, one) for one in fresh]
    for contact in made:
        await contact.save()
    _remember(change, "contacts", [contact.id for contact in made])


async def _same(taken: RosterImport, rows: Sequence[PreparedRow], people: dict[int, Person]) -> list[RosterChange]:
    """Nothing to write for them, unless the row gives an office: then an undo must find it."""
    numbers = {row.match.candidates[0]: row.number for row in rows if row.roles}
    for some in portions(list(numbers)):
        for person in await Person.filter(id__in=some):
            people[numbers[person.id]] = person
    chosen = [people[number] for number in numbers.values()]
    return [_change(taken, person, {"person": columns.photograph(person)}) for person in chosen]


async def _appoint(
    rows: Sequence[PreparedRow],
    people: dict[int, Person],
    changes: Sequence[RosterChange],
    now: datetime,
) -> int:
    """Give the offices that rows name, at the person's branch; one held already stays as it is."""
    change_of = {change.person_id: change for change in changes}
    given = 0
    for row in (row for row in rows if row.roles and row.branch_id):
        person = people[row.number]
        made = []
        for role in row.roles:
            terms: dict[str, Any] = {"since": local_day(now)}
            office, is_new = await Role.get_or_create(
                terms, person_id=person.id, role=role, organisation_id=row.branch_id
            )
            made += [office.id] if is_new else []
        given += len(made)
        _remember(change_of[person.id], "roles", made)
    return given


def _remember(change: RosterChange, kind: str, ids: list[int]) -> None:
    if ids:
        change.after = pack(json.loads(change.after or "{}") | {kind: ids})


async def _store(changes: Sequence[RosterChange]) -> None:
    await RosterChange.bulk_create(changes, batch_size=_WRITTEN_AT_ONCE)
