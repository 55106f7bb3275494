"""Figures kept as rows: a past month of visits, the standing of a notice; counted by the clock, read by pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from tortoise.functions import Sum
from tortoise.queryset import QuerySet

from models.county.tallies import NOTICES, PEOPLE, VISITS, Tally

__all__ = ["NOTICES", "PEOPLE", "VISITS", "between", "by_key", "by_place", "days_of", "drop", "keep", "summed"]

_AT_ONCE = 500


async def keep(kind: str, key: str, day: date, counted: Mapping[tuple[int, str], int]) -> None:
    """These figures, by (place, word), are what stands from now on; earlier ones under this key are gone.

    Where nothing was counted a zero is kept, so that nobody counts again while looking.
    """
    await Tally.filter(kind=kind, key=key).delete()
    rows = counted or {(0, ""): 0}
    await Tally.bulk_create(
        [Tally(kind=kind, key=key, place_id=place, word=word, many=many, day=day)
         for (place, word), many in rows.items()],
        batch_size=_AT_ONCE,
    )  # fmt: skip


async def drop(kind: str) -> None:
    """Nothing of this kind is kept any more: it is counted whenever somebody looks."""
    await Tally.filter(kind=kind).delete()


async def days_of(kind: str, first: date, last: date) -> set[date]:
    """The days between these that have been counted."""
    rows = Tally.filter(kind=kind, day__gte=first, day__lte=last).distinct()
    return {date.fromisoformat(str(day)) for day in await rows.values_list("day", flat=True)}


async def by_key(kind: str, keys: Collection[str]) -> dict[str, dict[str, int]]:
    """What was counted under each of these keys, all places together."""
    rows = Tally.filter(kind=kind, key__in=list(keys)).annotate(all=Sum("many")).group_by("key", "word")
    found: dict[str, dict[str, int]] = {}
    for row in await rows.values("key", "word", "all"):
        found.setdefault(row["key"], {})[row["word"]] = int(row["all"])
    return found


async def by_place(kind: str, key: str) -> dict[int, int]:
    """What was counted under this key, place by place."""
    rows = await Tally.filter(kind=kind, key=key).values_list("place_id", "many")
    return {int(place): int(many) for place, many in rows}


def between(kind: str, first: date, last: date, places: Collection[int] | None) -> QuerySet[Tally]:
    """The figures of these days; of these places, or of all where `places` is None."""
    rows = Tally.filter(kind=kind, day__gte=first, day__lte=last)
    return rows if places is None else rows.filter(place_id__in=list(places))


async def summed(rows: QuerySet[Tally], by: str) -> dict[tuple[str, str], int]:
    """All of them together, by (`by`, word)."""
    found = await rows.annotate(all=Sum("many")).group_by(by, "word").values(by, "word", "all")
    return {(str(row[by]), row["word"]): int(row["all"]) for row in found}
