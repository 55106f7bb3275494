"""Visits counted by month and by place: past months as the clock counted them, others from the duties themselves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from models.care.visits import VisitTask
from services.county import tallies
from services.county.desk import scope
from services.people import access

DONE, OPEN = "done", "open"
EXCUSED = ("cancelled", "excused")
COUNTED_AGAIN = 12
"""Past months that are counted anew each night: what was done is sometimes entered late."""
By = Literal["day", "place_id"]


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day to the last one, both counted."""

    first: date
    last: date

    def months(self) -> list[date]:
        """The first day of each month in them."""
        numbers = range(self.first.year * 12 + self.first.month - 1, self.last.year * 12 + self.last.month)
        return [date(number // 12, number % 12 + 1, 1) for number in numbers]


@dataclass(frozen=True, slots=True)
class Amount:
    """Duties done, of all that were due."""

    done: int = 0
    due: int = 0


def month_of(first: date) -> Days:
    """The whole month that begins on this day."""
    return Days(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


async def visits_counted(reach: access.Reach, days: Days, by: By) -> dict[str, Amount]:
    """Duties of these whole months, by the first day of the month or by the place of those visited."""
    kept = await tallies.days_of(tallies.VISITS, days.first, days.last)
    places = None if reach.is_county else await scope.place_ids(reach, "view")
    found: Counter[tuple[str, str]] = Counter()
    for (key, word), many in (
        await tallies.summed(tallies.between(tallies.VISITS, days.first, days.last, places), by)
    ).items():
        found[key, word] += many
    if missing := [first for first in days.months() if first not in kept]:
        found += await _looked_up(await _seen(reach, missing), by)
    return _amounts(found)


def _amounts(found: Counter[tuple[str, str]]) -> dict[str, Amount]:
    amounts: defaultdict[str, Amount] = defaultdict(Amount)
    for (key, word), many in found.items():
        before = amounts[key]
        amounts[key] = Amount(before.done + (many if word == DONE else 0), before.due + many)
    return {key: one for key, one in amounts.items() if one.due}


async def _seen(reach: access.Reach, months: Iterable[date]) -> QuerySet[VisitTask]:
    rows = _of_months(months)
    if reach.is_county:
        return rows
    return rows.filter(subject_id__in=await scope.ids_of_people(reach))


def _of_months(months: Iterable[date]) -> QuerySet[VisitTask]:
    spans = [month_of(first) for first in months]
    within = Q(*[Q(due_on__gte=one.first, due_on__lte=one.last) for one in spans], join_type=Q.OR)
    return VisitTask.filter(within).exclude(state__in=EXCUSED)


async def _looked_up(rows: QuerySet[VisitTask], by: By) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    if by == "day":
        for row in await rows.annotate(many=Count("id")).group_by("due_on", "state").values("due_on", "state", "many"):
            found[f"{str(row['due_on'])[:7]}-01", _word(row["state"])] += int(row["many"])
        return found
    for (place, word), many in (await _by_home(rows)).items():
        found[str(place), word] += many
    return found


async def _by_home(rows: QuerySet[VisitTask]) -> Counter[tuple[int, str]]:
    found: Counter[tuple[int, str]] = Counter()
    counted = rows.annotate(many=Count("id")).group_by("subject__branch_id", "subject__community_id", "state")
    for row in await counted.values("subject__branch_id", "subject__community_id", "state", "many"):
        home = row["subject__branch_id"] or row["subject__community_id"] or 0
        found[int(home), _word(row["state"])] += int(row["many"])
    return found


def _word(state: str) -> str:
    return DONE if state == DONE else OPEN


def months_to_count(today: date) -> list[date]:
    """The past months whose figures are kept, the newest first."""
    number = today.year * 12 + today.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(number - 1, number - 1 - COUNTED_AGAIN, -1)]


async def count_month(first: date) -> int:
    """Count the duties of a past month and keep the figures; how many duties."""
    counted = await _by_home(_of_months([first]))
    await tallies.keep(tallies.VISITS, first.isoformat()[:7], first, counted)
    return counted.total()
