"""What is missing in the tree: estates without a branch, members without a liaison (联络员)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from tortoise.functions import Count

from kit.clock import local_day
from models.people.members import STAFF, Person
from models.people.organisation import Organisation
from services.county.desk import scope
from services.county.desk.lists import LISTED
from services.people import access, audit, duty_persons, members, organisation

SMALLEST_COUNT = 5
"""Fewer people are not counted out to those who may not read their names."""


@dataclass(frozen=True, slots=True)
class Estate:
    """An estate where members live and no branch is; `count` is None where it is too small to be told."""

    community_id: int
    community: str
    name: str
    count: int | None


async def estates_without_branch(reach: access.Reach) -> list[Estate]:
    """Estates whose community has no branch called after them, the largest first."""
    living = Person.filter(community_id__in=await scope.place_ids(reach, "view"), state=members.ACTIVE)
    rows = living.exclude(standing=STAFF).exclude(estate=None).annotate(many=Count("id"))
    found = await rows.group_by("community_id", "estate").values("community_id", "estate", "many")
    places = {one.id: one for one in await Organisation.existing().filter(
        id__in={row["community_id"] for row in found})}  # fmt: skip
    branches = await _branches(places.values())
    named = {int(path.rpartition("/")[2]) for path in (one.rstrip("/") for one in reach.paths("see_name", "subtree"))}
    estates = [
        Estate(row["community_id"], places[row["community_id"]].name, row["estate"],
               _told(row["many"], bool(named & set(places[row["community_id"]].ancestor_ids))))
        for row in found
        if row["estate"] and row["community_id"] in places
        and not any(row["estate"] in branch for branch in branches[row["community_id"]])
    ]  # fmt: skip
    return sorted(estates, key=lambda one: (-(one.count or 0), one.community, one.name))[:LISTED]


def _told(count: int, may_read_names: bool) -> int | None:
    return count if may_read_names or count >= SMALLEST_COUNT else None


async def _branches(communities: Collection[Organisation]) -> Mapping[int, list[str]]:
    """The names of the branches in each of these communities."""
    wanted = {place.id for place in communities}
    kinds = {str(kind) for kind in await Organisation.all().distinct().values_list("kind", flat=True)}
    of_branches = [kind for kind in kinds if organisation.tier_of(kind) == "branch"]
    found: dict[int, list[str]] = defaultdict(list)
    for name, path in await Organisation.existing().filter(kind__in=of_branches).values_list("name", "path"):
        for above in wanted & {int(part) for part in str(path).strip("/").split("/")}:
            found[above].append(str(name))
    return found


async def without_liaison(reach: access.Reach, *, after: int = 0) -> list[Person]:
    """Living members whose names are the asker's business and whom nobody looks after, a page at a time."""
    rows = (await scope.people(reach, "see_name")).filter(state=members.ACTIVE, liaison_id__isnull=True)
    listed = rows.exclude(standing=STAFF).order_by("community_id", "estate", "building", "name", "id")
    return await listed.offset(after).limit(LISTED).select_related("community", "branch")


async def give_liaison(ids: Collection[int], name: str, reach: access.Reach, *, by: Person, now: datetime) -> int:
    """The one person of this name looks after these people from now on; how many. Nobody looks after themselves.

    Raises `duty_persons.nobody_called`; people out of reach are passed over like those that do not exist.
    """
    liaison = await duty_persons.near(name, reach, local_day(now))
    theirs = (await scope.people(reach, "check_in")).filter(id__in=list(ids)).exclude(id=liaison.id)
    found = [int(str(one)) for one in await theirs.values_list("id", flat=True)]
    await Person.filter(id__in=found).update(liaison_id=liaison.id, next_occasions_from=None)
    subjects = [audit.by_person(one) for one in found]
    await audit.note_each(audit.by_person(by), "liaison_given", subjects, now=now, to=liaison.id)
    return len(found)
