"""活动登记: somebody takes part in another organisation's life; their membership stays where it is, never mixed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from delivery import waiting
from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import local_day
from kit.errors import Refusal
from models.people.members import STAFF, ActivityRegistration, Person
from models.people.organisation import Organisation
from services.outreach.audience import ACTIVITY_KINDS
from services.people import access, audit, members, organisation
from texts import render

_LAST_DIGITS = 4


async def places_of(reach: access.Reach) -> list[Organisation]:
    """Where this person registers people: what exists for activities alone first, then branches and communities."""
    paths = [*reach.paths("approve", "subtree"), *reach.paths("manage_offices", "subtree")]
    found: dict[int, Organisation] = {}
    for path in paths:
        for place in await Organisation.beneath(path).filter(closed_on__isnull=True):
            found[place.id] = place
    wanted = [one for one in found.values() if one.kind in ACTIVITY_KINDS or _has_members(one)]
    return sorted(wanted, key=lambda place: (place.kind not in ACTIVITY_KINDS, place.path, place.id))


def _has_members(place: Organisation) -> bool:
    return organisation.tier_of(place.kind) in ("community", "branch")


async def place_called(said: str, reach: access.Reach) -> Organisation:
    """The one place of theirs that is called so; raises `registrations.no_place` and `.several_places`."""
    places = await places_of(reach)
    wanted = "".join(said.split())
    fitting = [place for place in places if place.name == wanted] or [one for one in places if wanted in one.name]
    if not wanted or not fitting:
        raise Refusal("registrations.no_place", name=said[:20])
    if len(fitting) > 1:
        raise Refusal("registrations.several_places", name=said[:20])
    return fitting[0]


async def place_by_id(place_id: int, reach: access.Reach) -> Organisation:
    """One of their places; raises `access.unknown` for any other."""
    place = next((one for one in await places_of(reach) if one.id == place_id), None)
    if place is None:
        raise Refusal("access.unknown")
    return place


async def person_called(said: str, reach: access.Reach) -> Person:
    """Who is meant by a full name, and by the last four of the telephone where they belong elsewhere.

    A name alone finds only those whose names are the asker's business: nobody is looked for in other places without
    knowing them. Raises `registrations.nobody` and `registrations.several`.
    """
    name, digits = "".join(sign for sign in said if not sign.isdigit()), "".join(filter(str.isdigit, said))
    called = Person.filter(name=members.plain_name(name), state=members.ACTIVE).exclude(standing=STAFF)
    if len(digits) == _LAST_DIGITS:
        found = [person for person in await called if (person.phone or "").endswith(digits)]
    else:
        found = await access.visible(reach, called, "see_name")
    if not found:
        raise Refusal("registrations.nobody", name=name[:20])
    if len(found) > 1:
        raise Refusal("registrations.several", name=name[:20])
    return found[0]


async def register(person: Person, place: Organisation, *, by: Person, now: datetime) -> ActivityRegistration:
    """The person takes part here from today; they are told, and can say no. Membership does not change.

    Raises `registrations.is_member` where the membership itself is here, `registrations.already`.
    """
    if await is_member_of(person, place):
        raise Refusal("registrations.is_member", name=person.name, place=place.name)
    today = local_day(now)
    row = await ActivityRegistration.get_or_none(person_id=person.id, organisation_id=place.id)
    if row is not None and (row.until is None or row.until >= today):
        raise Refusal("registrations.already", name=person.name, place=place.name)
    row = row or ActivityRegistration(person_id=person.id, organisation_id=place.id)
    row.since, row.until = today, None
    await row.save()
    await _tell(row, person, place, by, now)
    await audit.note(audit.by_person(by), "registration.begun", now=now, subject=audit.by_person(person), at=place.id)
    return row


async def _tell(row: ActivityRegistration, person: Person, place: Organisation, by: Person, now: datetime) -> None:
    letter = Letter(
        "registrations.told",
        {"name": by.name, "place": place.name},
        asks=(Asked(render("registrations.do_leave"), "registrations.leave", {"registration": row.id}),),
    )
    await post_notice(to_person(person), letter, once=f"registration:{row.id}:{int(now.timestamp())}", now=now)


async def is_member_of(person: Person, place: Organisation) -> bool:
    """Whether the person's membership, or the community they live in, is this very place."""
    return place.id in (person.branch_id, person.community_id)


async def end(registration_id: int, *, by: Person, reach: access.Reach, now: datetime) -> tuple[Person, Organisation]:
    """The person takes part no more from today on, by their own wish or the place's; raises `access.unknown`."""
    row = await ActivityRegistration.get_or_none(id=registration_id).prefetch_related("person", "organisation")
    if row is None or (
        row.person_id != by.id and row.organisation_id not in {one.id for one in await places_of(reach)}
    ):
        raise Refusal("access.unknown")
    person, place = row.person, row.organisation
    await waiting.cancel(f"registration:{row.id}", now)
    row.until = local_day(now) - timedelta(days=1)
    await row.save(update_fields=["until"])
    await audit.note(audit.by_person(by), "registration.ended", now=now, subject=audit.by_person(person), at=place.id)
    return person, place


async def standing(person: Person, place: Organisation, on: date) -> ActivityRegistration:
    """The registration of the person at this place; raises `registrations.none_here`."""
    row = await ActivityRegistration.held(on).filter(person_id=person.id, organisation_id=place.id).first()
    if row is None:
        raise Refusal("registrations.none_here", name=person.name, place=place.name)
    return row
