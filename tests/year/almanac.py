"""Which visits the reference owes whom and when, computed beside the house: from the seed, by another calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lunar_python import Lunar, LunarMonth, LunarYear

Row = Mapping[str, Any]
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_TIERS = {"county": "year", "township": "half", "community": "quarter"}
_BY_RISKS = ("quarter", "month", "week")
_VERY_OLD = 80


@dataclass(frozen=True, order=True)
class Owed:
    """One visit that is owed: to whom, of which kind, by which day; `tier` only where a tier owes it."""

    subject: str
    kind: str
    due: date
    tier: str = ""


def owed(seed: Mapping[str, Any], first: date, last: date) -> Iterator[Owed]:
    """Every visit the calendar asks for that is due after `first`, up to `last`, in the demo county."""
    plans = {plan["member"]: plan for plan in seed["care_plans"]}
    days = [day for year in range(first.year, last.year + 1) for day in festivals(year)]
    for member in seed["members"]:
        key = str(member["key"])
        yield from (Owed(key, "festival_visit", day) for day in days if first < day <= last)
        yield from (Owed(key, "decade_birthday_visit", day) for day in _birthdays(member, first, last))
        if key in plans:
            yield from _rhythms(member, plans[key], first, last)


def festivals(year: int) -> tuple[date, date, date]:
    """Spring Festival, 1 July and Double Ninth of a solar year."""
    return _solar(year, 1, 1), date(year, 7, 1), _solar(year, 9, 9)


def _solar(year: int, month: int, day: int) -> date:
    found = Lunar.fromYmd(year, month, day).getSolar()
    return date(found.getYear(), found.getMonth(), found.getDay())


def birthday(member: Row, year: int) -> date:
    """The day on which the member, in their own calendar, completes that year's birthday."""
    _, month, day = map(int, str(member["birth"]).split("-"))
    if member.get("birth_calendar") != "lunar":
        return date(year, month, day)
    has_leap = member.get("birth_leap") and LunarYear.fromYear(year).getLeapMonth() == month
    month = -month if has_leap else month
    return _solar(year, month, min(day, LunarMonth.fromYm(year, month).getDayCount()))


def _birthdays(member: Row, first: date, last: date) -> Iterator[date]:
    """The tens from sixty on, one year early (nominal age), as the demo county has decided for both sexes."""
    offset = member.get("birthday_offset", -1)
    born = int(str(member["birth"])[:4])
    for age in range(60, 121, 10):
        if first.year - 1 <= born + age + offset <= last.year and first < (
            day := birthday(member, born + age + offset)
        ) <= last:  # fmt: skip
            yield day


def _rhythms(member: Row, plan: Row, first: date, last: date) -> Iterator[Owed]:
    key = str(member["key"])
    age = first.year - int(str(member["birth"])[:4])
    risks = set(plan.get("risks", ())) | ({"very_old"} if age > _VERY_OLD else set())
    yield from (Owed(key, "wellbeing_visit", day) for day in ends(_BY_RISKS[min(len(risks), 2)], first, last))
    for tier in plan.get("tiers", ()):
        yield from (Owed(key, "tier_visit", day, tier) for day in ends(_TIERS[tier], first, last))
    for wanted, kind in (("home_round", "home_round"), ("home_study", "home_study_delivery")):
        if plan.get(wanted):
            yield from (Owed(key, kind, day) for day in ends("month", first, last))


def ends(period: str, first: date, last: date) -> Iterator[date]:
    """The last days of all weeks, months, quarters … that end after the first of these days."""
    for number in range(1, (last - first).days + 1):
        day = first + timedelta(days=number)
        following = day + timedelta(days=1)
        is_end = day.weekday() == 6 if period == "week" else _begins(period, following)
        if is_end:
            yield day


def _begins(period: str, day: date) -> bool:
    return day.day == 1 and (day.month - 1) % _MONTHS[period] == 0
