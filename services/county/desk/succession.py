"""Handing the desk to a successor in one step: the office, everything in hand, and a code to come in with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kit.clock import local_day
from kit.errors import Refusal
from models.people.members import Person
from models.people.organisation import Role
from services.county.desk.tree import end_office
from services.people import access, audit, duty_persons, handover, login_codes, organisation
from services.people.organisation import SECRETARIES, WORKERS

LISTED = 100


@dataclass(frozen=True, slots=True)
class Succeeded:
    """What came of it; the code is shown once and kept nowhere."""

    name: str
    code: login_codes.PrintedCode
    held: handover.HandedOver


async def offices(reach: access.Reach, now: datetime) -> list[Role]:
    """The desks that this person may hand on: offices of secretaries and workers beneath the own level."""
    held = Role.held(local_day(now)).filter(role__in=(*SECRETARIES, *WORKERS), person__state="active")
    seen = access.visible(reach, held, "manage_offices", organisation="organisation")
    return await seen.order_by("organisation__path", "id").limit(LISTED).select_related("person", "organisation")


async def succeed(
    office_id: int, successor: str, *, by: Person, reach: access.Reach, now: datetime, most: int
) -> Succeeded:
    """The successor takes the office and everything in hand from today on; the predecessor's sessions end.

    Raises `access.unknown` for an office that is not theirs to give, `duty_persons.nobody_called` and
    `handover.…` as those say.
    """
    office = next((one for one in await offices(reach, now) if one.id == office_id), None)
    if office is None:
        raise Refusal("access.unknown")
    giver, today = office.person, local_day(now)
    taker = await duty_persons.near(successor, reach, today)
    held = await handover.hand_over(giver, taker, by=by, now=now, most=most)
    await organisation.appoint(taker, office.role, office.organisation, since=today)
    await end_office(office, by=by, now=now)
    actor, about = audit.by_person(by), audit.by_person(giver)
    await audit.note(actor, "desk_succeeded", now=now, subject=about, role=office.role, to=taker.id)
    return Succeeded(taker.name, await login_codes.make_code(taker, now=now), held)
