"""荣退+报到: both sides hear of a retirement thirty days before, and are reminded until the person was greeted."""

from __future__ import annotations

from datetime import datetime, timedelta

from delivery.outbox import Letter, post_notice, to_person
from kit.clock import local_day
from kit.county import CheckInNumbers
from models.people.check_in import CheckIn, RetirementCeremony
from models.people.members import Person
from models.people.organisation import Organisation
from services.county import workdays
from services.county.days import day_facts
from services.people import access, members, organisation

ANNOUNCED, GREETED = "announced", "greeted"
FOLLOW_EVERY_DAYS = 7


async def announce(now: datetime, numbers: CheckInNumbers) -> int:
    """Retirements of the coming days that nobody was told of yet; how many. Safe to repeat.

    Who retired within the last days and comes late onto the roster is followed too, without a word about a ceremony.
    """
    span = timedelta(days=numbers.ceremony_notice_days)
    first, last = local_day(now) - span, local_day(now) + span
    told = await RetirementCeremony.filter(retires_on__gte=first, retires_on__lte=last).values_list(
        "person_id", flat=True
    )
    retiring = Person.filter(retires_on__gte=first, retires_on__lte=last, state=members.ACTIVE)
    people = await retiring.exclude(id__in=list(told)).order_by("retires_on", "id").limit(500)
    for person in people:
        await _announce(person, now)
    return len(people)


async def _announce(person: Person, now: datetime) -> None:
    ceremony = await RetirementCeremony.create(
        person=person, retires_on=person.retires_on, unit=person.unit, announced_at=now
    )
    if await CheckIn.filter(person_id=person.id, state="accepted").exists():
        await RetirementCeremony.filter(id=ceremony.id).update(state=GREETED, greeted_at=now)
    if ceremony.retires_on >= local_day(now):
        await _tell_both(person, ceremony, now)


async def _tell_both(person: Person, ceremony: RetirementCeremony, now: datetime) -> None:
    assert person.retires_on is not None
    facts = {"name": person.name, **day_facts(person.retires_on)}
    if (secretary := await _unit_secretary(person, now)) is not None:
        letter = Letter("check_in.ceremony_unit", facts, topic="work")
        await post_notice(to_person(secretary), letter, once=f"ceremony:{ceremony.id}:unit", now=now)
    community = await _community(person)
    worker = await access.responsible(community, now, await workdays.is_workday(local_day(now)))
    if community is not None and worker is not None:
        letter = Letter("check_in.ceremony_community", {**facts, "community": community.name}, topic="work")
        await post_notice(to_person(worker), letter, once=f"ceremony:{ceremony.id}:community", now=now)


async def follow(now: datetime) -> int:
    """People who have retired and were not greeted yet: the unit's secretary hears of it once a week; how many."""
    today = local_day(now)
    waiting = RetirementCeremony.filter(state=ANNOUNCED, retires_on__lt=today).prefetch_related("person")
    reminded = 0
    for ceremony in await waiting:
        week = (today - ceremony.retires_on).days // FOLLOW_EVERY_DAYS
        secretary = await _unit_secretary(ceremony.person, now)
        if week and secretary is not None and ceremony.person.state == members.ACTIVE:
            letter = Letter("check_in.ceremony_follow", {"name": ceremony.person.name}, topic="work")
            once = f"ceremony:{ceremony.id}:follow:{week}"
            reminded += await post_notice(to_person(secretary), letter, once=once, now=now) is not None
    return reminded


async def _unit_secretary(person: Person, now: datetime) -> Person | None:
    branch = await organisation.branch_of(person)
    if branch is not None:
        for one in await organisation.holders(branch, organisation.SECRETARIES, local_day(now)):
            return one
    return await access.keeper_for(person, now, await workdays.is_workday(local_day(now)))


async def _community(person: Person) -> Organisation | None:
    """Where the person will live: the community known, else the one their estate lies in."""
    if person.community_id:
        return await organisation.community_by_id(person.community_id)
    found = await organisation.community_called(person.estate) if person.estate else []
    return found[0] if len(found) == 1 else None
