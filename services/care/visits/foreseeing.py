"""What another number in a rule would do, as names and days, before it counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise.functions import Count

from kit.clock import local_day
from kit.county import County
from models.care.care_plans import CarePlan
from models.care.visits import VisitTask
from models.people.members import STAFF, Person
from services.care.visit_rules import (
    DISCREET,
    KINDS,
    VisitPolicy,
    VisitRules,
    ladder_of,
    outlook,
    rhythm_outlook,
    window,
)
from services.care.visits.adapting import celebrant, kind_of_task, rhythms_for
from services.care.visits.keepers import ids
from services.care.visits.settings import BLANKS, LOCAL, Effect, place_of, rules_now, rules_with
from services.people import access, members
from services.people.access import Reach
from services.people.members import in_subtrees

_LOOKED_AT = 3000
_AHEAD, _SOON, _LATE = timedelta(days=365), timedelta(days=60), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Change:
    """What a changed rule would do to one duty of one person: the day before and after; None: there is none.

    `name` is empty where it would tell of somebody's health to who may not know it. Of a rule about how much one
    visitor can bear: a visitor who has more, and `occasion` is empty.
    """

    name: str
    occasion: str
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True)
class _Look:
    """The rules before and after, whose number it is, among whose people, and when it is asked."""

    before: VisitRules
    after: VisitRules
    name: str
    reach: Reach
    today: date

    @property
    def both(self) -> tuple[VisitRules, VisitRules]:
        """Before, and after."""
        return self.before, self.after


async def preview(county: County, name: str, value: int, reach: Reach, *, now: datetime) -> list[Change]:
    """What would move, come or go among the people of whoever asks; of many people, the first some thousand.

    Raises as `require_sensible`. Nothing is listed for what only concerns news that is still to come.
    """
    place = await place_of(reach) if name in LOCAL else None
    after = await rules_with(county, name, value, place.id if place else None)
    look = _Look(await rules_now(county), after, name, reach, local_day(now))
    seen = _EFFECTS.get(BLANKS[name].effect)
    return await seen(look) if seen and look.before != look.after else []


async def _days(look: _Look) -> list[Change]:
    return [one for person in await _roster(look.reach) for one in _compared(person, look, _occasion_days)]


async def _opens(look: _Look) -> list[Change]:
    return [one for person in await _roster(look.reach) for one in _compared(person, look, _first_days)]


async def _reminders(look: _Look) -> list[Change]:
    return [one for person in await _roster(look.reach) for one in _compared(person, look, _reminded_on)]


def _compared(
    person: Person, look: _Look, of: Callable[[Person, VisitRules, date], Mapping[str, date]]
) -> Iterator[Change]:
    """Each occasion of the person whose day differs."""
    before, after = (of(person, rules, look.today) for rules in look.both)
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield Change(person.name, key, before.get(key), after.get(key))


def _occasion_days(person: Person, rules: VisitRules, today: date) -> dict[str, date]:
    seen = outlook(celebrant(person), rules, today - timedelta(days=1), today + _AHEAD)
    return {one.key: one.on for one in seen.due}


def _first_days(person: Person, rules: VisitRules, today: date) -> dict[str, date]:
    """From when each may be done."""
    policy = rules.visits_at(person.community_id)
    seen = outlook(celebrant(person), rules, today - timedelta(days=1), today + _AHEAD)
    return {one.key: window(one.kind, one.on, policy).opens for one in seen.due}


def _reminded_on(person: Person, rules: VisitRules, today: date) -> dict[str, date]:
    """When its visitor is reminded of each for the first time."""
    ahead = timedelta(days=max(rules.visits_at(person.community_id).reminder_days, default=0))
    return {key: day - ahead for key, day in _occasion_days(person, rules, today).items()}


async def _rhythms(look: _Look) -> list[Change]:
    """Of everybody with a care plan whose rhythm differs: the last day of the period they are in."""
    people = {one.id: one for one in await _roster(look.reach, with_plan=True)}
    plans = await CarePlan.filter(person_id__in=list(people)).order_by("person_id")
    known, found = await _known_to(look.reach, list(people)), []
    for plan in plans:
        person = people[plan.person_id]
        before, after = (_next_of(person, plan, rules.visits, look.today) for rules in look.both)
        name = person.name if person.id in known else ""
        found += [
            Change(name, occasion, before[rule][1], day)
            for rule, (occasion, day) in after.items()
            if rule in before and before[rule][0] != occasion
        ]
    return found


def _next_of(person: Person, plan: CarePlan, policy: VisitPolicy, today: date) -> dict[str, tuple[str, date]]:
    """By rule: what is due at the end of the period that runs now."""
    seen = rhythm_outlook(rhythms_for(person, plan, policy, today), today, today)
    return {one.rule: (one.key, one.on) for one in reversed(seen.due)}


async def _rises(look: _Look) -> list[Change]:
    """Of what is open and due about now: the day on which the level would hear of it."""
    blank = BLANKS[look.name]
    near = VisitTask.open_tasks().filter(due_on__gte=look.today - _LATE, due_on__lte=look.today + _SOON)
    near = near.filter(in_subtrees([grant.path for grant in look.reach.grants], "subject__"))
    climb = "hours" if blank.field == "rise_hours" else "days"
    kinds = [name for name, kind in KINDS.items() if kind.climb == climb]
    tasks = await near.filter(kind__in=kinds).order_by("due_on", "id").limit(_LOOKED_AT).select_related("subject")
    known, found = await _known_to(look.reach, [one.subject_id for one in tasks if one.kind in DISCREET]), []
    for task in tasks:
        before, after = (_told_on(task, rules.visits, (blank.place or 0) + 1) for rules in look.both)
        if task.risen_to <= (blank.place or 0) + 1 and before != after:
            is_told = task.kind not in DISCREET or task.subject_id in known
            found.append(Change(task.subject.name if is_told else "", task.occasion, before, after))
    return found


async def _known_to(reach: Reach, people: Collection[int]) -> set[int]:
    """Of whom such things are this person's business (domain §2.22)."""
    rows = access.visible(reach, Person.filter(id__in=list(people)), "see_tags")
    return await ids(rows, "id")


def _told_on(task: VisitTask, policy: VisitPolicy, rung: int) -> date:
    ladder = ladder_of(kind_of_task(task), policy)
    return local_day(ladder.moment(ladder.rungs[rung], task.due_at or task.due_on))


async def _loads(look: _Look) -> list[Change]:
    """Who has more open than one would then be given."""
    here = in_subtrees([grant.path for grant in look.reach.grants], "subject__")
    rows = VisitTask.open_tasks().filter(here, assignee_id__isnull=False).annotate(many=Count("id"))
    counted = await rows.group_by("assignee_id").values_list("assignee_id", "many")
    full = [int(str(one)) for one, many in counted if int(str(many)) > look.after.visits.most_open]
    return [Change(one.name, "", None, None) for one in await Person.filter(id__in=full).order_by("id").only("name")]


async def _roster(reach: Reach, *, with_plan: bool = False) -> list[Person]:
    here = in_subtrees([grant.path for grant in reach.grants])
    rows = Person.filter(here, state=members.ACTIVE).exclude(standing=STAFF)
    rows = rows.filter(care_plan__isnull=False) if with_plan else rows
    return await rows.order_by("id").limit(_LOOKED_AT)


_EFFECTS: Mapping[Effect, Callable[[_Look], Awaitable[list[Change]]]] = {
    "day": _days,
    "rhythm": _rhythms,
    "opens": _opens,
    "reminder": _reminders,
    "rise": _rises,
    "load": _loads,
}
