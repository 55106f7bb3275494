"""People as the desk sees them: found as one types, and one person's page with what happened and what will."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from kit.clock import local_day
from kit.errors import Refusal
from kit.masking import masked_phone
from models.care.visits import VisitTask
from models.columns import blind
from models.help.posts import PostHolding
from models.people.accounts import Binding
from models.people.check_in import CheckIn
from models.people.members import STAFF, TAIL, Person
from models.people.organisation import Organisation, Role
from services.care import life_events
from services.county.desk import scope
from services.people import access, members

FOUND = 30
"""How many people one search shows: who is not among them is found by one more sign."""
_MOBILE = 11


@dataclass(frozen=True, slots=True)
class Row:
    """One person in a list: nothing that is masked elsewhere (promise V7)."""

    id: int
    name: str
    place: str
    building: str
    age: int | None
    state: str
    is_bound: bool


@dataclass(frozen=True, slots=True)
class Page:
    """What the desk shows of one person: telephone, birth and address masked until somebody gives a reason."""

    row: Row
    person: Person
    standing: str
    phone: str
    birth_year: str
    estate: str
    liaison: str
    offices: Sequence[str]
    check_ins: Sequence[CheckIn] = field(default_factory=tuple)
    holdings: Sequence[PostHolding] = field(default_factory=tuple)
    visits: Sequence[VisitTask] = field(default_factory=tuple)


async def search(reach: access.Reach, said: str, *, today: date) -> list[Row]:
    """People of the own subtree who fit what was typed, by name: a part of the name or home, the letters the name
    begins with (zyh), a whole telephone number or its last four digits.

    Percent signs and underscores are plain characters (promise X20). The indexes of branch, community, telephone and
    letters find them: nobody outside the subtree is looked at.
    """
    ids = await first_by_name(await found_by(reach, said))
    rows = await Person.filter(id__in=ids).select_related("community", "branch")
    found = sorted(rows, key=lambda person: ids.index(person.id))
    bound = await _bound([person.id for person in found])
    return [_row(person, person.id in bound, today) for person in found]


async def found_by(reach: access.Reach, said: str) -> QuerySet[Person]:
    """All rows a search finds."""
    said = said.strip()[:40]
    rows = (await scope.people(reach, "see_name")).exclude(standing=STAFF)
    return rows.filter(_fits(said)) if said else rows


async def first_by_name(rows: QuerySet[Person]) -> list[int]:
    """The ids of the first of them by name.

    Sorted here: asked to sort, a database walks the index of all names of the county until enough are found.
    """
    found = await rows.values_list("name", "id")
    return [int(one) for _, one in sorted((str(name), one) for name, one in found)[:FOUND]]


def _fits(said: str) -> Q:
    if said.isascii() and said.isdigit() and len(said) == _MOBILE:
        return Q(phone_index=blind(said, "person.phone"))
    ways = [Q(name__contains=said), Q(building__contains=said), Q(estate__contains=said)]
    if said.isascii() and said.isdigit() and len(said) == TAIL:
        ways.append(Q(phone_tail=blind(said, "person.phone_tail")))
    if said.isascii() and said.isalpha():
        ways.append(Q(initials__startswith=said.lower()))
    return Q(*ways, join_type=Q.OR)


async def one(person_id: int, reach: access.Reach) -> Person:
    """The person, for those who may read the name; raises `access.unknown` for all others."""
    rows = access.visible(reach, Person.filter(id=person_id), "see_name")
    person = await rows.select_related("community", "branch", "liaison").first()
    if person is None:
        raise Refusal("access.unknown")
    return person


@dataclass(frozen=True, slots=True)
class May:
    """What the asker may do to a person: enter deeds on behalf, say what became of a life."""

    enter: bool
    life: bool


async def may_do(person: Person, reach: access.Reach) -> May:
    """Both answers, for the page to show no button that would be refused."""
    return May(await access.may(reach, "check_in", person), await life_events.may_confirm(reach, person))


async def theirs(person_id: int, reach: access.Reach, action: access.Action) -> Person:
    """The person, for those who may do this to them; raises `access.unknown` for all others."""
    person = await Person.get_or_none(id=person_id)
    await access.require(reach, action, person)
    if person is None:
        raise Refusal("access.unknown")
    return person


async def page(person_id: int, reach: access.Reach, *, now: datetime) -> Page:
    """Everything the desk shows of one person, in a fixed number of statements."""
    person, today = await one(person_id, reach), local_day(now)
    bound = await _bound([person.id])
    offices = await Role.held(today).filter(person_id=person.id).select_related("organisation")
    return Page(
        row=_row(person, bool(bound), today),
        person=person,
        standing=person.standing,
        phone=masked_phone(person.phone or ""),
        birth_year=(person.birth or "")[:4],
        estate=person.estate or "",
        liaison=person.liaison.name if person.liaison else "",
        offices=[f"{office.organisation.name}·{office.role}" for office in offices],
        check_ins=await CheckIn.filter(person_id=person.id).order_by("-id").limit(5).select_related("community"),
        holdings=await PostHolding.filter(person_id=person.id).order_by("-id").limit(10).select_related("post"),
        visits=await VisitTask.filter(subject_id=person.id).order_by("-due_on").limit(20),
    )


async def _bound(ids: Sequence[int]) -> set[int]:
    rows = Binding.current().filter(person_id__in=list(ids), relation="self")
    return {row["person_id"] for row in await rows.values("person_id")} if ids else set()


def _row(person: Person, is_bound: bool, today: date) -> Row:
    home: Organisation | None = person.community or person.branch
    place = home.name if home else ""
    return Row(person.id, person.name, place, person.building or "", members.age(person, today), person.state, is_bound)
