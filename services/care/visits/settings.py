"""The rules of visits as sentences with blanks: read, and changed; what a change would do: `foreseeing`.

What was changed holds from the next planning on, which looks at everybody anew: nothing open is doubled or dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from tortoise.expressions import Q

from kit.county import County
from kit.errors import Refusal
from models.care.visit_settings import VisitSetting
from models.people.members import Person
from models.people.organisation import Organisation
from services.care.visit_rules import VisitRules, rules_of
from services.people import audit
from services.people.access import Reach

Section = Literal["visits", "birthdays"]
Effect = Literal["day", "rhythm", "opens", "reminder", "rise", "later", "load"]
TIMES = MappingProxyType({"year": 1, "half": 2, "quarter": 4, "month": 12, "week": 52})
"""How often in a year what comes back in each such period does."""


@dataclass(frozen=True, slots=True)
class Blank:
    """One sentence's blank: where its number stands in the county's file, and which numbers make sense.

    `effect` is what it moves: an occasion's day, a rhythm, the first day of a window, the first reminder, when it
    rises; `later` only what is still to happen, `load` who gets what is new. `place` is which of several numbers.
    """

    section: Section
    least: int
    most: int
    effect: Effect
    field: str = ""
    place: int | None = None


def _rises(field: str, most: int) -> dict[str, Blank]:
    return {f"{field}_{place + 1}": Blank("visits", 1, most, "rise", field, place) for place in range(3)}


BLANKS: Mapping[str, Blank] = MappingProxyType(
    {
        "first_age": Blank("birthdays", 50, 100, "day"),
        "offset_male": Blank("birthdays", -2, 0, "day"),
        "offset_female": Blank("birthdays", -2, 0, "day"),
        "birthday_window_days": Blank("visits", 0, 30, "opens"),
        "festival_window_days": Blank("visits", 0, 60, "opens"),
        "remind_first": Blank("visits", 1, 30, "reminder", "remind_days"),
        "tier_county": Blank("visits", 1, 52, "rhythm"),
        "tier_township": Blank("visits", 1, 52, "rhythm"),
        "tier_community": Blank("visits", 1, 52, "rhythm"),
        **{f"wellbeing_{risks}": Blank("visits", 1, 52, "rhythm", "wellbeing", risks) for risks in range(3)},
        "hospital_days": Blank("visits", 1, 14, "later"),
        "hospital_again_days": Blank("visits", 7, 90, "later"),
        "discharge_days": Blank("visits", 1, 30, "later"),
        "condolence_hours": Blank("visits", 6, 72, "later"),
        "hardship_days": Blank("visits", 1, 14, "later"),
        **_rises("rise_days", 60),
        **_rises("rise_hours", 168),
        "most_open": Blank("visits", 5, 500, "load"),
    }
)


LOCAL = ("birthday_window_days", "festival_window_days", "remind_first")
"""What a community may set for itself; the rest is the same in the whole county."""


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
    return _rules(county, await VisitSetting.all().order_by("id"))


async def rules_with(county: County, name: str, value: int, community_id: int | None) -> VisitRules:
    """The rules as they would be with this number in this blank, of the county or of one community.

    Raises as `require_sensible`.
    """
    require_sensible(await county_now(county, community_id), name, value)
    rows = await VisitSetting.all().order_by("id")
    others = [row for row in rows if (row.name, row.community_id) != (name, community_id)]
    return _rules(county, [*others, VisitSetting(name=name, value=value, community_id=community_id)])


def _rules(county: County, rows: Sequence[VisitSetting]) -> VisitRules:
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
    return await Organisation.get_or_none(id=own.pop()) if len(own) == 1 and not _is_county(reach) else None


def may_change(name: str, place: Organisation | None, reach: Reach) -> bool:
    """Whether this person, who sets the numbers of `place` if any, may fill this blank."""
    return _is_county(reach) or (place is not None and name in LOCAL)


def _is_county(reach: Reach) -> bool:
    return any(grant.capacity == "county" for grant in reach.grants)


def number_of(county: County, name: str) -> int:
    """What stands in the blank."""
    if name == "remind_first":
        return max(county.visits.remind_days, default=0)
    blank = BLANKS[name]
    found = getattr(getattr(county, blank.section), blank.field or name)
    found = found if blank.place is None else found[blank.place]
    return TIMES[found] if blank.effect == "rhythm" else int(found)


async def change(name: str, value: int, *, county: County, by: Person, reach: Reach, now: datetime) -> None:
    """Fill the blank. The county's own offices do so for all, a community for itself where that may differ.

    Raises `visits.rules_are_the_county_s` for everybody else, and as `require_sensible`.
    """
    place = await place_of(reach) if name in LOCAL else None
    if not may_change(name, place, reach):
        raise Refusal("visits.rules_are_the_county_s")
    where = place.id if place else None
    require_sensible(await county_now(county, where), name, value)
    # Nothing is unique about an empty community: the row is looked for first.
    row = await VisitSetting.get_or_none(name=name, community_id=where) or VisitSetting(name=name, community_id=where)
    row.value, row.set_by_id, row.set_at = value, by.id, now
    await row.save()
    await audit.note(audit.by_person(by), "visit_rule", now=now, subject=name, value=value, at=where)


def require_sensible(county: County, name: str, value: int) -> None:
    """Raises `visits.number_out_of_range`, `visits.times_of_a_year`, and `visits.rise_in_order` between two levels."""
    blank = BLANKS[name]
    if not blank.least <= value <= blank.most:
        raise Refusal("visits.number_out_of_range", least=blank.least, most=blank.most)
    if blank.effect == "rhythm" and value not in TIMES.values():
        raise Refusal("visits.times_of_a_year")
    if blank.effect == "rise":
        after = getattr(_changed(county, name, value).visits, blank.field)
        if list(after) != sorted(set(after)):
            raise Refusal("visits.rise_in_order")


def _changed(county: County, name: str, value: int) -> County:
    section = BLANKS[name].section
    part = getattr(county, section).model_copy(update=_as_numbers(county, name, value))
    return county.model_copy(update={section: part})


def _as_numbers(county: County, name: str, value: int) -> dict[str, Any]:
    if name == "remind_first":
        later = sorted(county.visits.remind_days, reverse=True)[1:]
        return {"remind_days": (value, *(day for day in later if day < value))}
    blank = BLANKS[name]
    filled = next(period for period, times in TIMES.items() if times == value) if blank.effect == "rhythm" else value
    if blank.place is None:
        return {blank.field or name: filled}
    row = list(getattr(county.visits, blank.field))
    row[blank.place] = filled
    return {blank.field: tuple(row)}
