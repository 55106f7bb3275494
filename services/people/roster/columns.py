"""Which columns of a person a roster writes: filled from a draft, photographed, and put back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from models.people.members import NAME_COLUMNS, PHONE_COLUMNS, Person
from services.people.roster.preparing import PreparedRow

_AS_WRITTEN = ("sex", "birth", "birth_calendar", "birth_leap", "unit", "estate", "building", "room",
               "preferred_channel")  # fmt: skip
_DATES = ("joined", "retires_on")
ALL = (*_AS_WRITTEN, "phone", "branch", "community", *_DATES, "lives_alone", "skills")
"""The fields of a draft that stand in the person's own row; state and contacts are looked after apart."""
PHOTOGRAPHED = (*_AS_WRITTEN, "name", "phone", "branch_id", "community_id", *_DATES, "lives_alone", "skills", "state")


def fill(person: Person, row: PreparedRow, names: Iterable[str]) -> list[str]:
    """Write these fields of the row's draft; the columns that changed."""
    columns: list[str] = []
    for name in names:
        columns += _put(person, row, name)
    if any(column.startswith("birth") for column in columns):
        # A changed birth is planned anew.
        person.next_occasions_from = None
        columns.append("next_occasions_from")
    return columns


def _put(person: Person, row: PreparedRow, name: str) -> list[str]:
    value = getattr(row.match.draft, name)
    if name == "phone":
        person.set_phone(value)
        return [*PHONE_COLUMNS]
    if name in ("branch", "community"):
        setattr(person, f"{name}_id", getattr(row, f"{name}_id"))
        return [f"{name}_id"]
    if name in _DATES:
        value = date.fromisoformat(value) if value else None
    elif name == "lives_alone":
        value = None if value is None else "yes" if value else "no"
    elif name == "skills":
        value = list(value)
    setattr(person, name, value)
    return [name]


def photograph(person: Person) -> dict[str, Any]:
    """The person's columns as plain JSON values."""
    values = {name: getattr(person, name) for name in PHOTOGRAPHED}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def put_back(person: Person, picture: dict[str, Any]) -> list[str]:
    """Give the person the columns of an earlier photograph; their names."""
    for name, value in picture.items():
        if name == "phone":
            person.set_phone(value)
        elif name in _DATES:
            setattr(person, name, date.fromisoformat(value) if value else None)
        else:
            setattr(person, name, value)
    person.next_occasions_from = None
    return [*dict.fromkeys((*picture, *PHONE_COLUMNS, *NAME_COLUMNS, "next_occasions_from"))]
