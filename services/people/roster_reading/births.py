"""The date of birth out of one or two columns, in the calendar the person keeps, and its doubts in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from kit import lunar
from services.people.roster_reading.dates import Calendar, RoughDate, read_date
from services.people.roster_reading.drafts import Problem, error, warning

LEAST_USUAL_AGE, MOST_USUAL_AGE = 40, 110
LEAST_PARTY_AGE = 16


@dataclass(frozen=True, slots=True)
class BirthCell:
    """One birth cell with the calendar its heading or its neighbour names, if any."""

    text: str
    calendar: Calendar | None = None
    leap: bool = False


def read_birth(cells: Sequence[BirthCell], today: date) -> tuple[RoughDate | None, list[Problem]]:
    """The birth to keep; the lunar one where it is whole, for that is the day people celebrate.

    A lunar day without its year takes it from the solar birth beside it when both are the same day.
    """
    found, problems = [], []
    for cell in cells:
        birth = _read(cell)
        if birth is None or not birth.is_possible:
            return None, [error("roster.row_birth_bad", value=cell.text)]
        if birth.is_unclear:
            problems.append(warning("roster.row_birth_month_unclear", value=cell.text))
        if birth.is_serial:
            problems.append(warning("roster.row_birth_serial", value=cell.text, date=str(birth)))
        found.append(birth)
    birth, doubts = _choose(found)
    if birth and birth.year is None:
        return None, [warning("roster.row_birth_year_missing", value=cells[0].text)]
    return birth, problems + doubts + (_doubts(birth, today) if birth else [])


def _read(cell: BirthCell) -> RoughDate | None:
    birth = read_date(cell.text)
    if birth is None:
        return None
    calendar = birth.calendar or ("lunar" if cell.leap else cell.calendar)
    return replace(birth, calendar=calendar or "solar", leap=birth.leap or (cell.leap and calendar == "lunar"))


def _choose(births: Sequence[RoughDate]) -> tuple[RoughDate | None, list[Problem]]:
    lunar_births = [birth for birth in births if birth.calendar == "lunar"]
    solar_births = [birth for birth in births if birth.calendar != "lunar"]
    if not lunar_births or not solar_births:
        return (births[0] if births else None), []
    told, official = lunar_births[0], solar_births[0]
    same_day = _as_lunar(official)
    if same_day and (told.month, told.day) == (same_day.month, same_day.day) and told.year in (None, same_day.year):
        return replace(same_day, leap=told.leap or same_day.leap), []
    if told.is_whole and not official.is_whole:
        return told, []
    return official, [warning("roster.row_birth_two")]


def _as_lunar(birth: RoughDate) -> RoughDate | None:
    if birth.year is None or birth.month is None or birth.day is None:
        return None
    day = date(birth.year, birth.month, birth.day)
    if day < lunar.FIRST_DAY:
        return None
    found = lunar.from_solar(day)
    return RoughDate(found.year, found.month, found.day, "lunar", found.leap)


def _doubts(birth: RoughDate, today: date) -> list[Problem]:
    year = birth.year or 0
    if birth.leap and birth.month is not None and lunar.leap_month(year) != birth.month:
        return [error("roster.row_birth_no_leap", year=year, month=birth.month)]
    if (year, birth.month or 1, birth.day or 1) > (today.year, today.month, today.day):
        return [error("roster.row_birth_future", value=str(birth))]
    doubts = []
    if not birth.is_unclear and not birth.is_whole:
        key = "roster.row_birth_day_missing" if birth.month else "roster.row_birth_month_missing"
        doubts.append(warning(key))
    if not LEAST_USUAL_AGE <= today.year - year <= MOST_USUAL_AGE:
        doubts.append(warning("roster.row_birth_unlikely", age=today.year - year))
    return doubts


def read_joined(text: str, born: RoughDate | None, today: date) -> tuple[str | None, list[Problem]]:
    """The day somebody joined, often known to the month only; before sixteen it is asked about."""
    joined = read_date(text)
    if joined is None or joined.year is None or not joined.is_possible or joined.year > today.year:
        return None, [error("roster.row_joined_bad", value=text)]
    problems = [warning("roster.row_joined_unclear", value=text)] if joined.is_unclear else []
    if born and born.year and joined.year - born.year < LEAST_PARTY_AGE:
        problems.append(warning("roster.row_joined_early", age=joined.year - born.year))
    return str(joined), problems
