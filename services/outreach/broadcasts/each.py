"""A broadcast person by person: how far it came with each, the best of all its rounds counting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.queryset import QuerySet

from models.outreach import broadcasts as standing
from models.outreach.notices import Broadcast, Notice
from models.people.members import Person
from services.outreach.broadcasts import rows
from services.outreach.broadcasts.inviting import words_of
from services.people import access

_BEST = ("confirmed", "told_by_liaison", "told_by_phone", "on_paper", "sent", "not_sent", "unreachable")


STATES = {
    "confirmed": (standing.CONFIRMED, standing.CONFIRMED),
    "told": (standing.TOLD, standing.TOLD),
    "sent": (standing.SENT, standing.SENT),
    "waiting": (standing.WAITING, standing.WAITING),
    "failed": (standing.CANCELLED, standing.FAILED),
}
"""Where somebody stands, as the figures of a notice count it, with the lowest and the highest rank of each."""


@dataclass(frozen=True, slots=True)
class Reached:
    """One person and how far the notice came with them (`outcome` as on a notice), and whether they come."""

    person_id: int
    name: str
    outcome: str
    comes: bool | None = None


async def each_one(row: Broadcast, reach: access.Reach, *, after: int, limit: int) -> tuple[list[Reached], int]:
    """The next people it was for, whose names the asker may read, and where the page behind begins; 0: there is none.

    Four statements, however many people there are.
    """
    first = Notice.filter(business_key=rows.key_of(row, 1), id__gt=after, person_id__isnull=False).order_by("id")
    page = await first.limit(limit).only("id", "person_id")
    ids = [notice.person_id or 0 for notice in page]
    seen = access.visible(reach, Person.filter(id__in=ids), "see_name")
    return await _reached(row, ids, seen), page[-1].id if len(page) == limit else 0


async def each_standing(
    row: Broadcast, reach: access.Reach, state: str, *, after: int, limit: int
) -> tuple[list[Reached], int]:
    """The same for those alone who stand at one of `STATES`, by their ids."""
    lowest, highest = STATES[state]
    ids = await standing.people_standing(rows.keys_of(row), lowest, highest, after=after, limit=limit)
    seen = access.visible(reach, Person.filter(id__in=ids), "see_name")
    return await _reached(row, ids, seen), ids[-1] if len(ids) == limit else 0


async def _reached(row: Broadcast, ids: Sequence[int], seen: QuerySet[Person]) -> list[Reached]:
    names = {person.id: person.name for person in await seen.only("id", "name")}
    outcomes = await _outcomes(row, list(names))
    words = await words_of(row, list(names))
    return [Reached(one, names[one], outcomes[one], words.get(one)) for one in ids if one in names]


async def _outcomes(row: Broadcast, ids: Sequence[int]) -> dict[int, str]:
    notices = Notice.filter(business_key__in=rows.keys_of(row), person_id__in=list(ids))
    best: dict[int, str] = {}
    for person_id, outcome in await notices.values_list("person_id", "outcome"):
        best[int(str(person_id))] = min(best.get(int(str(person_id)), outcome), outcome, key=_BEST.index)
    return best
