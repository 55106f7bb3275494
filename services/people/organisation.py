"""The tree of organisations: finds places, climbs, moves subtrees, and fills offices with terms."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Literal, cast

from tortoise.expressions import Q

import texts
from kit.errors import Refusal
from models.people.members import Person
from models.people.organisation import Organisation, Role

Tier = Literal["county", "township", "community", "branch", "group", "other"]

TIERS: tuple[Tier, ...] = ("county", "township", "community", "branch", "group")
"""From the root downwards; `other` stands beside the ladder."""

LONGEST_NAME = 40

SECRETARIES = ("branch_secretary", "deputy_secretary")
WORKERS = ("community_worker", "township_worker", "county_worker", "contact_officer", "grid_lead")
GROUP_LEADERS = (
    "group_leader",
    "building_head",
    "stairwell_liaison",
    "liaison_station_head",
    "branch_adviser",
    "organisation_officer",
    "publicity_officer",
    "discipline_officer",
    "grid_worker",
)


def tier_of(kind: str) -> Tier:
    """The tier a kind of organisation stands on; a county names further kinds in its `county.toml`."""
    known = texts.section("organisation", "kinds").get(kind)
    return cast(Tier, known[1]) if known else "other"


def kind_name(kind: str) -> str:
    """What a kind is called where people read it; the identifier itself when nobody named it."""
    known = texts.section("organisation", "kinds").get(kind)
    return str(known[0]) if known else kind


async def add(
    name: str,
    kind: str,
    *,
    parent: Organisation | None = None,
    key: str | None = None,
    phone: str | None = None,
) -> Organisation:
    """A new place beneath `parent`, or a root."""
    place = await Organisation.create(name=name, kind=kind, parent=parent, key=key, phone=phone)
    place.path = f"{parent.path if parent else '/'}{place.id}/"
    await place.save(update_fields=["path"])
    return place


async def move(place: Organisation, parent: Organisation) -> None:
    """Hang `place` with everything beneath it under `parent`; reach follows at once (promise X15).

    Raises `organisation.own_subtree` when `parent` lies beneath it.
    """
    if parent.path.startswith(place.path):
        raise Refusal("organisation.own_subtree", name=place.name)
    old, new = place.path, f"{parent.path}{place.id}/"
    beneath = await Organisation.beneath(old)
    for row in beneath:
        row.path = new + row.path.removeprefix(old)
    await Organisation.bulk_update(beneath, fields=["path"])
    place.path, place.parent_id = new, parent.id
    await place.save(update_fields=["path", "parent_id"])


def kinds_beneath(kind: str) -> list[str]:
    """The kinds a place may have that hangs under one of this kind: of a lower tier, or beside the ladder."""
    above = tier_of(kind)
    lowest = TIERS.index(above) if above in TIERS else len(TIERS)
    known = texts.section("organisation", "kinds")
    return [one for one in known if tier_of(one) == "other" or TIERS.index(tier_of(one)) > lowest]


async def rename(place: Organisation, name: str) -> None:
    """Call it so from now on; raises `organisation.name_wanted`."""
    name = name.strip()
    if not 2 <= len(name) <= LONGEST_NAME:
        raise Refusal("organisation.name_wanted")
    place.name = name
    await place.save(update_fields=["name"])


async def close(place: Organisation, on: date) -> None:
    """The place is no more from that day on: its offices end, what happened there stays.

    Raises `organisation.not_empty` while a member belongs to it or a place exists beneath it.
    """
    belong = Person.filter(Q(branch_id=place.id) | Q(community_id=place.id), state__in=["active", "applicant"])
    beneath = Organisation.existing().filter(parent_id=place.id)
    people, places = await belong.count(), await beneath.count()
    if people or places:
        raise Refusal("organisation.not_empty", name=place.name, people=people, count=places)
    place.closed_on = on
    await place.save(update_fields=["closed_on"])
    await Role.held(on).filter(organisation_id=place.id).update(until=on)


async def find(name_or_key: str) -> Organisation:
    """The one place with this key or this exact name.

    Raises `organisation.unknown`, or `organisation.ambiguous` with the list of those it fits.
    """
    asked = name_or_key.strip()
    by_key = await Organisation.get_or_none(key=asked)
    if by_key:
        return by_key
    fitting = await Organisation.filter(name=asked).order_by("id").prefetch_related("parent")
    if not fitting:
        raise Refusal("organisation.unknown", name=asked)
    if len(fitting) > 1:
        raise Refusal("organisation.ambiguous", name=asked, names=_told_apart(fitting))
    return fitting[0]


async def named(text: str, *, beneath: str = "", tiers: Collection[Tier] = ()) -> list[Organisation]:
    """Places whose name contains `text`, closest fit first; `beneath` is a path, `tiers` narrows the kind."""
    found = await Organisation.existing().filter(name__icontains=text.strip(), path__startswith=beneath)
    fitting = [place for place in found if not tiers or tier_of(place.kind) in tiers]
    return sorted(fitting, key=lambda place: (len(place.name), place.id))


async def up_the_tree(place: Organisation) -> list[Organisation]:
    """The place itself and everything above it, nearest first."""
    above = {row.id: row for row in await Organisation.filter(id__in=place.ancestor_ids)}
    return [above[found] for found in place.ancestor_ids if found in above]


async def phone_of(place: Organisation) -> str | None:
    """The number replies name: the place's own, else the nearest one above it (seams §4)."""
    if place.phone:
        return place.phone
    return next((row.phone for row in await up_the_tree(place) if row.phone), None)


async def community_of(target: Organisation | Person) -> Organisation | None:
    """The community a place lies in, or a person belongs to: where checked in, else where the branch lies."""
    if isinstance(target, Organisation):
        return await nearest(target, "community")
    if target.community_id:
        return await Organisation.get(id=target.community_id)
    branch = await branch_of(target)
    return await nearest(branch, "community") if branch else None


async def branch_of(person: Person) -> Organisation | None:
    """The branch that holds the person's membership."""
    return await Organisation.get(id=person.branch_id) if person.branch_id else None


async def nearest(place: Organisation, tier: Tier) -> Organisation | None:
    """The place itself or the first one above it on `tier`."""
    return next((row for row in await up_the_tree(place) if tier_of(row.kind) == tier), None)


async def root() -> Organisation | None:
    """The county: the first place without a parent."""
    return await Organisation.filter(parent_id__isnull=True).order_by("id").first()


async def appoint(
    person: Person, role: str, at: Organisation, *, since: date | None, until: date | None = None
) -> Role:
    """Give the office to the person, or set the term of an office held before at the same place."""
    office, _ = await Role.update_or_create({"since": since, "until": until}, person=person, role=role, organisation=at)
    return office


async def end_office(office: Role, on: date) -> None:
    """The last day of the term is `on`."""
    office.until = on
    await office.save(update_fields=["until"])


async def holders(place: Organisation, roles: Collection[str], on: date) -> list[Person]:
    """The living who hold one of `roles` exactly here on that day, in the order of `roles`, then by term."""
    offices = (
        await Role.held(on)
        .filter(organisation_id=place.id, role__in=list(roles), person__state="active")
        .select_related("person")
    )
    rank = {role: number for number, role in enumerate(roles)}
    ordered = sorted(offices, key=lambda office: (rank[office.role], office.since or date.min, office.id))
    return list(dict.fromkeys(office.person for office in ordered))


def _told_apart(places: Sequence[Organisation]) -> str:
    shown = [f"{place.parent.name}/{place.name}" if place.parent else place.name for place in places]
    keys = [f" ({place.key})" if place.key else "" for place in places]
    return "; ".join(map("".join, zip(shown, keys, strict=True)))


async def by_id(place_id: int) -> Organisation:
    """The place with this id."""
    return await Organisation.get(id=place_id)


async def communities() -> list[Organisation]:
    """Every residential community, in the order they were made."""
    kinds = await Organisation.all().distinct().values_list("kind", flat=True)
    wanted = [str(kind) for kind in kinds if tier_of(str(kind)) == "community"]
    return await Organisation.existing().filter(kind__in=wanted).order_by("id")


async def community_by_id(place_id: int) -> Organisation | None:
    """The community that a scanned place is, or lies in."""
    place = await Organisation.get_or_none(id=place_id)
    return await nearest(place, "community") if place else None


async def community_called(said: str) -> list[Organisation]:
    """Communities that fit what somebody calls where they live: the community's own name, or an estate in it."""
    fitting = [await nearest(place, "community") for place in await named(said)]
    return list(dict.fromkeys(place for place in fitting if place is not None))


async def by_path(path: str) -> Organisation:
    """The place at the end of this path."""
    return await Organisation.get(path=path)
