"""Names the visitor for many people at once, asking the organisation once per branch and community."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, time
from typing import Any

from tortoise.functions import Count
from tortoise.queryset import QuerySet

from kit.clock import at_local
from models.care.care_plans import CarePlan
from models.care.visits import SecondHome, VisitTask
from models.people.access import DutyPerson
from models.people.members import Person
from models.people.organisation import Organisation, Role
from services.people import access
from services.people.members import ACTIVE
from services.people.organisation import GROUP_LEADERS, SECRETARIES, tier_of

READ = (
    "id", "state", "standing", "sex", "birth", "birth_calendar", "birth_leap", "birthday_offset",
    "branch_id", "community_id", "liaison_id", "next_occasions_from",
)  # fmt: skip
"""What must be read of a person to plan for them."""
_MIDDAY = time(10)
_TIERS: dict[str, access.Level] = {"tier_county": "county", "tier_township": "township"}
_OWN = {*_TIERS, "home_round"}
_Place = tuple[int | None, int | None, int | None, date]


class Keepers:
    """Who keeps whom, as `access.keeper_for` says: liaison, group leader, branch secretary, then the community.

    For one round of one job: what was found once is not asked again. `learn` the people first. The plain cases
    (a liaison, an office in the branch, nobody away) are answered from a few statements for all; the others
    are asked of `access` once per branch, community and day. With `most_open` a new duty of somebody who has that many
    open ones is passed on.
    """

    def __init__(self, today: date, most_open: int | None = None) -> None:
        self.today = today
        self._most_open = most_open
        self._loads: dict[int, int] = {}
        self._liaisons: dict[int, bool] = {}
        self._stood_in_for: set[int] | None = None
        self._offices: dict[int, list[Role]] = {}
        self._found: dict[_Place, int | None] = {}
        self._plans: dict[int, CarePlan | None] = {}
        self._homes: dict[int, SecondHome | None] = {}
        self._chains = access.Chains(today)

    async def learn(self, people: Collection[Person]) -> None:
        """Look up the liaisons and the branch offices of these people, a few statements for all of them."""
        if self._stood_in_for is None:
            self._stood_in_for = await ids(DutyPerson.filter(stands_for_id__isnull=False), "stands_for_id")
        unknown = {person.liaison_id for person in people if person.liaison_id} - self._liaisons.keys()
        if unknown:
            active = await ids(Person.filter(id__in=unknown, state=ACTIVE), "id")
            self._liaisons |= {liaison: liaison in active for liaison in unknown if liaison}
        await self._learn_care({person.id for person in people} - self._plans.keys())
        branches = {person.branch_id for person in people if person.branch_id} - self._offices.keys()
        if branches:
            self._offices |= await _offices_near({branch for branch in branches if branch})
        if self._most_open is not None:
            near = {office.person_id for branch in branches for office in self._offices.get(branch or 0, ())}
            await self._weigh({one for one in unknown if one} | near)

    async def _weigh(self, visitors: Collection[int]) -> None:
        """Count what these have open, one statement for all not counted yet."""
        fresh = set(visitors) - self._loads.keys()
        if not fresh:
            return
        open_now = VisitTask.open_tasks().filter(assignee_id__in=list(fresh)).annotate(many=Count("id"))
        counted = await open_now.group_by("assignee_id").values_list("assignee_id", "many")
        self._loads |= dict.fromkeys(fresh, 0) | {int(str(one)): int(str(many)) for one, many in counted}

    async def share(self, person: Person, due_on: date, occasion: str) -> tuple[int | None, bool]:
        """The visitor of a duty nobody has yet, and whether it was passed on from whoever has too many.

        It goes to the next who is near: the offices of the branch, then the community. Where all have too many it
        stays, since a duty has a named person. What is an office's or a doctor's own is never passed on.
        """
        first = await self.visitor(person, due_on, occasion)
        chosen = first
        if first is not None and occasion.partition(":")[0] not in _OWN and await self._is_full(first):
            others = [one for one in await self._others(person) if not await self._is_full(one)]
            chosen = others[0] if others else first
        if chosen is not None:
            self._loads[chosen] = self._loads.get(chosen, 0) + 1
        return chosen, chosen != first

    async def _is_full(self, visitor: int) -> bool:
        if self._most_open is None:
            return False
        await self._weigh([visitor])
        return self._loads[visitor] >= self._most_open

    async def _others(self, person: Person) -> list[int]:
        """Who else is near, never the person themselves, and nobody who is away."""
        near = [one.person_id for one in self._offices.get(person.branch_id or 0, ()) if _covers(one, self.today)]
        place = (person.branch_id, person.community_id)
        await self._chains.learn([place])
        found = [*near, *self._chains.heads(place, "community")]
        return [one for one in dict.fromkeys(found) if self._is_plain(one, person)]

    async def _learn_care(self, people: set[int]) -> None:
        """Who has a care plan or lives elsewhere part of the year: two statements."""
        if not people:
            return
        plans = {plan.person_id: plan for plan in await CarePlan.filter(person_id__in=list(people))}
        homes = {home.person_id: home for home in await SecondHome.filter(person_id__in=list(people))}
        self._plans |= {person: plans.get(person) for person in people}
        self._homes |= {person: homes.get(person) for person in people}

    def plan_of(self, person: Person) -> CarePlan | None:
        """The care plan of somebody learned."""
        return self._plans.get(person.id)

    def home_of(self, person: Person, on: date) -> SecondHome | None:
        """The second home that the person, learned before, lives in on that day."""
        home = self._homes.get(person.id)
        return home if home and is_season(home.from_day, home.until_day, on) else None

    async def visitor(self, person: Person, due_on: date, occasion: str) -> int | None:
        """Who makes this visit: the tier's own officer, the doctor, the community lived in then, else the keeper."""
        rule, plan = occasion.partition(":")[0], self.plan_of(person)
        if rule == "home_round" and plan and plan.doctor_id and plan.doctor_id != person.id:
            return plan.doctor_id
        if rule in _TIERS:
            place = (person.branch_id, person.community_id)
            await self._chains.learn([place])
            if head := self._chains.head(place, _TIERS[rule], but=(person.id,)):
                return head
        home = self.home_of(person, due_on)
        if home and home.community_id:
            await self._chains.learn([(None, home.community_id)])
            if head := self._chains.head((None, home.community_id), "community", but=(person.id,)):
                return head
        return await self.of(person, due_on)

    async def of(self, person: Person, due_on: date) -> int | None:
        """The id of the person who keeps somebody on that day, never themselves; None where the house knows nobody."""
        on = max(due_on, self.today)
        liaison = person.liaison_id if self._liaisons.get(person.liaison_id or 0) else None
        if self._is_plain(liaison, person):
            return liaison
        if liaison is None and (near := self._near(person, on)):
            return near
        if any(office.person_id == person.id for office in self._offices.get(person.branch_id or 0, ())):
            return await _keeper(person, on)
        found = await self._at((liaison, person.branch_id, person.community_id, on))
        return await _keeper(person, on) if found == person.id else found

    def _is_plain(self, keeper: int | None, person: Person) -> bool:
        return keeper is not None and keeper != person.id and keeper not in (self._stood_in_for or ())

    def _near(self, person: Person, on: date) -> int | None:
        """The first office of the branch that is not the visited person's own, if it needs no deputy."""
        offices = self._offices.get(person.branch_id or 0, ())
        others = [one.person_id for one in offices if _covers(one, on) and one.person_id != person.id]
        return others[0] if others and self._is_plain(others[0], person) else None

    async def _at(self, place: _Place) -> int | None:
        if place not in self._found:
            liaison, branch, community, on = place
            # Nobody in particular who belongs there: the answer then serves all who do.
            anyone = Person(id=0, liaison_id=liaison, branch_id=branch, community_id=community)
            self._found[place] = await _keeper(anyone, on)
        return self._found[place]


def is_season(from_day: str, until_day: str, on: date) -> bool:
    """Whether the day lies in a part of the year named by month and day, both included; it may pass New Year."""
    day = on.strftime("%m-%d")
    if from_day <= until_day:
        return from_day <= day <= until_day
    return day >= from_day or day <= until_day


def _covers(office: Role, on: date) -> bool:
    return (office.since is None or office.since <= on) and (office.until is None or on <= office.until)


async def _offices_near(branches: Collection[int]) -> dict[int, list[Role]]:
    """For each branch the offices beside its members, in the order in which they are asked."""
    places = await Organisation.filter(id__in=branches)
    above = {one for place in places for one in place.ancestor_ids}
    tiers = {row.id: tier_of(row.kind) for row in await Organisation.filter(id__in=above).only("id", "kind")}
    asked: dict[int, tuple[str, ...]] = {}
    for place, tier in tiers.items():
        if tier in ("group", "branch"):
            asked[place] = GROUP_LEADERS if tier == "group" else SECRETARIES
    offices = Role.filter(organisation_id__in=list(asked), person__state=ACTIVE)
    fitting = [one for one in await offices if one.role in asked[one.organisation_id]]
    return {place.id: _in_order(place, fitting, asked) for place in places}


def _in_order(place: Organisation, offices: Collection[Role], asked: Mapping[int, tuple[str, ...]]) -> list[Role]:
    way = place.ancestor_ids
    here = [office for office in offices if office.organisation_id in way]

    def rank(office: Role) -> tuple[int, int, date, int]:
        step = way.index(office.organisation_id)
        head = asked[office.organisation_id].index(office.role)
        return step, head, office.since or date.min, office.id

    return sorted(here, key=rank)


async def _keeper(person: Person, on: date) -> int | None:
    # A visit is planned for the daytime of a workday: who is on duty at night is no visitor.
    found = await access.keeper_for(person, at_local(on, _MIDDAY), True)
    return found.id if found else None


async def ids(rows: QuerySet[Any], column: str) -> set[int]:
    """The different numbers in one column of these rows."""
    found: list[Any] = list(await rows.values_list(column, flat=True))
    return {one for one in found if one is not None}
