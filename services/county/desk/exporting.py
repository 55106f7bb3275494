"""People of the own subtree as rows of a table, for a spreadsheet of one's own: scoped, and in the book (X15, X21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tortoise.queryset import QuerySet

from kit.clock import local_day
from kit.errors import Refusal
from kit.spreadsheets import Cell
from models.people.accounts import Binding
from models.people.members import STAFF, Person
from services.county.desk import scope
from services.people import access, audit, looks, members

PLAIN = ("name", "sex", "age", "branch", "community", "estate", "building", "liaison", "wechat", "state")
PRIVATE = ("birth", "phone", "room")
MOST = 20_000
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Exported:
    """A table: the names of its columns, and its rows in their order."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


async def count_to_export(reach: access.Reach, *, is_private: bool = False) -> int:
    """How many people would stand in it."""
    return await (await _people(reach, is_private)).count()


async def export_people(reach: access.Reach, reason: str, *, is_private: bool, by: Person, now: datetime) -> Exported:
    """Everybody of the own subtree whose name the asker may read, in a few statements for thousands.

    `is_private` adds birth, telephone and room of those the asker may unmask: each of these looks is entered in the
    book with its reason and shown to whoever asks (promise V9). Raises `looks.reason_wanted`, `desk.too_many_rows`.
    """
    if len(reason.strip()) < looks.SHORTEST_REASON:
        raise Refusal("looks.reason_wanted")
    if (many := await count_to_export(reach, is_private=is_private)) > MOST:
        raise Refusal("desk.too_many_rows", count=many)
    columns = (*PLAIN, *PRIVATE) if is_private else PLAIN
    found, today = await _read(reach, is_private), local_day(now)
    bound = await _bound()
    await _note(found, reason.strip(), by, now, is_private=is_private)
    return Exported(columns, [_cells(one, columns, one.id in bound, today) for one in found])


async def _people(reach: access.Reach, is_private: bool) -> QuerySet[Person]:
    rows = await scope.people(reach, "unmask" if is_private else "see_name")
    return rows.exclude(standing=STAFF)


async def _read(reach: access.Reach, is_private: bool) -> list[Person]:
    rows, found = await _people(reach, is_private), list[Person]()
    while len(some := await _after(rows, found[-1].id if found else 0)) == _AT_ONCE:
        found += some
    return [*found, *some]


async def _after(rows: QuerySet[Person], last: int) -> list[Person]:
    return (
        await rows.filter(id__gt=last).order_by("id").limit(_AT_ONCE).select_related("branch", "community", "liaison")
    )


async def _bound() -> set[int]:
    rows = await Binding.current().filter(relation="self").values_list("person_id", flat=True)
    return {int(str(one)) for one in rows}


def _cells(person: Person, columns: Sequence[str], is_bound: bool, today: date) -> list[Cell]:
    special: dict[str, Cell] = {
        "age": members.age(person, today),
        "branch": person.branch.name if person.branch else "",
        "community": person.community.name if person.community else "",
        "liaison": person.liaison.name if person.liaison else "",
        "wechat": "bound" if is_bound else "not_bound",
    }
    return [special[name] if name in special else getattr(person, name) for name in columns]


async def _note(found: Sequence[Person], reason: str, by: Person, now: datetime, *, is_private: bool) -> None:
    actor = audit.by_person(by)
    await audit.note(actor, "people_exported", now=now, reason=reason, rows=len(found), private=is_private)
    if is_private:
        subjects = [audit.by_person(one) for one in found if one.id != by.id]
        await audit.note_each(actor, "unmasked", subjects, now=now, reason=reason, field="export")
