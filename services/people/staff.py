"""What people in office need at hand: whether they are, and what a wish on their list says."""

from __future__ import annotations

from datetime import date

from kit.errors import Refusal
from models.help.wishes import Wish
from models.people.members import Person
from models.people.organisation import Organisation, Role
from services.people import access


async def is_staff(person: Person | None, today: date) -> bool:
    """Whether the person holds an office that decides something."""
    return person is not None and (await access.reach_of(person, today)).is_staff


async def office_of(name: str, role: str, place: Organisation) -> Role:
    """The office somebody of this name or key holds there; raises `staff.no_such_office`."""
    rows = Role.filter(role=role, organisation_id=place.id).prefetch_related("person")
    for office in await rows.order_by("id"):
        if name in (office.person.key, office.person.name):
            return office
    raise Refusal("staff.no_such_office", name=name, place=place.name)


async def binding_wish(wish_id: int) -> Wish:
    """The wish of an account to be bound; raises `access.unknown` for anything else."""
    wish = await Wish.get_or_none(id=wish_id, kind="binding")
    if wish is None:
        raise Refusal("access.unknown")
    return wish


async def words_of(wish: Wish) -> str:
    """What the keeper reads of a wish."""
    return wish.words or ""


async def phone_for_wish(wish: Wish) -> str:
    """The number under which the person behind a wish answers; empty when none is known."""
    person = await Person.get_or_none(id=wish.person_id) if wish.person_id else None
    return (person.phone if person else None) or ""
