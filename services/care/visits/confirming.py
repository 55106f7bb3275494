"""The person visited says whether somebody came; a no goes to the secretary and takes nothing away by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from tortoise.expressions import Q

import texts
from delivery import waiting
from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import local_day
from kit.errors import Refusal
from models.care.visits import VisitRecord, VisitTask
from models.people.members import Person
from services.care.visit_rules import FOR_FAMILY
from services.county import escalation
from services.people import access
from services.people.access import Reach

CAME, NOT_CAME = "came", "not_came"
TOPIC = "visit_check"
"""Goes in the chat only: who can't be asked there is asked on the next call."""
_ASKED_AFTER = timedelta(hours=2)
_ASKED_UNTIL = timedelta(days=14)


async def ask_visited(task: VisitTask, by: Person, record_id: int, *, now: datetime) -> None:
    """他们来看您了吗: some time after the visit, to the person or whoever speaks for them; never in grief."""
    if task.kind in FOR_FAMILY:
        return
    asks = (
        Asked(texts.render("visits.came"), "visits.came", {"visit": task.id}),
        Asked(texts.render("visits.not_came"), "visits.not_came", {"visit": task.id}),
    )
    until = now + _ASKED_UNTIL
    letter = Letter("visits.did_they_come", {"name": by.name}, topic=TOPIC, asks=asks, useful_until=until)
    once = f"visit:{task.id}:came:{record_id}"
    await post_notice(to_person(task.subject_id), letter, once=once, now=now, due_at=now + _ASKED_AFTER)


async def to_ask_by_the_way(task_id: int, caller: int) -> int | None:
    """The last visit of somebody else to the same person that nobody has confirmed: to be asked on the telephone."""
    task = await VisitTask.get(id=task_id)
    done = VisitTask.filter(subject_id=task.subject_id, state="done", answer__isnull=True, records__result="visited")
    last = await done.exclude(kind__in=list(FOR_FAMILY)).exclude(id=task_id).order_by("-done_at").first()
    return last.id if last and not await _is_own(last, caller) else None


async def say_came(task_id: int, by: Reach, *, now: datetime) -> None:
    """Yes, they came. Raises `visits.unknown` for anybody but the person, who speaks for them or who asked by phone."""
    await _answer(await _theirs(task_id, by), CAME, now)


async def say_not_came(task_id: int, by: Reach, *, now: datetime) -> None:
    """No, nobody came: the secretary is asked to look into it, and if nobody does it rises. Raises `visits.unknown`."""
    task = await _theirs(task_id, by)
    if not await _answer(task, NOT_CAME, now):
        return
    await VisitTask.filter(id=task.id).update(doubt_risen_to=0)
    subject = await Person.get(id=task.subject_id)
    head = await _secretary(subject, task.assignee_id, now)
    if head is not None:
        asks = (Asked(texts.render("visits.see_doubt"), "visits.doubt", {"visit": task.id}),)
        letter = Letter("visits.doubted", {}, topic="work", asks=asks)
        await post_notice(to_person(head), letter, once=f"visit:{task.id}:doubt:{int(now.timestamp())}", now=now)


async def _theirs(task_id: int, by: Reach) -> VisitTask:
    """The visit, for the person, who speaks for them, and another visitor of theirs who asked on the telephone."""
    task = await VisitTask.get_or_none(id=task_id, state="done")
    if task is not None and task.subject_id in (by.person_id, *by.principals):
        return task
    if task is None or await _is_own(task, by.person_id):
        raise Refusal("visits.unknown")
    if not await VisitTask.exists(subject_id=task.subject_id, assignee_id=by.person_id):
        raise Refusal("visits.unknown")
    return task


async def _is_own(task: VisitTask, person_id: int) -> bool:
    """Whether this person noted the visit: nobody confirms their own."""
    return await VisitRecord.filter(task_id=task.id, entered_by_id=person_id).exists()


async def _answer(task: VisitTask, answer: str, now: datetime) -> bool:
    """Whether this was news."""
    await waiting.cancel(f"visit:{task.id}:came", now)
    fresh = VisitTask.filter(Q(answer__isnull=True) | ~Q(answer=answer), id=task.id, state="done")
    return bool(await fresh.update(answer=answer, answered_at=now, doubt_risen_to=None))


async def _secretary(subject: Person, visitor: int | None, now: datetime) -> int | None:
    """Never the visitor, who would look into their own word."""
    chains = access.Chains(local_day(now))
    place = (subject.branch_id, subject.community_id)
    await chains.learn([place])
    return chains.head(place, escalation.LEVELS[0], but=(subject.id, visitor or 0))
