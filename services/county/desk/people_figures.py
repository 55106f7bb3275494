"""Members counted by birth and by home: a large house as the clock counted it, others at once."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from pypika_tortoise.terms import Function as Term
from tortoise.expressions import Function, Subquery
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from models.people.accounts import Binding
from models.people.members import STAFF, Person
from services.county import tallies
from services.county.desk import scope
from services.people import access, members

MALE, FEMALE = "m", "f"
LIVE_UP_TO = 5000
"""A house of so many members is counted whenever somebody looks."""
_ALL, _BOUND, _BIRTHS = "all", "bound", "births"
Births = Counter[tuple[str, str, str]]


class _Substr(Term):
    """SUBSTR, which both databases know."""

    def __init__(self, *args: Any, alias: str | None = None) -> None:
        super().__init__("SUBSTR", *args, alias=alias)


class Part(Function):
    """A piece of a text column: from which sign on, how many."""

    database_func = _Substr


async def births(reach: access.Reach) -> Births:
    """Members by year and month of birth and by sex (`MALE`, `FEMALE`)."""
    kept = await tallies.by_key(tallies.PEOPLE, [_BIRTHS]) if reach.is_county else {}
    if not kept:
        return await _births(await _living(reach))
    return Counter({_parted(word): many for word, many in kept[_BIRTHS].items()})


async def by_home(reach: access.Reach) -> tuple[dict[int, int], dict[int, int]]:
    """How many members by branch (by community who has none), and how many of them are in WeChat."""
    if reach.is_county and (kept := await tallies.by_place(tallies.PEOPLE, _ALL)):
        return kept, await tallies.by_place(tallies.PEOPLE, _BOUND)
    living = await _living(reach)
    return await _by_home(living), await _by_home(_bound(living))


async def count(today: date, *, live_up_to: int = LIVE_UP_TO) -> int:
    """Count all members of a large house and keep the figures; how many."""
    living = _everybody()
    homes = await _by_home(living)
    total = sum(homes.values())
    if total <= live_up_to:
        await tallies.drop(tallies.PEOPLE)
        return total
    bound, born = await _by_home(_bound(living)), await _births(living)
    await tallies.keep(tallies.PEOPLE, _ALL, today, {(home, ""): many for home, many in homes.items()})
    await tallies.keep(tallies.PEOPLE, _BOUND, today, {(home, ""): many for home, many in bound.items()})
    words = {(0, f"{year}-{month}:{sex}"): many for (year, month, sex), many in born.items()}
    await tallies.keep(tallies.PEOPLE, _BIRTHS, today, words)
    return total


def _everybody() -> QuerySet[Person]:
    return Person.filter(state=members.ACTIVE).exclude(standing=STAFF)


async def _living(reach: access.Reach) -> QuerySet[Person]:
    """Members on the roster; for who answers for the whole house no place is asked."""
    if reach.is_county:
        return _everybody()
    return (await scope.people(reach, "view")).filter(state=members.ACTIVE).exclude(standing=STAFF)


def _bound(people: QuerySet[Person]) -> QuerySet[Person]:
    return people.filter(id__in=Subquery(Binding.current().filter(relation="self").values("person_id")))


async def _by_home(people: QuerySet[Person]) -> dict[int, int]:
    found: Counter[int] = Counter()
    counted = people.annotate(many=Count("id")).group_by("branch_id", "community_id")
    for row in await counted.values("branch_id", "community_id", "many"):
        found[row["branch_id"] or row["community_id"] or 0] += int(row["many"])
    return dict(found)


async def _births(people: QuerySet[Person]) -> Births:
    """One look through an index."""
    rows = people.filter(birth__isnull=False).annotate(month=Part("birth", 1, 7), many=Count("id"))
    found: Births = Counter()
    for row in await rows.group_by("month", "sex").values("month", "sex", "many"):
        sex = MALE if row["sex"] == "male" else FEMALE
        found[_parted(f"{row['month']}:{sex}")] += int(row["many"])
    return found


def _parted(word: str) -> tuple[str, str, str]:
    """Year, month and sex of `1946-05:f`."""
    born, _, sex = word.partition(":")
    year, _, month = born.partition("-")
    return year, month, sex
