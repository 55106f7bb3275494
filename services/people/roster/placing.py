"""Finds the places that rows of a roster name, and takes out of a row what cannot be kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import texts
from kit.lunar import BirthDate
from models.people.members import Person
from models.people.organisation import Organisation
from services.people.organisation import Tier, tier_of
from services.people.roster_reading import MemberDraft, Problem, RowReading

_OF_MEMBERSHIP: tuple[Tier, ...] = ("branch", "other")
_MEASURED = ("name", "unit", "estate", "building", "preferred_channel")
_DATES = ("joined", "retires_on")


@dataclass(slots=True)
class Places:
    """The organisations by name; `branch` and `community` are where rows go that name none."""

    by_name: dict[str, list[Organisation]] = field(default_factory=lambda: defaultdict(list))
    by_id: dict[int, Organisation] = field(default_factory=dict)
    at: Organisation | None = None
    branch: Organisation | None = None
    community: Organisation | None = None

    def named(self, name: str, wanted: Callable[[Tier], bool]) -> list[Organisation]:
        """The places of this name on such a tier; of several those beneath `at`, if it is given."""
        found = [place for place in self.by_name[_plain(name)] if wanted(tier_of(place.kind))]
        path = self.at.path if self.at else ""
        return [place for place in found if place.path.startswith(path)] or found


async def read_places(at: Organisation | None) -> Places:
    """Every place of the house, once for all rows."""
    places = Places(at=at)
    for place in await Organisation.existing().order_by("id"):
        places.by_name[_plain(place.name)].append(place)
        places.by_id[place.id] = place
    if at:
        line = [places.by_id[one] for one in at.ancestor_ids if one in places.by_id]
        at_tier = tier_of(at.kind)
        if at_tier in (*_OF_MEMBERSHIP, "group"):
            places.branch = next((one for one in line if tier_of(one.kind) in _OF_MEMBERSHIP), None)
        elif at_tier == "community":
            places.community = at
    return places


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row whose places are found: its draft carries their official names."""

    reading: RowReading
    branch_id: int | None = None
    community_id: int | None = None


def place(row: RowReading, places: Places) -> PlacedRow:
    """The row with its places and only what can be kept, each doubt among its problems."""
    if row.draft is None:
        return PlacedRow(row)
    kept, problems = _keepable(row.draft)
    branch, found = _branch(kept, places)
    problems += found
    community, found = _community(kept, places)
    problems += found
    if branch is None and community is None and not problems_block(problems):
        problems.append(Problem("commands.row_branch_missing", "error"))
    if row.roles and branch is None:
        problems.append(Problem("commands.row_role_no_branch"))
    draft = replace(kept, branch=branch.name if branch else None, community=community.name if community else None)
    reading = replace(row, draft=draft, problems=(*row.problems, *problems))
    return PlacedRow(reading, branch.id if branch else None, community.id if community else None)


def problems_block(problems: Iterable[Problem]) -> bool:
    """Whether one of them keeps the row out."""
    return any(problem.level == "error" for problem in problems)


def _branch(draft: MemberDraft, places: Places) -> tuple[Organisation | None, list[Problem]]:
    if draft.branch is None:
        return places.branch, []
    found = places.named(draft.branch, lambda tier: tier in _OF_MEMBERSHIP)
    if len(found) == 1:
        return found[0], []
    key = "commands.row_branch_several" if found else "commands.row_branch_unknown"
    if found or places.at is None:
        return None, [Problem(key, "error", {"branch": draft.branch[:20]})]
    return places.branch, [Problem("commands.row_branch_placed", facts={"branch": draft.branch[:20]})]


def _community(draft: MemberDraft, places: Places) -> tuple[Organisation | None, list[Problem]]:
    if draft.community is None:
        return places.community, []
    found = places.named(draft.community, lambda tier: tier == "community")
    if len(found) == 1:
        return found[0], []
    problem = Problem("commands.row_community_unknown", facts={"community": draft.community[:20]})
    return places.community, [problem]


def _keepable(draft: MemberDraft) -> tuple[MemberDraft, list[Problem]]:
    """Without dates that are not whole: half a birth in a person's row would be read as a day."""
    changed: dict[str, Any] = {}
    problems: list[Problem] = []
    if draft.birth and not _is_day(draft):
        changed["birth"] = None
        if draft.birth.count("-") == 2:
            problems.append(Problem("roster.row_birth_bad", "error", {"value": draft.birth}))
    for name in _DATES:
        said = getattr(draft, name)
        if said and said.count("-") != 2:
            changed[name] = None
            problems.append(Problem("commands.row_date_partial", facts={"field": _label(name), "value": said}))
    problems += [
        Problem("roster.row_cell_too_long", "error", {"heading": _label(name)})
        for name in _MEASURED
        if len(getattr(draft, name) or "") > Person._meta.fields_map[name].max_length  # type: ignore[attr-defined]
    ]
    return replace(draft, **changed), problems


def _is_day(draft: MemberDraft) -> bool:
    birth = draft.birth or ""
    if birth.count("-") != 2:
        return False
    try:
        BirthDate.parse(birth, draft.birth_calendar, draft.birth_leap)
    except ValueError:
        return False
    return True


def _label(name: str) -> str:
    label: str = texts.section("roster", "fields").get(name, name)
    return label


def _plain(name: str) -> str:
    """Without blanks and the words that one list writes and another leaves out."""
    plain = "".join(name.split())
    for word in texts.section("commands", "places")["noise"]:
        plain = plain.replace(word, "")
    return plain
