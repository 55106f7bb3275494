"""Figures for the pictures: counted by the database, in a fixed number of statements, small counts hidden upwards."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from tortoise.expressions import Q
from tortoise.functions import Sum

from models.help.posts import ServicePost
from models.people.members import STAFF, Person
from models.people.organisation import Organisation
from services.county import guards, tallies
from services.county.desk import people_figures, scope
from services.county.desk.gaps import SMALLEST_COUNT
from services.county.desk.visit_figures import Amount, Days, visits_counted
from services.outreach import broadcasts
from services.people import access, members

Span = Literal["month", "quarter", "year"]
SPANS: tuple[Span, ...] = ("month", "quarter", "year")
DECADE = 5
"""Years in one step of the age pyramid."""
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
STEPS = ("total", "sent", "confirmed", "told")
NAMED = 50
NOBODY = broadcasts.GONE


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a picture: what it is about, a part and the whole; None where there are too few to be told.

    `key` finds the names behind it, 0 where there are none to be found.
    """

    label: str
    part: int | None
    whole: int | None
    key: int = 0


def days_of(span: Span, today: date, *, before: int = 0) -> Days:
    """The month, quarter or year of today, or the one so many spans `before`."""
    months = _MONTHS[span]
    number = (today.year * 12 + today.month - 1) // months - before
    first = date(number * months // 12, number * months % 12 + 1, 1)
    after = (number + 1) * months
    return Days(first, date(after // 12, after % 12 + 1, 1) - timedelta(days=1))


def may_name(reach: access.Reach) -> bool:
    """Whether names may be read here; who may not gets no small counts either."""
    return bool(reach.paths("see_name", "subtree"))


def told(count: int, reach: access.Reach) -> int | None:
    """The count, or nothing where it is small and names are not this person's business (promise V11)."""
    return None if 0 < count < SMALLEST_COUNT and not may_name(reach) else count


async def births(reach: access.Reach) -> Births:
    """Members by year and month of birth and by sex."""
    return Births(await people_figures.births(reach))


@dataclass(frozen=True, slots=True)
class Births:
    """What both pictures of birthdays are drawn from: how many by year (1946), month (05) and sex."""

    counted: Counter[tuple[str, str, str]]

    def ages(self, reach: access.Reach, today: date) -> list[Step]:
        """Five years a step, the oldest first: men (`part`) and women (`whole`); by the year of birth."""
        men: Counter[int] = Counter()
        women: Counter[int] = Counter()
        for (year, _, sex), many in self.counted.items():
            if year.isdigit():
                (men if sex == people_figures.MALE else women)[(today.year - int(year)) // DECADE * DECADE] += many
        steps = range(max([*men, *women]), min([*men, *women]) - 1, -DECADE) if men or women else ()
        return [Step(f"{one}–{one + DECADE - 1}", told(men[one], reach), told(women[one], reach), one) for one in steps]

    def months(self, reach: access.Reach) -> list[Step]:
        """Twelve months: how many have their birthday in each (`part`), by the calendar each is kept in."""
        found: Counter[str] = Counter()
        for (_, month, _), many in self.counted.items():
            found[month] += many
        return [Step(str(month), told(found[f"{month:02}"], reach), None, month) for month in range(1, 13)]


async def coverage(reach: access.Reach) -> list[tuple[int, Step]]:
    """The tree beneath the own offices: depth, place, members in WeChat (`part`) of all (`whole`)."""
    seen = access.visible(reach, Organisation.existing().filter(kind__not="building_group"), "view")
    places = {place.id: place for place in await seen.order_by("path").limit(400)}
    total, bound = await people_figures.by_home(reach)
    top = min((place.path.count("/") for place in places.values()), default=0)
    found = []
    for place in sorted(places.values(), key=lambda one: one.path):
        whole, part = (sum(many for path, many in counts.items() if path.startswith(place.path))
                       for counts in (_on_paths(total, places), _on_paths(bound, places)))  # fmt: skip
        step = Step(place.name, told(part, reach), told(whole, reach), place.id)
        found.append((place.path.count("/") - top, step))
    return found


def _on_paths(counts: dict[int, int], places: dict[int, Organisation]) -> dict[str, int]:
    return {places[one].path: many for one, many in counts.items() if one in places}


async def funnel(reach: access.Reach, days: Days) -> list[Step]:
    """People of the broadcasts sent in these days: all, who got it, who confirmed, who was told by somebody."""
    by: Counter[int] = Counter()
    places = None if reach.is_county else await scope.place_ids(reach, "view")
    kept = tallies.between(tallies.NOTICES, days.first, days.last, places)
    for (_, word), many in (await tallies.summed(kept, "kind")).items():
        by[int(word or NOBODY)] += many
    for (home, rank), many in (await broadcasts.standing_uncounted(days.first, days.last)).items():
        by[rank] += many if places is None or home in places else 0
    told_by = by[broadcasts.TOLD]
    confirmed = by[broadcasts.CONFIRMED] + told_by
    total = sum(many for rank, many in by.items() if rank != broadcasts.GONE)
    amounts = {"total": total, "sent": by[broadcasts.SENT] + confirmed, "confirmed": confirmed, "told": told_by}
    return [Step(name, told(amounts[name], reach), total) for name in STEPS]


async def visits_by_month(reach: access.Reach, year: int) -> list[Step]:
    """Twelve months of a year: duties done (`part`) of all that were due (`whole`)."""
    counted = await visits_counted(reach, Days(date(year, 1, 1), date(year, 12, 31)), "day")
    found = [counted.get(date(year, month, 1).isoformat(), Amount()) for month in range(1, 13)]
    return [Step(str(month), told(one.done, reach), told(one.due, reach), month) for month, one in enumerate(found, 1)]


async def visits_by_branch(reach: access.Reach, days: Days) -> list[Step]:
    """Branches: duties done of all due in these days, those with something open first, each group by name.

    Only where the guard against ranking was opened they stand in the order of how much is open.
    """
    counted = {int(place): one for place, one in (await visits_counted(reach, days, "place_id")).items()}
    names, is_ranked = await _place_names(counted), not await guards.holds(guards.RANKING)

    def turn(place: int) -> tuple[int, str]:
        left = counted[place].due - counted[place].done
        return (-left if is_ranked else -min(left, 1), names.get(place, ""))

    return [Step(names.get(one, ""), told(counted[one].done, reach), told(counted[one].due, reach), one)
            for one in sorted(counted, key=turn)]  # fmt: skip


async def _place_names(ids: Iterable[int]) -> dict[int, str]:
    rows = await Organisation.filter(id__in=list(ids)).values_list("id", "name")
    return {int(one): str(name) for one, name in rows}


async def posts_filled(reach: access.Reach) -> list[Step]:
    """Communities: places taken of all places of open posts."""
    rows = access.visible(reach, ServicePost.filter(status__in=("open", "full")), organisation="organisation")
    counted = rows.annotate(taken_all=Sum("taken"), slots_all=Sum("slots")).group_by("organisation_id")
    found = await counted.values("organisation_id", "taken_all", "slots_all")
    names = await _place_names(row["organisation_id"] for row in found)
    steps = [Step(names.get(row["organisation_id"], ""), int(row["taken_all"]), int(row["slots_all"]),
                  row["organisation_id"]) for row in found]  # fmt: skip
    return sorted(steps, key=lambda one: one.label)[:NAMED]


async def names_behind(reach: access.Reach, what: str, key: int, today: date) -> list[Person]:
    """The people behind one step of `ages`, `months` or `places`, for those who may read names; at most fifty."""
    rows = (await scope.people(reach, "see_name")).filter(state=members.ACTIVE).exclude(standing=STAFF)
    if what == "ages":
        years = range(today.year - key - DECADE + 1, today.year - key + 1)
        rows = rows.filter(Q(*[Q(birth__startswith=str(year)) for year in years], join_type=Q.OR))
    elif what == "months":
        rows = rows.filter(birth__contains=f"-{key:02}-")
    else:
        place = await Organisation.get_or_none(id=key)
        rows = rows.filter(members.in_subtrees([place.path if place else "-"]))
    return await rows.order_by("name", "id").limit(NAMED)


def totals(steps: Sequence[Step]) -> tuple[int, int]:
    """All parts and all wholes together; what is hidden counts nothing."""
    found: defaultdict[str, int] = defaultdict(int)
    for step in steps:
        found["part"] += step.part or 0
        found["whole"] += step.whole or 0
    return found["part"], found["whole"]
