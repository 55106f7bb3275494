"""The places of the demo county: townships, communities, estates with their groups, units and teams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import texts

GROUPS_AN_ESTATE = 3
Row = dict[str, Any]


@dataclass(slots=True)
class Estate:
    """A branch with its place, its groups and the people who live there."""

    key: str
    name: str
    community: str
    branch: str
    groups: list[str] = field(default_factory=list)
    leaders: list[str] = field(default_factory=list)


class Places:
    """The tree while it is being planted, parents before children."""

    def __init__(self) -> None:
        self.keys: Mapping[str, str] = texts.section("demo", "keys")
        self.words: Mapping[str, str] = texts.section("demo", "organisations")
        self.rows: list[Row] = []
        self.estates: list[Estate] = []
        self.units: list[str] = list(texts.section("demo", "other")["units"])
        self._tree()
        self._others()

    def _place(self, key: str, name: str, kind: str, parent: str | None, phone: str | None = None) -> str:
        row = {"key": key, "name": name, "kind": kind, "parent": parent, "phone": phone}
        self.rows.append({field: value for field, value in row.items() if value is not None})
        return key

    def _tree(self) -> None:
        self._place("county", self.words["county"], "county_work_committee", None, "19900000999")
        townships: Mapping[str, Mapping[str, list[str]]] = texts.section("demo", "tree")
        for number, (township, communities) in enumerate(townships.items()):
            above = self._place(self.keys[township], township, "township_committee", "county", f"1990000098{number}")
            for name, estates in communities.items():
                self._community(name, estates, above)

    def _community(self, name: str, estates: list[str], township: str) -> None:
        phone = f"199000009{len(self.estates):02}"
        key = self._place(self.keys[name], name, "community_committee", township, phone)
        for estate in estates:
            branch = f"{self.keys[estate]}-branch"
            self._place(branch, self.words["branch"].format(estate=estate), "estate_branch", key)
            self.estates.append(Estate(self.keys[estate], estate, key, branch, self._groups(estate, branch)))
        if not estates:
            branch = f"{key}-branch"
            self._place(branch, self.words["village_branch"].format(village=name), "estate_branch", key)
            self.estates.append(Estate(key, name, key, branch))

    def _groups(self, estate: str, branch: str) -> list[str]:
        numbers = range(1, GROUPS_AN_ESTATE + 1)
        named = [(f"{self.keys[estate]}-{n}", self.words["group"].format(estate=estate, number=n)) for n in numbers]
        return [self._place(key, name, "building_group", branch) for key, name in named]

    def _others(self) -> None:
        other = texts.section("demo", "other")
        for unit in other["units"]:
            self._place(f"unit-{self.keys[unit]}", self.words["unit_branch"].format(unit=unit), "unit_branch", "county")
        for name in other["provisional"]:
            shown = other["provisional_branch"].format(name=name)
            self._place(f"team-{self.keys[name]}", shown, "provisional_branch", "county")
        for number, name in enumerate(other["partners"], 1):
            self._place(f"partner-{number}", name, "partner_unit", "county")
