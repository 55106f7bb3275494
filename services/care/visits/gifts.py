"""Gifts and aid handed over on a visit (慰问品): two names for each, the one who gave and the one who was there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import texts
from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import local_day
from kit.errors import Refusal
from models.care.visits import Gift, VisitRecord, VisitTask
from models.people.members import Person
from models.people.organisation import Role
from services.people import access, audit, members
from services.people.access import Reach
from services.people.members import ACTIVE

NOTED, CONFIRMED, DISPUTED = "noted", "confirmed", "disputed"


@dataclass(frozen=True, slots=True)
class Shown:
    """A gift as the second name, or whoever looks into it, reads it."""

    gift_id: int
    what: str
    for_whom: str
    giver: str
    second: str
    state: str


async def note_gift(task_id: int, what: str, second: str, *, by: Person, now: datetime) -> Gift:
    """Enter what was given with the name of the second person, who is asked to confirm it.

    Raises `visits.unknown` for a visit of somebody else, `visits.second_unknown` when nobody or several of that name
    belong there, `visits.second_is_same` for the giver or the person visited.
    """
    task = await VisitTask.filter(id=task_id, state="done").select_related("subject").first()
    if task is None or not await VisitRecord.filter(task_id=task_id, entered_by_id=by.id).exists():
        raise Refusal("visits.unknown")
    witness = await _second(second, task.subject)
    if witness.id in (by.id, task.subject_id):
        raise Refusal("visits.second_is_same")
    gift = await Gift.create(task_id=task.id, what=what.strip(), giver_id=by.id, second_id=witness.id, at=now)
    asks = (Asked(texts.render("visits.see_gift"), "visits.gift_check", {"gift": gift.id}),)
    letter = Letter("visits.gift_second", {}, topic="work", asks=asks)
    await post_notice(to_person(witness), letter, once=f"gift:{gift.id}:second", now=now)
    await audit.note(audit.by_person(by), "gift.noted", now=now, subject=f"visit:{task.id}")
    return gift


async def gift_of(gift_id: int, reach: Reach) -> Shown:
    """The gift, for its second name and for those over the person; raises `visits.unknown` for others."""
    gift = await Gift.filter(id=gift_id).select_related("task__subject").first()
    if gift is None or not (
        gift.second_id == reach.person_id or await access.may(reach, "see_tags", gift.task.subject)
    ):
        raise Refusal("visits.unknown")
    return await _shown(gift)


async def _shown(gift: Gift) -> Shown:
    names = {one.id: one.name for one in await Person.filter(id__in=[gift.giver_id, gift.second_id])}
    giver, second = names.get(gift.giver_id, ""), names.get(gift.second_id, "")
    return Shown(gift.id, gift.what, gift.task.subject.name, giver, second, gift.state)


async def settle_gift(gift_id: int, *, is_right: bool, by: Person, now: datetime) -> None:
    """The second name says whether it is so; a no goes to the secretary.

    Raises `visits.unknown` for others, `visits.gift_settled` when it was said before.
    """
    gift = await Gift.filter(id=gift_id, second_id=by.id).select_related("task__subject").first()
    if gift is None:
        raise Refusal("visits.unknown")
    state = CONFIRMED if is_right else DISPUTED
    if not await Gift.filter(id=gift_id, state=NOTED).update(state=state, settled_at=now):
        raise Refusal("visits.gift_settled")
    await audit.note(audit.by_person(by), f"gift.{state}", now=now, subject=f"visit:{gift.task_id}")
    if not is_right:
        await _ask_the_secretary(gift, now)


async def _ask_the_secretary(gift: Gift, now: datetime) -> None:
    subject = gift.task.subject
    chains = access.Chains(local_day(now))
    await chains.learn([(subject.branch_id, subject.community_id)])
    not_to = (subject.id, gift.giver_id, gift.second_id)
    head = chains.head((subject.branch_id, subject.community_id), "secretary", but=not_to)
    if head is not None:
        asks = (Asked(texts.render("visits.see_gift"), "visits.gift_check", {"gift": gift.id}),)
        letter = Letter("visits.gift_disputed", {}, topic="work", asks=asks)
        await post_notice(to_person(head), letter, once=f"gift:{gift.id}:disputed", now=now)


async def _second(said: str, subject: Person) -> Person:
    """The one of this name who belongs to the branch or community of the person visited, or works there."""
    name = members.said_name(said) or said.strip()
    near = []
    for person in await Person.filter(name=members.plain_name(name), state=ACTIVE):
        homes = {person.branch_id, person.community_id} - {None}
        is_near = bool(homes & {subject.branch_id, subject.community_id})
        if is_near or await Role.filter(person_id=person.id).exists():
            near.append(person)
    if len(near) != 1:
        raise Refusal("visits.second_unknown", name=name[:20])
    return near[0]


async def gift_shown(gift_id: int) -> Shown:
    """The gift just entered, for whoever entered it."""
    return await _shown(await Gift.get(id=gift_id).select_related("task__subject"))
