"""Who is told on each level, for many places at once: `escalation_chain` in a handful of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date

from models.people.access import DutyPerson
from models.people.organisation import Organisation, Role
from services.people.access.duty import LEVELS, LONGEST_CHAIN_OF_DEPUTIES, Level, depth, level_of, roles_at
from services.people.members import ACTIVE

Place = tuple[int | None, int | None]
"""Branch and community: everybody who shares both shares the chain."""


class Chains:
    """The heads of every level above some places on one day; `learn` the places first.

    For one round of one job: what was found once is not asked again.
    """

    def __init__(self, on: date) -> None:
        self.on = on
        self._above: dict[int, list[Organisation]] = {}
        self._offices: dict[int, list[Role]] = {}
        self._deputies: dict[int, int] | None = None

    async def learn(self, places: Collection[Place]) -> None:
        """Look up what lies above these places and who holds office there: five statements for all of them."""
        if self._deputies is None:
            self._deputies = await _deputies(self.on)
        unknown = {one for place in places for one in place if one is not None} - self._above.keys()
        if not unknown:
            return
        starts = await Organisation.filter(id__in=unknown)
        ids = {one for start in starts for one in start.ancestor_ids}
        known = {row.id: row for row in await Organisation.filter(id__in=ids)}
        self._above |= {start.id: [known[one] for one in start.ancestor_ids if one in known] for start in starts}
        self._offices |= await _offices(ids - self._offices.keys(), self.on)

    def heads(self, place: Place, level: Level) -> list[int]:
        """Whom the level has for somebody of this place, deputies in their stead; the nearest place counts."""
        for organisation in self._places(place):
            if level_of(organisation) != level:
                continue
            roles = roles_at(level)
            held = [one for one in self._offices.get(organisation.id, ()) if one.role in roles]
            held.sort(key=lambda one: (roles.index(one.role), one.since or date.min, one.id))
            if held:
                return list(dict.fromkeys(self._present(one.person_id) for one in held))
        return []

    def head(self, place: Place, level: Level, *, but: Collection[int] = ()) -> int | None:
        """The named person of the level, of the next one above where it has none; never one of `but`."""
        for step in LEVELS[LEVELS.index(level) :]:
            for person in self.heads(place, step):
                if person not in but:
                    return person
        return None

    def _places(self, place: Place) -> Iterator[Organisation]:
        found: dict[int, Organisation] = {}
        for start in place:
            for organisation in self._above.get(start or 0, ()):
                found.setdefault(organisation.id, organisation)
        yield from sorted(found.values(), key=depth)

    def _present(self, person: int) -> int:
        for _ in range(LONGEST_CHAIN_OF_DEPUTIES):
            deputy = (self._deputies or {}).get(person)
            if deputy is None:
                return person
            person = deputy
        return person


async def _deputies(on: date) -> dict[int, int]:
    """Who stands in for whom on that day; whoever was named last counts."""
    rows = DutyPerson.on(on).filter(stands_for_id__isnull=False, person__state=ACTIVE)
    found: dict[int, int] = {}
    for row in await rows.order_by("-since", "id"):
        found.setdefault(int(row.stands_for_id or 0), row.person_id)
    return found


async def _offices(places: Collection[int], on: date) -> dict[int, list[Role]]:
    found: dict[int, list[Role]] = defaultdict(list, {place: [] for place in places})
    if places:
        for office in await Role.held(on).filter(organisation_id__in=list(places), person__state=ACTIVE):
            found[office.organisation_id].append(office)
    return dict(found)
