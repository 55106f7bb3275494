"""Handing a registration in: by oneself, for somebody else or by staff; and finding it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from delivery import waiting
from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import local_day
from kit.county import CheckInNumbers
from kit.errors import Refusal
from models.people.check_in import CheckIn
from models.people.members import Person
from models.people.organisation import Organisation
from services.county import workdays
from services.county.days import day_facts
from services.people import access, audit, members
from services.people.check_in.states import ACCEPTED, APPLICANT, WAITING, WITHDRAWN


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody says when checking in; `source` is `self`, `proxy`, `staff` or `unit_card`."""

    community_id: int
    estate: str | None = None
    building: str | None = None
    room: str | None = None
    unit: str | None = None
    skills: tuple[str, ...] = ()
    wishes: str | None = None
    source: str = "self"
    openid: str | None = None


async def newcomer(name: str, phone: str) -> Person:
    """The person behind a stranger's name and number: whoever stands on a roster with both, else a new applicant.

    Nothing is bound here: the review is what proves that it is really them.
    """
    for known in await Person.by_phone(phone):
        if known.name == members.plain_name(name) and known.state != members.DECEASED:
            return known
    person = Person(name=members.plain_name(name), state=APPLICANT)
    person.set_phone(phone)
    await person.save()
    return person


async def submit(
    person: Person, application: Application, *, now: datetime, numbers: CheckInNumbers
) -> tuple[CheckIn, Person | None]:
    """A person checks in (报到); the row, and who will answer it.

    Raises `check_in.already_accepted` in the same community and `check_in.already_waiting` anywhere.
    """
    await _require_new(person, application.community_id)
    community = await Organisation.get(id=application.community_id)
    today = local_day(now)
    row = await CheckIn.create(
        person=person,
        community=community,
        estate=application.estate or person.estate,
        building=application.building or person.building,
        room=application.room,
        unit=application.unit or person.unit,
        skills=list(application.skills),
        wishes=application.wishes,
        source=application.source,
        openid=application.openid,
        is_dual=person.standing == "serving_member",
        submitted_at=now,
        due_on=await workdays.add_workdays(today, numbers.answer_days),
    )
    reviewer = await access.responsible(community, now, await workdays.is_workday(today))
    if reviewer:
        await ask_reviewer(row, person, community, reviewer, now, step=0)
    return row, reviewer


async def withdraw(check_in_id: int, person: Person, *, now: datetime) -> None:
    """Whoever handed it in takes it back, unanswered; raises `check_in.too_late` once somebody has answered."""
    mine = CheckIn.filter(id=check_in_id, person_id=person.id, state__in=WAITING)
    if not await mine.update(state=WITHDRAWN):
        raise Refusal("check_in.too_late")
    await waiting.cancel(f"check_in:{check_in_id}:review", now)
    await waiting.answered_elsewhere(f"check_in:{check_in_id}:review", now)
    await audit.note(audit.by_person(person), "check_in.withdrawn", now=now, subject=f"check_in:{check_in_id}")


async def _require_new(person: Person, community_id: int) -> None:
    # Holds the person's row, where the database has such locks: by chat and by staff at once is one registration.
    await Person.filter(id=person.id).select_for_update().first()
    for row in await CheckIn.filter(person_id=person.id, state__in=[*WAITING, ACCEPTED]):
        if row.state in WAITING:
            raise Refusal("check_in.already_waiting", **day_facts(row.due_on))
        if row.community_id == community_id:
            raise Refusal("check_in.already_accepted")


async def ask_reviewer(
    row: CheckIn, person: Person, community: Organisation, reviewer: Person, now: datetime, *, step: int
) -> None:
    """Put the application to the community worker; each step once."""
    letter = Letter(
        "check_in.to_review",
        {"name": person.name, "community": community.name, **day_facts(row.due_on)},
        topic="work",
        asks=(Asked(person.name, "check_in.review", {"check_in": row.id}),),
    )
    await post_notice(to_person(reviewer), letter, once=f"check_in:{row.id}:review:{step}", now=now)


async def waiting_for(reach: access.Reach, limit: int = 5) -> list[CheckIn]:
    """Applications this person may answer, the longest waiting first."""
    rows = CheckIn.filter(state__in=WAITING).order_by("submitted_at").limit(limit)
    seen = access.visible(reach, rows, "check_in", organisation="community")
    return await seen.prefetch_related("person", "community")


async def open_one(check_in_id: int, reach: access.Reach) -> CheckIn:
    """One application this person may answer; raises `access.unknown` when it is not theirs or does not exist."""
    rows = access.visible(reach, CheckIn.filter(id=check_in_id), "check_in", organisation="community")
    row = await rows.prefetch_related("person", "community").first()
    if row is None:
        raise Refusal("access.unknown")
    return row


async def accepted_of(person: Person) -> CheckIn | None:
    """The registration that holds now."""
    return await CheckIn.filter(person_id=person.id, state=ACCEPTED).order_by("-reviewed_at").first()


async def latest_of(person: Person) -> CheckIn | None:
    """The newest registration, whatever became of it."""
    return await CheckIn.filter(person_id=person.id).order_by("-id").first()
