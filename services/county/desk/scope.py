"""Which rows of the lists somebody's hand reaches, and whose names may be read there."""

from __future__ import annotations

from collections.abc import Sequence

from tortoise.expressions import F, Q, Subquery
from tortoise.queryset import QuerySet

from models.care.visits import VisitTask
from models.help.posts import ServicePost
from models.help.wishes import Wish
from models.people.members import Person
from models.people.organisation import Organisation, Role
from services.people import access, members


async def tasks(reach: access.Reach) -> QuerySet[VisitTask]:
    """Open duties to visit the living."""
    open_now = VisitTask.open_tasks().filter(subject__state=members.ACTIVE)
    if reach.is_county:
        # Asked with their places: left alone, SQLite begins with all people of the county, not with the open duties.
        return access.visible(reach, open_now, person="subject")
    return open_now.filter(subject_id__in=await ids_of_people(reach))


async def place_ids(reach: access.Reach, action: access.Action) -> list[int]:
    """The places where this person may do `action`."""
    return [row["id"] for row in await access.visible(reach, Organisation.all(), action).values("id")]


async def people(reach: access.Reach, action: access.Action) -> QuerySet[Person]:
    """The people this person may do `action` to, found by the indexes of branch and community.

    Places are few and known by their numbers; asked with a join, every person of the county would be looked at.
    """
    places = await place_ids(reach, action)
    ways = [Q(id__in=reach.own_ids(action))]
    if places:
        ways += [Q(branch_id__in=places), Q(community_id__in=places)]
    if reach.paths(action, "group"):
        ways.append(Q(liaison_id=reach.person_id))
    return Person.filter(Q(*ways, join_type=Q.OR))


async def ids_of_people(reach: access.Reach) -> Subquery:
    """The ids of the people this person may see, for a query within another."""
    return Subquery((await people(reach, "view")).values("id"))


def posts_with_places(reach: access.Reach) -> QuerySet[ServicePost]:
    """Open posts that somebody could still take."""
    rows = ServicePost.filter(status="open", taken__lt=F("slots"))
    return access.visible(reach, rows, organisation="organisation")


async def wishes(reach: access.Reach) -> QuerySet[Wish]:
    """Open wishes on the person's own list and beneath the own offices: places are few, and known by their numbers."""
    seen = access.visible(reach, Organisation.all(), "approve")
    places = [row["id"] for row in await seen.values("id")]
    mine = Q(keeper_id=reach.person_id)
    return Wish.filter(Q(mine, Q(organisation_id__in=places), join_type=Q.OR) if places else mine, state="open")


async def readable(reach: access.Reach, ids: Sequence[int]) -> set[int]:
    """Those of the people whose names this person may read."""
    if not ids:
        return set()
    seen = access.visible(reach, Person.filter(id__in=list(ids)), "see_name")
    return {row["id"] for row in await seen.values("id")}


async def in_office(ids: Sequence[int]) -> set[int]:
    """Those of the people who hold or held an office: what they do there is done under their name."""
    if not ids:
        return set()
    found = await Role.filter(person_id__in=list(ids)).distinct().values_list("person_id", flat=True)
    return {int(str(one)) for one in found}


async def names(ids: Sequence[int]) -> dict[int, str]:
    """The names of these people."""
    if not ids:
        return {}
    rows = await Person.filter(id__in=list(ids)).values_list("id", "name")
    return {int(one): str(name) for one, name in rows}
