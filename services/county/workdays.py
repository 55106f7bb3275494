"""Workdays of the county: the calendar's rule with the holidays and swap days that are loaded as rows."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import texts
from kit import workdays
from kit.errors import Refusal
from models.platform import WorkdayOverride

PUBLISHED = "published"
"""The source of days that came with the product; everything else the county entered, and it is never overwritten."""

_LONGEST_LOOK = timedelta(days=60)
_LONGEST_HOLIDAY = timedelta(days=15)
_LONGEST_SOURCE = 40


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A year's arrangement as published: which days are free and which are worked, and where that was said."""

    year: int
    source: str
    days: Mapping[date, bool]


async def overrides(first: date, last: date) -> Mapping[date, bool]:
    """The days between `first` and `last` that are or are not workdays against the weekly rule."""
    rows = await WorkdayOverride.filter(day__gte=first, day__lte=last).values("day", "is_workday")
    return {row["day"]: bool(row["is_workday"]) for row in rows}


async def is_workday(day: date) -> bool:
    """Whether offices are open on the day."""
    return workdays.is_workday(day, await overrides(day, day))


async def add_workdays(day: date, count: int) -> date:
    """The workday that is `count` workdays after `day`."""
    return workdays.add_workdays(day, count, await overrides(day, day + _LONGEST_LOOK))


async def load_year(year: int) -> int:
    """Store the published holidays and swap days of a year that the calendar packages know; how many days.

    A year that the county has loaded itself stays as it is.
    """
    if await _of_year(year).exclude(source=PUBLISHED).exists():
        return 0
    return await _store(workdays.known_workdays(year), PUBLISHED)


def _of_year(year: int) -> Any:
    return WorkdayOverride.filter(day__gte=date(year, 1, 1), day__lte=date(year, 12, 31))


async def _store(days: Iterable[tuple[date, bool]], source: str) -> int:
    rows = [WorkdayOverride(day=day, is_workday=works, source=source) for day, works in days]
    await WorkdayOverride.bulk_create(rows, on_conflict=["day"], update_fields=["is_workday", "source"])
    return len(rows)


async def year_to_load(today: date) -> int | None:
    """This year or, from November on, the next, while its arrangement is not loaded: somebody has to do it."""
    return workdays.year_to_load(today, await overrides(date(today.year, 1, 1), date(today.year + 1, 12, 31)))


async def is_year_loaded(year: int) -> bool:
    """Whether rows for the year are there."""
    return bool(await _of_year(year).exists())


async def days_of(year: int) -> list[tuple[date, bool, str]]:
    """What is loaded for a year, in order: day, whether offices work, and where that was said."""
    rows = await _of_year(year).order_by("day").values_list("day", "is_workday", "source")
    return [(day, bool(works), str(source)) for day, works, source in rows]


async def put(arrangement: Arrangement) -> int:
    """Store a year's arrangement instead of whatever was loaded for it; how many days differ from the week.

    Raises `workdays.unlikely_day` for a day that is not near the year, `workdays.incomplete` where no weekday of the
    National Day week is free: then it is not the whole year.
    """
    first, last = date(arrangement.year, 1, 1), date(arrangement.year, 12, 31)
    for day in arrangement.days:
        if not first - _LONGEST_HOLIDAY <= day <= last + _LONGEST_HOLIDAY:
            raise Refusal("workdays.unlikely_day", day=day.isoformat(), year=arrangement.year)
    if not any(day.month == 10 and day.day <= 7 and day.weekday() < 5 for day in _freed(arrangement.days)):
        raise Refusal("workdays.incomplete", year=arrangement.year)
    await _of_year(arrangement.year).delete()
    changed = [(day, works) for day, works in sorted(arrangement.days.items()) if works != (day.weekday() < 5)]
    return await _store(changed, arrangement.source)


def _freed(days: Mapping[date, bool]) -> Iterator[date]:
    return (day for day, works in days.items() if not works)


# The file an operator writes from the published notice.


def read_arrangement(content: bytes, kind: str, *, source: str) -> Arrangement:
    """A year from a file of the kind `toml` or `csv` (deploy/workdays.example.toml), `source` where it says none.

    Raises `workdays.unreadable`, `workdays.wrong_row`, `workdays.contradiction`, `workdays.no_year`.
    """
    try:
        text = content.decode("utf-8-sig")
        known = _from_toml(tomllib.loads(text)) if kind == "toml" else _from_csv(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise Refusal("workdays.unreadable", problem=str(exc).splitlines()[0][:60]) from exc
    days: dict[date, bool] = {}
    for day, works in known.days:
        if days.setdefault(day, works) != works:
            raise Refusal("workdays.contradiction", day=day.isoformat())
    years = [day.year for day in days]
    if not years:
        raise Refusal("workdays.no_year")
    year = known.year or max(set(years), key=years.count)
    return Arrangement(year, (known.source or source)[:_LONGEST_SOURCE], days)


@dataclass(frozen=True, slots=True)
class _File:
    year: int | None
    source: str
    days: list[tuple[date, bool]]


def _from_toml(said: Mapping[str, Any]) -> _File:
    days: list[tuple[date, bool]] = []
    for number, one in enumerate(said.get("holiday", ()), 1):
        try:
            first, last = one["off"]
            days += [(first + timedelta(days=step), False) for step in range((last - first).days + 1)]
            days += [(day, True) for day in one.get("work", ())]
            if any(type(day) is not date for day, _ in days) or last < first:
                raise ValueError(one)
        except (KeyError, TypeError, ValueError) as exc:
            raise Refusal("workdays.wrong_row", number=number) from exc
    return _File(said.get("year"), str(said.get("source", "")), days)


def _from_csv(text: str) -> _File:
    """Two columns: the day, and whether it is worked or free, in one of the words of `texts/county/workdays.toml`."""
    words = texts.section("workdays", "words")
    days: list[tuple[date, bool]] = []
    for number, row in enumerate(csv.reader(io.StringIO(text)), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0] in words["headings"]:
            continue
        try:
            day, said = date.fromisoformat(cells[0]), cells[1]
        except (ValueError, IndexError) as exc:
            raise Refusal("workdays.wrong_row", number=number) from exc
        if said not in words["worked"] and said not in words["free"]:
            raise Refusal("workdays.wrong_row", number=number)
        days.append((day, said in words["worked"]))
    return _File(None, "", days)
