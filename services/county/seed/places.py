"""The organisations of a seed file, parents before children."""

from __future__ import annotations

from models.people.organisation import Organisation
from services.county.seed.marks import Marks
from services.county.seed.shape import OrganisationRow, SeedFile
from services.people import organisation


async def place_ids() -> dict[str, int]:
    """Every place that has a key."""
    keyed = await Organisation.filter(key__isnull=False).only("id", "key")
    return {str(place.key): place.id for place in keyed}


async def load_organisations(file: SeedFile, marks: Marks) -> None:
    """Add new places, rename and move changed ones."""
    rows = {row.key: row for row in file.organisations}
    changed = {name for name, _ in marks.changed("organisations", rows.items())}
    for row in _parents_first(rows):
        if row.key in changed:
            place = await _put(row)
            marks.remember("organisations", row.key, row, place.id)


async def _put(row: OrganisationRow) -> Organisation:
    parent = await Organisation.get(key=row.parent) if row.parent else None
    place = await Organisation.get_or_none(key=row.key)
    if place is None:
        return await organisation.add(row.name, row.kind, parent=parent, key=row.key, phone=row.phone)
    place.name, place.kind, place.phone = row.name, row.kind, row.phone
    await place.save(update_fields=["name", "kind", "phone"])
    if parent and place.parent_id != parent.id:
        await organisation.move(place, parent)
    return place


def _parents_first(rows: dict[str, OrganisationRow]) -> list[OrganisationRow]:
    def depth(row: OrganisationRow) -> int:
        return 1 + depth(rows[row.parent]) if row.parent in rows else 0

    return sorted(rows.values(), key=depth)
