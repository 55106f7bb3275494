"""Figures for the pictures: counted by the database, in a fixed number of statements, small counts hidden upwards."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, Literal

from pypika_tortoise.terms import Function as Term
from tortoise.expressions import Function, Q, Subquery
from tortoise.functions import Count, Sum
from tortoise.queryset import QuerySet

from kit.clock import at_local
from models.accounts import Binding
from models.members import STAFF, Person
from models.notices import Notice
from models.organisation import Organisation
from models.posts import ServicePost
from models.visits import VisitTask
from services import access, members
from services.desk import scope
from services.desk.gaps import SMALLEST_COUNT
from services.desk.running import is_county

Span = Literal["month", "quarter", "year"]
SPANS: tuple[Span, ...] = ("month", "quarter", "year")
DECADE = 5
"""Years in one step of the age pyramid."""
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
STEPS = ("total", "sent", "confirmed", "told")
_DONE, _EXCUSED = "done", ("cancelled", "excused")
NAMED = 50


class _Substr(Term):
    """SUBSTR, which both databases know."""

    def __init__(self, *args: Any, alias: str | None = None) -> None:
        super().__init__("SUBSTR", *args, alias=alias)


class Part(Function):
    """A piece of a text column: from which sign on, how many."""

    database_func = _Substr


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day to the last one, both counted."""

    first: date
    last: date


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


async def _living(reach: access.Reach) -> QuerySet[Person]:
    """Members on the roster; for who answers for the whole house no place is asked, which halves the work."""
    seen = Person.all() if is_county(reach) else await scope.people(reach, "view")
    return seen.filter(state=members.ACTIVE).exclude(standing=STAFF)


async def ages(reach: access.Reach, today: date) -> list[Step]:
    """Five years a step, the oldest first: men (`part`) and women (`whole`); by the year of birth."""
    rows = (await _living(reach)).filter(birth__isnull=False).annotate(year=Part("birth", 1, 4), many=Count("id"))
    men: Counter[int] = Counter()
    women: Counter[int] = Counter()
    for row in await rows.group_by("year", "sex").values("year", "sex", "many"):
        if not str(row["year"]).isdigit():
            continue
        step = (today.year - int(row["year"])) // DECADE * DECADE
        (men if row["sex"] == "male" else women)[step] += int(row["many"])
    steps = range(max([*men, *women]), min([*men, *women]) - 1, -DECADE) if men or women else ()
    return [Step(f"{one}–{one + DECADE - 1}", told(men[one], reach), told(women[one], reach), one) for one in steps]


async def birth_months(reach: access.Reach) -> list[Step]:
    """Twelve months: how many have their birthday in each (`part`), by the calendar each is kept in."""
    rows = (await _living(reach)).filter(birth__contains="-").annotate(month=Part("birth", 6, 2), many=Count("id"))
    found = {row["month"]: int(row["many"]) for row in await rows.group_by("month").values("month", "many")}
    counts = [found.get(f"{month:02}", 0) for month in range(1, 13)]
    return [Step(str(month), told(many, reach), None, month) for month, many in enumerate(counts, 1)]


async def coverage(reach: access.Reach) -> list[tuple[int, Step]]:
    """The tree beneath the own offices: depth, place, members in WeChat (`part`) of all (`whole`)."""
    seen = access.visible(reach, Organisation.existing().filter(kind__not="building_group"), "view")
    places = {place.id: place for place in await seen.order_by("path").limit(400)}
    total = await _by_home(await _living(reach))
    ties = Subquery(Binding.current().filter(relation="self").values("person_id"))
    bound = await _by_home((await _living(reach)).filter(id__in=ties))
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


async def _by_home(people: QuerySet[Person]) -> dict[int, int]:
    """How many by branch; who has none is counted with the community."""
    found: Counter[int] = Counter()
    for row in (
        await people.annotate(many=Count("id"))
        .group_by("branch_id", "community_id")
        .values("branch_id", "community_id", "many")
    ):
        found[row["branch_id"] or row["community_id"] or 0] += int(row["many"])
    return found


async def funnel(reach: access.Reach, days: Days) -> list[Step]:
    """Notices of broadcasts in these days: all, sent, confirmed by the person, told by somebody."""
    rows = Notice.filter(broadcast_id__isnull=False, **_between("queued_at", days))
    if not is_county(reach):
        people = await scope.people(reach, "view")
        rows = rows.filter(person_id__in=Subquery(people.values("id")))
    counted = rows.annotate(many=Count("id")).group_by("outcome")
    by: Counter[str] = Counter({row["outcome"]: int(row["many"]) for row in await counted.values("outcome", "many")})
    by_people = sum(by[name] for name in ("told_by_liaison", "told_by_phone", "on_paper"))
    total = sum(by.values())
    amounts = {
        "total": total,
        "sent": by["sent"] + by["confirmed"] + by_people,
        "confirmed": by["confirmed"] + by_people,
    }
    amounts["told"] = by_people
    return [Step(name, told(amounts[name], reach), total) for name in STEPS]


def _between(field: str, days: Days) -> dict[str, object]:
    """The days of the county as moments; its clock is eight hours ahead of UTC all year."""
    midnight, after = time(0), days.last + timedelta(days=1)
    return {f"{field}__gte": at_local(days.first, midnight), f"{field}__lt": at_local(after, midnight)}


async def visits_by_month(reach: access.Reach, year: int) -> list[Step]:
    """Twelve months of a year: duties done (`part`) of all that were due (`whole`)."""
    rows = _duties(reach, Days(date(year, 1, 1), date(year, 12, 31)))
    done, due = Counter[int](), Counter[int]()
    counted = rows.annotate(many=Count("id")).group_by("due_on", "state")
    for row in await counted.values("due_on", "state", "many"):
        month = date.fromisoformat(str(row["due_on"])[:10]).month
        due[month] += int(row["many"])
        done[month] += int(row["many"]) if row["state"] == _DONE else 0
    return [Step(str(month), told(done[month], reach), told(due[month], reach), month) for month in range(1, 13)]


async def visits_by_branch(reach: access.Reach, days: Days) -> list[Step]:
    """Branches: duties done of all due in these days, where most is open first."""
    rows = _duties(reach, days).annotate(many=Count("id")).group_by("subject__branch_id", "state")
    done, due = Counter[int](), Counter[int]()
    for row in await rows.values("subject__branch_id", "state", "many"):
        place = int(row["subject__branch_id"] or 0)
        due[place] += int(row["many"])
        done[place] += int(row["many"]) if row["state"] == _DONE else 0
    names = await _place_names(due)
    ordered = sorted(due, key=lambda one: (done[one] - due[one], names.get(one, "")))
    return [Step(names.get(one, ""), told(done[one], reach), told(due[one], reach), one) for one in ordered[:NAMED]]


def _duties(reach: access.Reach, days: Days) -> QuerySet[VisitTask]:
    rows = VisitTask.filter(due_on__gte=days.first, due_on__lte=days.last).exclude(state__in=_EXCUSED)
    return rows if is_county(reach) else access.visible(reach, rows, person="subject")


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
