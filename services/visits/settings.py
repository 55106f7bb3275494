"""The rules of visits as sentences with blanks: read, previewed as names and dates, changed.

What was changed holds from the next planning on, which looks at everybody anew: nothing open is doubled or dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from tortoise.expressions import Q

from kit.clock import local_day
from kit.county import County
from kit.errors import Refusal
from models.members import STAFF, Person
from models.organisation import Organisation
from models.visit_settings import VisitSetting
from services import audit, members
from services.access import Reach
from services.members import in_subtrees
from services.visit_rules import VisitRules, outlook, rules_of
from services.visits.adapting import celebrant

Section = Literal["visits", "birthdays"]
_LOOKED_AT = 3000
_AHEAD = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Blank:
    """One sentence's blank: where its number stands in the county's file, and which numbers make sense."""

    section: Section
    least: int
    most: int


BLANKS: Mapping[str, Blank] = MappingProxyType(
    {
        "first_age": Blank("birthdays", 50, 100),
        "offset_male": Blank("birthdays", -2, 0),
        "offset_female": Blank("birthdays", -2, 0),
        "birthday_window_days": Blank("visits", 0, 30),
        "festival_window_days": Blank("visits", 0, 60),
        "remind_first": Blank("visits", 1, 30),
        "hospital_days": Blank("visits", 1, 14),
        "discharge_days": Blank("visits", 1, 30),
        "condolence_hours": Blank("visits", 6, 72),
        "most_open": Blank("visits", 5, 500),
    }
)


LOCAL = ("birthday_window_days", "festival_window_days", "remind_first")
"""What a community may set for itself; the rest is the same in the whole county."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a changed rule would do to one person: an occasion's day before and after; None: there is none."""

    name: str
    occasion: str
    before: date | None
    after: date | None


async def county_now(county: County, community_id: int | None = None) -> County:
    """The county's numbers with what was changed since (decision 8), and with those of one community."""
    rows = await VisitSetting.filter(Q(community_id__isnull=True) | Q(community_id=community_id))
    return _filled(county, sorted(rows, key=lambda row: row.community_id or 0))


def _filled(county: County, rows: Sequence[VisitSetting]) -> County:
    for row in rows:
        if row.name in BLANKS:
            county = _changed(county, row.name, int(row.value))
    return county


async def rules_now(county: County) -> VisitRules:
    """The rules that hold now, in the county and in communities with numbers of their own."""
    rows = await VisitSetting.all().order_by("id")
    whole = _filled(county, [row for row in rows if row.community_id is None])
    own: dict[int, list[VisitSetting]] = {}
    for row in rows:
        if row.community_id is not None and row.name in LOCAL:
            own.setdefault(row.community_id, []).append(row)
    local = {place: rules_of(_filled(whole, some)).visits for place, some in own.items()}
    return replace(rules_of(whole), local=local)


async def place_of(reach: Reach) -> Organisation | None:
    """The one community whose numbers this person sets; None for the county's own offices and for everybody else."""
    own = {int(grant.path.rstrip("/").rpartition("/")[2]) for grant in reach.grants if grant.capacity == "community"}
    is_county = any(grant.capacity == "county" for grant in reach.grants)
    return await Organisation.get_or_none(id=own.pop()) if len(own) == 1 and not is_county else None


def number_of(county: County, name: str) -> int:
    """What stands in the blank."""
    if name == "remind_first":
        return max(county.visits.remind_days, default=0)
    return int(getattr(getattr(county, BLANKS[name].section), name))


async def preview(county: County, name: str, value: int, reach: Reach, *, now: datetime) -> list[Change]:
    """Whose occasions of the coming year would move, come or go, among the people of whoever asks.

    Raises `visits.number_out_of_range`.
    """
    _require_sensible(name, value)
    # What a community may set for itself are windows and reminders, which move no day.
    before, after = await rules_now(county), rules_of(_changed(await county_now(county), name, value))
    if before.birthdays == after.birthdays and before.visits.festivals == after.visits.festivals:
        return []
    here = in_subtrees([grant.path for grant in reach.grants])
    roster = Person.filter(here, state=members.ACTIVE).exclude(standing=STAFF).order_by("id").limit(_LOOKED_AT)
    today = local_day(now)
    return [change for person in await roster for change in _changes(person, before, after, today)]


async def change(name: str, value: int, *, by: Person, reach: Reach, now: datetime) -> None:
    """Fill the blank. The county's own offices do so for all, a community for itself where that may differ.

    Raises `visits.rules_are_the_county_s` for everybody else, `visits.number_out_of_range`.
    """
    place = await place_of(reach) if name in LOCAL else None
    if not may_change(name, reach, place):
        raise Refusal("visits.rules_are_the_county_s")
    _require_sensible(name, value)
    where = place.id if place else None
    # Nothing is unique about an empty community: the row is looked for first.
    row = await VisitSetting.get_or_none(name=name, community_id=where) or VisitSetting(name=name, community_id=where)
    row.value, row.set_by_id, row.set_at = value, by.id, now
    await row.save()
    await audit.note(audit.by_person(by), "visit_rule", now=now, subject=name, value=value, at=where)


def may_change(name: str, reach: Reach, place: Organisation | None) -> bool:
    """Whether this blank is theirs to fill; `place` is `place_of` them."""
    return (place is not None and name in LOCAL) or any(grant.capacity == "county" for grant in reach.grants)


def _require_sensible(name: str, value: int) -> None:
    blank = BLANKS[name]
    if not blank.least <= value <= blank.most:
        raise Refusal("visits.number_out_of_range", least=blank.least, most=blank.most)


def _changed(county: County, name: str, value: int) -> County:
    section = BLANKS[name].section
    part = getattr(county, section).model_copy(update=_as_numbers(county, name, value))
    return county.model_copy(update={section: part})


def _as_numbers(county: County, name: str, value: int) -> dict[str, Any]:
    if name != "remind_first":
        return {name: value}
    later = sorted(county.visits.remind_days, reverse=True)[1:]
    return {"remind_days": (value, *(day for day in later if day < value))}


def _changes(person: Person, before: VisitRules, after: VisitRules, today: date) -> list[Change]:
    known = celebrant(person)
    days = [
        {one.key: one.on for one in outlook(known, rules, today - timedelta(days=1), today + _AHEAD).due}
        for rules in (before, after)
    ]
    keys = sorted(days[0].keys() | days[1].keys())
    found = [Change(person.name, key, days[0].get(key), days[1].get(key)) for key in keys]
    return [one for one in found if one.before != one.after]
