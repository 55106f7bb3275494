"""Hands everything of a sick or leaving visitor to somebody else in one step, for a while or for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tortoise.expressions import Q, Subquery

from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import local_day
from kit.errors import Refusal
from models.care.care_plans import CarePlan, CareSeat
from models.care.curtain import CurtainSubscription
from models.care.visits import OPEN, VisitTask
from models.help.wishes import Wish
from models.people.access import DutyPerson
from models.people.members import Person
from models.people.organisation import Role
from services.care.visits import give
from services.people import audit, members
from texts import render


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What went over: open duties, people looked after (as liaison, or daily), wishes on the list, seats of teams."""

    duties: int
    people: int
    wishes: int
    seats: int


async def preview(giver: Person) -> HandedOver:
    """What this person has in hand now."""
    return HandedOver(
        await VisitTask.filter(assignee_id=giver.id, state__in=OPEN).count(),
        await Person.filter(_looked_after_by(giver.id), state=members.ACTIVE).count(),
        await Wish.filter(keeper_id=giver.id, state="open").count(),
        await CareSeat.filter(holder_id=giver.id).count(),
    )


def _looked_after_by(person_id: int) -> Q:
    watched = CurtainSubscription.filter(until__isnull=True, watcher_id=person_id).values("person_id")
    return Q(liaison_id=person_id) | Q(id__in=Subquery(watched))


async def hand_over(
    giver: Person, taker: Person, *, by: Person, now: datetime, most: int, until: date | None = None
) -> HandedOver:
    """Everything at once; with `until` the other one only stands in for that long, and it comes back by itself.

    Raises `handover.same`, `handover.gone` when the other one is not there, `handover.too_many` when they would have
    more than `most` open duties.
    """
    if giver.id == taker.id:
        raise Refusal("handover.same")
    if taker.state != members.ACTIVE:
        raise Refusal("handover.gone", name=taker.name)
    in_hand, theirs = await preview(giver), await VisitTask.filter(assignee_id=taker.id, state__in=OPEN).count()
    if in_hand.duties + theirs > most:
        raise Refusal("handover.too_many", name=taker.name, count=in_hand.duties + theirs, most=most)
    if until is None:
        await _for_good(giver, taker)
        await _duties(giver, taker)
    else:
        await _for_a_while(giver, taker, local_day(now), until)
    await Wish.filter(keeper_id=giver.id, state="open").exclude(person_id=taker.id).update(keeper_id=taker.id)
    actor, about = audit.by_person(by), audit.by_person(giver)
    lasts = until.isoformat() if until else None
    await audit.note(actor, "handed_over", now=now, subject=about, to=taker.id, until=lasts, duties=in_hand.duties)
    await _tell(taker, giver, in_hand, now)
    return in_hand


async def _for_good(giver: Person, taker: Person) -> None:
    await Person.filter(liaison_id=giver.id).exclude(id=taker.id).update(liaison_id=taker.id, next_occasions_from=None)
    for seat in ("watcher_id", "backup_id"):
        watched = CurtainSubscription.current().filter(members.where(seat, giver.id)).exclude(person_id=taker.id)
        await watched.update(**{seat: taker.id})
    await CareSeat.filter(holder_id=giver.id).exclude(person_id=taker.id).update(holder_id=taker.id, alerted_on=None)
    await CarePlan.filter(doctor_id=giver.id).exclude(person_id=taker.id).update(doctor_id=taker.id)


async def _for_a_while(giver: Person, taker: Person, today: date, until: date) -> None:
    """A deputy with dates: reminders, alarms and whatever is new in that time go to the deputy too."""
    office = await Role.held(today).filter(person_id=giver.id).order_by("id").first()
    place = office.organisation_id if office else (giver.branch_id or giver.community_id)
    if place is None:
        raise Refusal("handover.no_place", name=giver.name)
    dates = {"since": today, "until": until}
    await DutyPerson.get_or_create(dates, organisation_id=place, person_id=taker.id, stands_for_id=giver.id)


async def _duties(giver: Person, taker: Person) -> None:
    """Nobody visits themselves: such a duty stays for the next planning to give to somebody else."""
    tasks = await VisitTask.filter(assignee_id=giver.id, state__in=OPEN)
    for task in tasks:
        give(task, None if task.subject_id == taker.id else taker.id, by_hand=task.subject_id != taker.id)
    if tasks:
        await VisitTask.bulk_update(tasks, ["assignee_id", "is_given", "state", "reminded"], batch_size=200)


async def _tell(taker: Person, giver: Person, went: HandedOver, now: datetime) -> None:
    asks = (Asked(render("visits.see_list"), "visits.mine"),)
    letter = Letter("handover.yours_now", {"name": giver.name, "count": went.duties}, topic="visit", asks=asks)
    once = f"handover:{giver.id}:{taker.id}:{int(now.timestamp())}"
    await post_notice(to_person(taker), letter, once=once, now=now)
