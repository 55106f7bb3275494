"""How far somebody's hand reaches: the one layer through which every row is found (promise X15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from kit.errors import Refusal
from models.people.accounts import Binding
from models.people.members import Person
from models.people.organisation import Organisation, Role
from services.people.access.rules import MAY, Action, Capacity, Scope, capacity_of
from services.people.members import in_subtrees, openids_of, where
from services.people.organisation import tier_of

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Grant:
    """One office: what it makes of its holder, and the path of the subtree it reaches."""

    role: str
    capacity: Capacity
    path: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything that somebody's offices, own row and principals open to them on one day."""

    person_id: int
    grants: tuple[Grant, ...] = ()
    principals: tuple[int, ...] = ()

    @property
    def is_staff(self) -> bool:
        """Whether the person holds any office that decides something."""
        return any(grant.capacity not in ("helper", "group_leader") for grant in self.grants)

    @property
    def is_county(self) -> bool:
        """Whether the person answers for the whole house: an office of the county at the root of the tree."""
        return any(grant.capacity == "county" and grant.path.strip("/").isdigit() for grant in self.grants)

    def paths(self, action: Action, *scopes: Scope, risen_to: Capacity | None = None) -> list[str]:
        """The subtrees in which the person may do `action` with one of `scopes`.

        What has risen to a level may be settled there too: `risen_to` opens the action to that capacity.
        """
        allowed = MAY[action]
        return [
            grant.path
            for grant in self.grants
            if allowed.get(grant.capacity) in scopes or (risen_to == grant.capacity and "subtree" in scopes)
        ]

    def own_ids(self, action: Action) -> list[int]:
        """For whom the person may do `action` without any office: itself, those it stands in for."""
        allowed = MAY[action]
        own = [self.person_id] if "member" in allowed else []
        return own + (list(self.principals) if "proxy" in allowed else [])


async def reach_of(person: Person, on: date) -> Reach:
    """How far the person reaches on that day; asked anew each time: a changed office counts at once."""
    offices = await Role.held(on).filter(person_id=person.id).select_related("organisation").order_by("id")
    grants = []
    for office in offices:
        place = office.organisation
        capacity = capacity_of(office.role, tier_of(place.kind))
        if capacity:
            grants.append(Grant(office.role, capacity, place.path))
    return Reach(person.id, tuple(grants), await _principals_of(person))


async def may(reach: Reach, action: Action, target: Organisation | Person, *, risen_to: Capacity | None = None) -> bool:
    """Whether the person may do `action` to this place or person."""
    if isinstance(target, Organisation):
        within = reach.paths(action, "subtree", "group", risen_to=risen_to)
        return any(target.path.startswith(path) for path in within)
    if target.id in reach.own_ids(action):
        return True
    return await Person.filter(_people(reach, action, "", risen_to), id=target.id).exists()


async def require(
    reach: Reach, action: Action, target: Organisation | Person | None, *, risen_to: Capacity | None = None
) -> None:
    """Go on only if allowed; "not yours" raises the same `access.unknown` as "does not exist" (None)."""
    if target is None or not await may(reach, action, target, risen_to=risen_to):
        raise Refusal("access.unknown")


def visible(
    reach: Reach,
    rows: QuerySet[Row],
    action: Action = "view",
    *,
    person: str | None = None,
    organisation: str | None = None,
    risen_to: Capacity | None = None,
) -> QuerySet[Row]:
    """Only those of `rows` that the person may do `action` to.

    `person` and `organisation` name the relation from a row to its person or place (`subject`, `community`);
    without either, the rows themselves are people or places. A row is visible by any relation that is named.
    """
    if person is None and organisation is None:
        own = _places if rows.model is Organisation else _people
        return rows.filter(own(reach, action, "", risen_to))
    ways = []
    if person is not None:
        ways.append(_people(reach, action, f"{person}__", risen_to))
    if organisation is not None:
        ways.append(_places(reach, action, f"{organisation}__", risen_to))
    return rows.filter(Q(*ways, join_type=Q.OR))


def _places(reach: Reach, action: Action, prefix: str, risen_to: Capacity | None) -> Q:
    within = reach.paths(action, "subtree", "group", risen_to=risen_to)
    if not within:
        return where(f"{prefix}id__in", [])
    return Q(*[where(f"{prefix}path__startswith", path) for path in within], join_type=Q.OR)


def _people(reach: Reach, action: Action, prefix: str, risen_to: Capacity | None) -> Q:
    ways = [where(f"{prefix}id__in", reach.own_ids(action))]
    if within := reach.paths(action, "subtree", risen_to=risen_to):
        ways.append(in_subtrees(within, prefix))
    if groups := reach.paths(action, "group"):
        # A group leader's people: those in the group's subtree and those whose liaison the leader is.
        ways += [in_subtrees(groups, prefix), where(f"{prefix}liaison_id", reach.person_id)]
    return Q(*ways, join_type=Q.OR)


async def _principals_of(person: Person) -> tuple[int, ...]:
    openids = await openids_of(person)
    if not openids:
        return ()
    bound = await Binding.current().filter(openid__in=openids, relation="proxy").exclude(consent="")
    return tuple(row.person_id for row in bound)
