"""Who may look at a report and settle it: who was asked, who heard that it rose, who approves for that person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kit.errors import Refusal
from models.care.life_events import LifeEvent
from models.people.members import Person
from services.county import escalation
from services.people import access, audit, members
from services.people.access import Reach


@dataclass(frozen=True, slots=True)
class Seen:
    """A report opened: `phone` is that of whoever reported it, if known."""

    event: LifeEvent
    person: Person | None
    reporter: Person | None
    phone: str


async def may_confirm(reach: Reach, person: Person | None) -> bool:
    """Whether somebody's office is enough to confirm news of this person (domain §2.22); nobody their own."""
    return person is not None and person.id != reach.person_id and await access.may(reach, "approve", person)


async def one_of(event_id: int, reach: Reach, *, now: datetime) -> Seen:
    """One report, for those who may settle it; the look is entered in the book.

    Raises `access.unknown` for everybody else: "not yours" looks like "does not exist".
    """
    event = await LifeEvent.get_or_none(id=event_id)
    person = await Person.get_or_none(id=event.person_id) if event and event.person_id else None
    if event is None or not await _is_theirs(event, person, reach):
        raise Refusal("access.unknown")
    reporter = await Person.get_or_none(id=event.reporter_id) if event.reporter_id else None
    about = audit.by_person(person) if person else None
    reason = f"report:{event.id}"
    await audit.note(audit.by_person(reach.person_id), "unmasked", now=now, subject=about, reason=reason)
    return Seen(event, person, reporter, (reporter.phone if reporter else None) or "")


async def waiting_for(reach: Reach, limit: int = 5) -> list[LifeEvent]:
    """Reports that wait for this person, the oldest first."""
    found = []
    for event in await LifeEvent.waiting().order_by("reported_at", "id"):
        person = await Person.get_or_none(id=event.person_id) if event.person_id else None
        if await _is_theirs(event, person, reach):
            found.append(event)
        if len(found) == limit:
            break
    return found


async def namesakes(name: str, reach: Reach) -> list[Person]:
    """Whom a name may mean, among those whose news this person may confirm."""
    people = Person.filter(name=members.plain_name(name), state__in=[members.ACTIVE, members.HELD])
    return await access.visible(reach, people.order_by("id"), "approve")


async def _is_theirs(event: LifeEvent, person: Person | None, reach: Reach) -> bool:
    if person is not None and person.id == reach.person_id:
        return False
    if event.keeper_id == reach.person_id or await may_confirm(reach, person):
        return True
    return await escalation.has_heard(reach.person_id, f"report:{event.id}")
