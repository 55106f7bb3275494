"""The table of who may do what (domain §2.22), as data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from services.people.organisation import GROUP_LEADERS, SECRETARIES, WORKERS, Tier

Capacity = Literal["member", "proxy", "helper", "group_leader", "secretary", "community", "township", "county"]
Scope = Literal["own", "principal", "group", "subtree", "counts"]
Action = Literal[
    "view",
    "check_in",
    "approve",
    "propose",
    "dispatch",
    "broadcast",
    "see_tags",
    "see_name",
    "unmask",
    "bind",
    "manage_offices",
    "enter_funds",
    "approve_funds",
    "statistics",
]

HELPERS = ("helper", "volunteer", "duty_volunteer")
_OFFICES: tuple[Capacity, ...] = ("group_leader", "secretary", "community", "township", "county")


def _row(**scopes: Scope) -> Mapping[Capacity, Scope]:
    return MappingProxyType({capacity: scopes[capacity] for capacity in _CAPACITIES if capacity in scopes})


_CAPACITIES: tuple[Capacity, ...] = ("member", "proxy", "helper", *_OFFICES)

MAY: Mapping[Action, Mapping[Capacity, Scope]] = MappingProxyType(
    {
        "view": _row(
            member="own",
            proxy="principal",
            helper="subtree",
            group_leader="group",
            secretary="subtree",
            community="subtree",
            township="subtree",
            county="subtree",
        ),
        "check_in": _row(
            member="own", proxy="principal", group_leader="group", secretary="subtree", community="subtree"
        ),
        "approve": _row(secretary="subtree", community="subtree"),
        "propose": _row(group_leader="group", secretary="subtree", community="subtree"),
        "dispatch": _row(secretary="subtree", community="subtree"),
        "broadcast": _row(
            group_leader="group",
            secretary="subtree",
            community="subtree",
            township="subtree",
            county="subtree",
        ),
        "see_tags": _row(
            member="own",
            proxy="principal",
            secretary="subtree",
            community="subtree",
            township="counts",
            county="counts",
        ),
        "see_name": _row(
            member="own",
            proxy="principal",
            helper="subtree",
            group_leader="group",
            secretary="subtree",
            community="subtree",
        ),
        "unmask": _row(member="own", secretary="subtree", community="subtree"),
        "bind": _row(secretary="subtree", community="subtree", township="subtree", county="subtree"),
        "manage_offices": _row(community="subtree", township="subtree", county="subtree"),
        "enter_funds": _row(secretary="subtree"),
        "approve_funds": _row(secretary="subtree", community="subtree"),
        "statistics": _row(
            member="own",
            group_leader="group",
            secretary="subtree",
            community="subtree",
            township="subtree",
            county="subtree",
        ),
    }
)
"""Action → capacity → scope; what a capacity is not named for, it may not do. Columns as in domain §2.22."""

_BY_TIER: Mapping[Tier, Capacity] = MappingProxyType(
    {"county": "county", "township": "township", "community": "community"}
)


def capacity_of(role: str, tier: Tier) -> Capacity | None:
    """What an office makes of its holder: the same office counts for more the higher the place stands."""
    if role in SECRETARIES:
        return _BY_TIER.get(tier, "secretary")
    if role in WORKERS:
        return _BY_TIER.get(tier, "community")
    if role in GROUP_LEADERS:
        return "group_leader"
    return "helper" if role in HELPERS else None
