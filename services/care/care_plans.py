"""一人一策: the plan of one person, its short form for the visitor, the team of five seats, and its empty seats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import texts
from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import local_day
from kit.errors import Refusal
from models.care.care_plans import CarePlan, CareSeat
from models.care.visits import VisitTask
from models.people.access import DutyPerson
from models.people.members import Consent, Person
from models.people.organisation import Role
from services.people import access, audit, members
from services.people.access import Reach
from services.people.members import ACTIVE

Risk = Literal["lives_alone", "empty_nest", "disabled"]
RISKS: tuple[Risk, ...] = ("lives_alone", "empty_nest", "disabled")
"""What is said of a person; 高龄 (very_old) is counted from the date of birth."""
TIERS = ("county", "township", "community")
SEATS = ("former_unit", "retired_cadre_bureau", "health_bureau", "insurance_bureau", "county_hospital")
"""一对一服务专班: exactly one leader each (domain §2.5)."""
WORDS = ("likes", "needs", "how_to_reach", "to_avoid")
EXTRAS = (*TIERS, "home_round", "home_study")


@dataclass(frozen=True, slots=True)
class Card:
    """The short form (情况卡), for those whose task it is."""

    person_id: int
    name: str
    words: Mapping[str, str]
    risks: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    seats: Mapping[str, str | None] | None = None


async def card_of(person: Person, reach: Reach, *, now: datetime) -> Card:
    """The plan of a person for whoever may see such things; the look is entered in the book.

    Raises `access.unknown` for others (domain §2.22: secretary, community, the person themselves).
    """
    await access.require(reach, "see_tags", person)
    plan = await CarePlan.get_or_none(person_id=person.id)
    about = audit.by_person(person)
    await audit.note(audit.by_person(reach.person_id), "unmasked", now=now, subject=about, reason="care_plan")
    return await _card(person, plan)


async def short_for(task_id: int, visitor_id: int, *, today: date) -> Mapping[str, str]:
    """What the visitor should know at the door, once the visit may be made; nothing for anybody else."""
    task = await VisitTask.get_or_none(id=task_id)
    if task is None or task.window_from > today:
        return {}
    stood_in_for = DutyPerson.on(today).filter(person_id=visitor_id, stands_for_id=task.assignee_id)
    if task.assignee_id != visitor_id and not await stood_in_for.exists():
        return {}
    plan = await CarePlan.get_or_none(person_id=task.subject_id)
    return {name: str(getattr(plan, name)) for name in WORDS if getattr(plan, name)} if plan else {}


async def write(person: Person, words: Mapping[str, str], *, by: Reach, now: datetime) -> None:
    """Write the four lines of the plan. Raises `access.unknown`, `care_plans.needs_consent`."""
    plan = await _plan(person, by, now)
    for name in WORDS:
        setattr(plan, name, words.get(name) or None)
    await _save(plan, by, now)


async def set_risk(person: Person, risk: str, is_so: bool, *, by: Reach, now: datetime) -> None:
    """独居、空巢、失能: how often somebody is visited follows from it. Raises as `write`."""
    plan = await _plan(person, by, now)
    tags = {one for one in (plan.tags or "").split(",") if one}
    plan.tags = ",".join(sorted(tags | {risk} if is_so else tags - {risk}))
    await _save(plan, by, now)


async def set_wanted(person: Person, what: str, is_so: bool, *, by: Reach, now: datetime) -> None:
    """Which tiers visit, and whether the doctor and the reading come to the house. Raises as `write`."""
    plan = await _plan(person, by, now)
    if what in TIERS:
        plan.tiers = [tier for tier in TIERS if (tier == what and is_so) or (tier != what and tier in plan.tiers)]
    else:
        setattr(plan, what, is_so)
    await _save(plan, by, now)


async def seat(person: Person, which: str, name: str, *, by: Reach, now: datetime) -> Person:
    """Put somebody in office on a seat of the team; who sat there before leaves it.

    The first seat taken makes the team: all five exist from then on. Raises `access.unknown`,
    `care_plans.seat_unknown` when nobody or several in office bear the name.
    """
    await access.require(by, "see_tags", person)
    offices = Role.held(local_day(now)).filter(person__name=members.plain_name(name), person__state=ACTIVE)
    found = {int(str(one)) for one in await offices.values_list("person_id", flat=True)}
    if len(found) != 1:
        raise Refusal("care_plans.seat_unknown", name=name[:20])
    for one in SEATS:
        await CareSeat.get_or_create(person_id=person.id, seat=one)
    holder = await Person.get(id=found.pop())
    rows = CareSeat.filter(person_id=person.id, seat=which)
    await rows.update(holder_id=holder.id, since=local_day(now), alerted_on=None)
    actor, about = audit.by_person(by.person_id), audit.by_person(person)
    await audit.note(actor, "care_seat", now=now, subject=about, seat=which, holder=holder.id)
    if which == "county_hospital":
        await CarePlan.filter(person_id=person.id).update(doctor_id=holder.id)
        await Person.filter(id=person.id).update(next_occasions_from=None)
    return holder


async def alert_empty_seats(*, now: datetime, limit: int = 500) -> int:
    """Every seat that nobody living holds is put before the community, once until it is filled; how many."""
    today, alerted = local_day(now), 0
    for row in await CareSeat.filter(alerted_on__isnull=True, person__state=ACTIVE).order_by("id").limit(limit):
        if row.holder_id and await Person.exists(id=row.holder_id, state=ACTIVE):
            continue
        await CareSeat.filter(id=row.id).update(holder_id=None, alerted_on=today)
        await _alert(row, now)
        alerted += 1
    return alerted


async def _alert(row: CareSeat, now: datetime) -> None:
    person = await Person.get(id=row.person_id)
    chains = access.Chains(local_day(now))
    await chains.learn([(person.branch_id, person.community_id)])
    head = chains.head((person.branch_id, person.community_id), "community", but=(person.id,))
    if head is not None:
        asks = (Asked(texts.render("care_plans.see_card"), "care_plans.card", {"person": person.id}),)
        letter = Letter("care_plans.seat_empty", {}, topic="work", asks=asks)
        await post_notice(to_person(head), letter, once=f"care_seat:{row.id}:{local_day(now)}", now=now)


async def _plan(person: Person, by: Reach, now: datetime) -> CarePlan:
    await access.require(by, "see_tags", person)
    agreed = Consent.filter(person_id=person.id, purpose="health", withdrawn_at__isnull=True)
    if not await agreed.exists():
        raise Refusal("care_plans.needs_consent", name=person.name)
    plan, _ = await CarePlan.get_or_create({"written_at": now}, person_id=person.id)
    return plan


async def _save(plan: CarePlan, by: Reach, now: datetime) -> None:
    plan.written_by_id, plan.written_at = by.person_id, now
    await plan.save()
    await Person.filter(id=plan.person_id).update(next_occasions_from=None)
    about = audit.by_person(plan.person_id)
    await audit.note(audit.by_person(by.person_id), "care_plan", now=now, subject=about)


async def _card(person: Person, plan: CarePlan | None) -> Card:
    seats = await CareSeat.filter(person_id=person.id)
    holders = {one.id: one.name for one in await Person.filter(id__in={row.holder_id for row in seats})}
    named = {row.seat: holders.get(row.holder_id or 0) for row in seats}
    if plan is None:
        return Card(person.id, person.name, {}, seats=named)
    words = {name: str(getattr(plan, name)) for name in WORDS if getattr(plan, name)}
    wanted = (*plan.tiers, *(name for name in ("home_round", "home_study") if getattr(plan, name)))
    risks = tuple(one for one in (plan.tags or "").split(",") if one)
    return Card(person.id, person.name, words, risks, wanted, named)
