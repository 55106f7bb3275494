"""The guards against formalism: fixed, and opened only by two people, one of them of the county, with a reason.

Two of them stand before something the house can do, which asks `holds` each time it would act. The others say what the
house cannot do at all: opening one writes down that two people want it, and whoever builds it asks here first.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kit.errors import Refusal
from models.people.members import Person
from models.platform import Mark
from services.county import upkeep
from services.people import access, audit

RANKING, SIGN_IN, TRACKS, PHOTOS, HELP_BY_POINTS = "ranking", "sign_in", "tracks", "photos", "help_by_points"
GUARDS = (RANKING, SIGN_IN, TRACKS, PHOTOS, HELP_BY_POINTS)
ASKED = frozenset({RANKING, TRACKS})
"""Those that something asks; of the others a test proves that nothing of the kind exists."""
State = Literal["held", "asked", "opened"]
_REASON = 60


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard: `held` by default, `asked` when one person wants it opened, `opened` when a second one agreed."""

    name: str
    state: State = "held"
    asked_by: int = 0
    asker: str = ""
    reason: str = ""
    since: datetime | None = None

    @property
    def is_asked(self) -> bool:
        """Whether opening it lets the house do something."""
        return self.name in ASKED


async def guards() -> list[Guard]:
    """All of them, in their fixed order; two statements."""
    marks = {mark.name: mark for mark in await Mark.filter(name__startswith=_PREFIX)}
    said = {name: json.loads(mark.value) for name, mark in marks.items()}
    people = {int(one["by"]) for one in said.values()}
    rows = await Person.filter(id__in=list(people)).values_list("id", "name") if people else []
    names = {int(one): str(name) for one, name in rows}
    return [_guard(name, said.get(_PREFIX + name), names, marks.get(_PREFIX + name)) for name in GUARDS]


_PREFIX = "guard:"


def _guard(name: str, said: dict[str, object] | None, names: dict[int, str], mark: Mark | None) -> Guard:
    if said is None or mark is None or said["state"] == "held":
        return Guard(name)
    by, state = int(str(said["by"])), "opened" if said["state"] == "opened" else "asked"
    return Guard(name, state, by, names.get(by, ""), str(said["reason"]), mark.at)  # type: ignore[arg-type]


async def holds(name: str) -> bool:
    """Whether this guard stands; one statement. What would rank, summon, track or compel asks here first."""
    mark = await Mark.get_or_none(name=_PREFIX + name)
    return mark is None or json.loads(mark.value)["state"] != "opened"


async def ask_to_open(name: str, reason: str, *, by: Person, reach: access.Reach, now: datetime) -> None:
    """One person wants it opened, and says why. Raises `operations.guard_reason`, `access.unknown`."""
    guard, why = await _one(name), " ".join(reason.split())[:_REASON]
    _require_level(reach)
    if not why:
        raise Refusal("operations.guard_reason")
    if guard.state != "held":
        raise Refusal("operations.guard_settled")
    await _keep(name, "asked", by.id, why, now)
    await audit.note(audit.by_person(by), "guard_asked", now=now, subject=f"guard:{name}", reason=why)


async def agree(name: str, *, by: Person, reach: access.Reach, now: datetime) -> None:
    """A second person agrees. Raises `operations.guard_same` for the first one, `operations.guard_county` when
    neither of the two is of the county, `operations.guard_settled` when nothing was asked."""
    guard = await _one(name)
    _require_level(reach)
    if guard.state != "asked":
        raise Refusal("operations.guard_settled")
    if guard.asked_by == by.id:
        raise Refusal("operations.guard_same")
    asker = await Person.get_or_none(id=guard.asked_by)
    of_asker = await access.reach_of(asker, now.date()) if asker else access.Reach(0)
    if not (reach.is_county or of_asker.is_county):
        raise Refusal("operations.guard_county")
    await _keep(name, "opened", guard.asked_by, guard.reason, now)
    await audit.note(audit.by_person(by), "guard_opened", now=now, subject=f"guard:{name}", reason=guard.reason)


async def restore(name: str, *, by: Person, reach: access.Reach, now: datetime) -> None:
    """Put the guard back: one person is enough. Raises `operations.guard_settled` when it stands."""
    _require_level(reach)
    if (await _one(name)).state == "held":
        raise Refusal("operations.guard_settled")
    await _keep(name, "held", by.id, "", now)
    await audit.note(audit.by_person(by), "guard_restored", now=now, subject=f"guard:{name}")


def may_change(reach: access.Reach) -> bool:
    """Whether the person's offices let them ask, agree and restore."""
    return bool(reach.paths("manage_offices", "subtree"))


def _require_level(reach: access.Reach) -> None:
    if not may_change(reach):
        raise Refusal("access.unknown")


async def _one(name: str) -> Guard:
    found = next((one for one in await guards() if one.name == name), None)
    if found is None:
        raise Refusal("access.unknown")
    return found


async def _keep(name: str, state: State, by: int, reason: str, now: datetime) -> None:
    value = json.dumps({"state": state, "by": by, "reason": reason}, ensure_ascii=False)
    await upkeep.note(_PREFIX + name, value, now)
