"""A branch's own spreadsheet, brought in from the desk: only into the own subtree, only over people within it."""

from __future__ import annotations

from collections.abc import Collection

from kit.errors import Refusal
from models.people.members import Person
from models.people.organisation import Organisation
from services.people import access
from services.people.roster import Prepared


async def require_within(prepared: Prepared, reach: access.Reach) -> None:
    """Go on only if every row goes into the own subtree and changes nobody outside of it.

    A branch's own roster may name the community it lies in. Raises `desk.import_foreign`, which names nobody: what
    is not yours looks like what does not exist.
    """
    communities = {row.community_id for row in prepared.rows if row.community_id} - _above(reach)
    places = communities | {row.branch_id for row in prepared.rows if row.branch_id}
    people = {one for row in prepared.rows if row.match.verdict != "new" for one in row.match.candidates}
    if not await _all_within(reach, places, people):
        raise Refusal("desk.import_foreign")


def _above(reach: access.Reach) -> set[int]:
    """The places on the way from the county down to the own ones."""
    paths = reach.paths("check_in", "subtree")
    return {int(one) for path in paths for one in path.split("/") if one}


async def _all_within(reach: access.Reach, places: Collection[int], people: Collection[int]) -> bool:
    seen = access.visible(reach, Organisation.filter(id__in=list(places)), "check_in")
    if await seen.count() != len(places):
        return False
    known = list(people)
    for start in range(0, len(known), _AT_ONCE):
        some = known[start : start + _AT_ONCE]
        if await access.visible(reach, Person.filter(id__in=some), "check_in").count() != len(some):
            return False
    return True


_AT_ONCE = 500


async def home_place(reach: access.Reach) -> Organisation:
    """Where rows go that name no branch: the place of the person's first office that may register people."""
    paths = sorted(reach.paths("check_in", "subtree"), key=len, reverse=True)
    if not paths:
        raise Refusal("access.unknown")
    return await Organisation.get(id=int(paths[0].strip("/").rpartition("/")[2]))
