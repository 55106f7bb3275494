"""What a roster would do: its rows with their places found, each compared with whom we know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.people.members import EmergencyContact, Person
from models.people.organisation import Organisation
from services.people.members import DECEASED
from services.people.roster.placing import PlacedRow, Places, place, read_places
from services.people.roster_reading import (
    Contact,
    KnownMember,
    Match,
    MemberDraft,
    Problem,
    RosterReading,
    RowReading,
    match,
)

AT_ONCE = 5000
"""Values in one IN list: well within what SQLite binds."""


@dataclass(frozen=True, slots=True)
class PreparedRow:
    """One person of the file and what applying would do with them."""

    number: int
    match: Match
    roles: tuple[str, ...] = ()
    branch_id: int | None = None
    community_id: int | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A roster ready to be applied: the reading with every problem found, and its rows that go in."""

    reading: RosterReading
    rows: tuple[PreparedRow, ...]
    skipped: frozenset[int] = frozenset()

    @property
    def is_blocked(self) -> bool:
        """All or nothing: one row with an error keeps the whole file out, unless that row is skipped."""
        return any(row.status == "error" and row.number not in self.skipped for row in self.reading.rows)


async def prepare(
    reading: RosterReading, *, at: Organisation | None = None, skipping: frozenset[int] = frozenset()
) -> Prepared:
    """Find the places, then whom we know already; `at` is where rows go that name no branch.

    A row that might be one of several people gets an error: a person decides (or skips it).
    """
    places = await read_places(at)
    placed = [place(row, places) for row in reading.rows]
    going = [
        row
        for row in placed
        if row.reading.draft and row.reading.status in ("ok", "warning") and row.reading.number not in skipping
    ]
    drafts = [row.reading.draft for row in going if row.reading.draft]
    plan = match(drafts, await _known([draft.name for draft in drafts], places))
    rows = tuple(_prepared(row, _without_move(found)) for row, found in zip(going, plan.matches, strict=True))
    unsure = {row.number for row in rows if row.match.verdict == "ambiguous"}
    marked = tuple(_marked(row, unsure) for row in placed)
    certain = tuple(row for row in rows if row.number not in unsure)
    return Prepared(replace(reading, rows=marked), certain, skipping)


def _prepared(row: PlacedRow, found: Match) -> PreparedRow:
    reading = row.reading
    return PreparedRow(reading.number, found, reading.roles, row.branch_id, row.community_id)


def _marked(row: PlacedRow, unsure: set[int]) -> RowReading:
    reading = row.reading
    if reading.number not in unsure:
        return reading
    return replace(reading, problems=(*reading.problems, Problem("commands.row_ambiguous", "error")))


def _without_move(found: Match) -> Match:
    """Where somebody has checked in is theirs to say: a roster fills it in, but never moves anybody."""
    changes = tuple(one for one in found.changes if one.field != "community" or one.old is None)
    if found.verdict != "update" or changes == found.changes:
        return found
    return replace(found, verdict="update" if changes else "same", changes=changes)


async def _known(names: Sequence[str], places: Places) -> list[KnownMember]:
    wanted = sorted(set(names))
    people: list[Person] = []
    for start in range(0, len(wanted), AT_ONCE):
        some = Person.filter(name__in=wanted[start : start + AT_ONCE]).exclude(standing="staff")
        people += await some.order_by("id")
    contacts = await first_contacts([person.id for person in people])
    return [KnownMember(person.id, _as_draft(person, places, contacts)) for person in people]


async def first_contacts(person_ids: Sequence[int]) -> dict[int, Contact]:
    """The first emergency contact of each."""
    found: dict[int, Contact] = {}
    for some in portions(person_ids):
        for row in await EmergencyContact.filter(person_id__in=some).order_by("id"):
            found.setdefault(row.person_id, Contact(row.name, row.relation, row.phone))
    return found


def portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The ids, as many at a time as one statement takes."""
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _as_draft(person: Person, places: Places, contacts: dict[int, Contact]) -> MemberDraft:
    """A member we hold, as a roster row would describe them."""
    branch, community = places.by_id.get(person.branch_id or 0), places.by_id.get(person.community_id or 0)
    return MemberDraft(
        name=person.name,
        sex="male" if person.sex == "male" else "female" if person.sex == "female" else None,
        birth=person.birth,
        birth_calendar="lunar" if person.birth_calendar == "lunar" else "solar",
        birth_leap=person.birth_leap,
        phone=person.phone,
        branch=branch.name if branch else None,
        community=community.name if community else None,
        unit=person.unit,
        estate=person.estate,
        building=person.building,
        room=person.room,
        joined=person.joined.isoformat() if person.joined else None,
        retires_on=person.retires_on.isoformat() if person.retires_on else None,
        lives_alone={"yes": True, "no": False}.get(person.lives_alone or ""),
        skills=tuple(person.skills or ()),
        preferred_channel=person.preferred_channel,
        contacts=(contacts[person.id],) if person.id in contacts else (),
        state="deceased" if person.state == DECEASED else None,
    )
