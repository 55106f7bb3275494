"""The sums of visits over a time and a place, by name: due = done + excused + open, nobody of the roster missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Q

from models.care.visits import OPEN, VisitTask
from models.people.members import STAFF, Person
from models.people.organisation import Organisation
from services.care.visit_rules import kind_of
from services.people import members
from services.people.members import in_subtrees

DONE, EXCUSED, STILL_OPEN = "done", "excused", "open"


@dataclass(frozen=True, slots=True)
class Line:
    """One duty in the list: whom, what for, by when, by whom, and how it stands."""

    name: str
    occasion: str
    due_on: date
    visitor: str
    standing: str
    reason: str = ""
    tier: str = "community"


@dataclass(frozen=True, slots=True)
class Account:
    """All duties of some days beneath a place, and the people of the roster a rule forgot: there must be none."""

    place: str
    first: date
    last: date
    lines: tuple[Line, ...]
    unaccounted: tuple[str, ...]

    @property
    def sums(self) -> dict[str, int]:
        """`due`, `done`, `excused`, `open` and `unaccounted`."""
        counted = Counter(line.standing for line in self.lines)
        each = {name: counted[name] for name in (DONE, EXCUSED, STILL_OPEN)}
        return {"due": len(self.lines), **each, "unaccounted": len(self.unaccounted)}

    def by_tier(self) -> dict[str, dict[str, int]]:
        """What each tier of 三级联访 has due and done: its own quota, nobody else's."""
        found: dict[str, dict[str, int]] = {}
        for line in self.lines:
            if line.occasion.startswith("tier_"):
                row = found.setdefault(line.tier, {"due": 0, DONE: 0, EXCUSED: 0, STILL_OPEN: 0})
                row["due"] += 1
                row[line.standing] += 1
        return found


async def account(place: Organisation, first: date, last: date) -> Account:
    """The duties of these days (both included) towards everybody beneath the place, by day and name."""
    here = in_subtrees([place.path], "subject__")
    tasks = await VisitTask.filter(here, due_on__gte=first, due_on__lte=last).select_related("subject")
    visitors = {task.assignee_id for task in tasks if task.assignee_id}
    names = {one.id: one.name for one in await Person.filter(id__in=visitors).only("id", "name")}
    lines = [_line(task, names) for task in tasks]
    lines.sort(key=lambda line: (line.due_on, line.occasion, line.name))
    missing = await _unaccounted(place, tasks)
    return Account(place.name, first, last, tuple(lines), tuple(missing))


def _line(task: VisitTask, names: dict[int, str]) -> Line:
    standing = STILL_OPEN if task.state in OPEN else DONE if task.state == "done" else EXCUSED
    visitor = names.get(task.assignee_id or 0, "")
    return Line(task.subject.name, task.occasion, task.due_on, visitor, standing, task.reason or "", task.tier)


async def _unaccounted(place: Organisation, tasks: Iterable[VisitTask]) -> list[str]:
    """Who stands on the roster and has no row for a festival of these days that was planned for others."""
    rows = [task for task in tasks if kind_of(task.occasion.partition(":")[0]) == "festival_visit"]
    festivals = {task.occasion for task in rows}
    if not festivals:
        return []
    belongs = Q(branch_id__isnull=False) | Q(community_id__isnull=False)
    roster = Person.filter(belongs, in_subtrees([place.path]), state__in=[members.ACTIVE, members.HELD])
    people = {one.id: one.name for one in await roster.exclude(standing=STAFF).only("id", "name")}
    had = {(task.subject_id, task.occasion) for task in rows}
    return sorted(name for one, name in people.items() for festival in festivals if (one, festival) not in had)


async def open_towards(place: Organisation, kind: str, *, on: date) -> list[Person]:
    """Whom an open duty of this kind, whose window is open on that day, is towards beneath a place; by door."""
    here = in_subtrees([place.path], "subject__")
    tasks = VisitTask.filter(here, kind=kind, state__in=OPEN, window_from__lte=on, due_on__gte=on)
    people = [task.subject for task in await tasks.select_related("subject")]
    return sorted(people, key=lambda one: (one.estate or "", one.building or "", one.room or "", one.id))
