"""Opens a duty because something happened: one visitor by name, told at once and in words that tell nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tortoise.queryset import QuerySet

import texts
from delivery import waiting
from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import local_day
from models.care.visits import OPEN, NoVisit, VisitTask
from models.outreach.notices import EXPIRED, WAITING, Notice
from models.people.members import Person
from services.care.visit_rules import FOR_FAMILY, VisitKind
from services.care.visits.keepers import Keepers

_UNSAID = (WAITING, EXPIRED)


@dataclass(frozen=True, slots=True)
class Call:
    """What an event asks for: the kind, its name for good, until when, visit or call, from which day it is shown."""

    kind: VisitKind
    occasion: str
    due_on: date
    due_at: datetime | None = None
    way: str = "visit"
    opens: date | None = None
    event_id: int | None = None


async def open_duty(subject: Person, call: Call, *, now: datetime) -> VisitTask:
    """The duty, made once; a visitor whose time has come is told at once.

    Who asked not to be visited is called instead.
    """
    keepers = Keepers(local_day(now))
    await keepers.learn([subject])
    keeper = await keepers.visitor(subject, call.due_on, call.occasion)
    is_called = call.kind not in FOR_FAMILY and await NoVisit.current().filter(person_id=subject.id).exists()
    task, is_new = await VisitTask.get_or_create(
        {
            "kind": call.kind,
            "due_on": call.due_on,
            "due_at": call.due_at,
            "window_from": call.opens or local_day(now),
            "way": "call" if is_called else call.way,
            "event_id": call.event_id,
            "assignee_id": keeper,
            "state": "assigned" if keeper else "planned",
            "made_at": now,
        },
        subject_id=subject.id,
        occasion=call.occasion,
    )
    if is_new and keeper and task.window_from <= local_day(now):
        await tell_visitor(task, now=now)
    return task


async def tell_visitor(task: VisitTask, *, now: datetime, round_: str = "new") -> None:
    """Somebody is to be visited: who and why is read in answer to a digit (promise V12); once in each round."""
    say = "visits.new_call" if task.way == "call" else "visits.new"
    letter = Letter(say, {}, topic="visit", asks=_opens(task))
    once = f"visit:{task.id}:{round_}:{task.assignee_id}"
    await post_notice(to_person(task.assignee_id), letter, once=once, now=now)


async def call_off(
    tasks: Sequence[VisitTask], reason: str, *, now: datetime, knows: Collection[int | None] = ()
) -> None:
    """These open duties are needless: what waits about them is not said, and whoever heard of one hears this too.

    Those who `knows` it already are not told.
    """
    heard: dict[int, list[VisitTask]] = defaultdict(list)
    for task in tasks:
        await waiting.cancel(f"visit:{task.id}", now)
        is_off = await VisitTask.filter(id=task.id, state__in=OPEN).update(state="cancelled", reason=reason)
        if is_off and task.assignee_id and task.assignee_id not in knows and await _has_heard(task):
            heard[task.assignee_id].append(task)
    for visitor, some in heard.items():
        letter = Letter("visits.called_off", {"count": len(some)}, topic="visit", asks=_opens(some[0]))
        once = f"visit:{some[0].id}:off:{int(now.timestamp())}"
        await post_notice(to_person(visitor), letter, once=once, now=now)


async def take_up_again(before: Collection[tuple[int, str]], *, now: datetime) -> None:
    """Duties called off by mistake, with the states they had, stand again; who heard that they are off is told anew."""
    again = []
    for task_id, state in before:
        if await VisitTask.filter(id=task_id, state="cancelled").update(state=state, reason=None):
            await waiting.cancel(f"visit:{task_id}:off", now)
            again.append(await VisitTask.get(id=task_id))
    was_told = {one.assignee_id for one in again if await _notices(one, "off:").exclude(state__in=_UNSAID).exists()}
    for task in (one for one in again if one.assignee_id in was_told):
        await tell_visitor(task, now=now, round_=f"again-{int(now.timestamp())}")


async def _has_heard(task: VisitTask) -> bool:
    """Whether something about the duty went to its visitor, or perhaps did."""
    if await _notices(task).exists():
        return await _notices(task).exclude(state__in=_UNSAID).exists()
    # A reminder of several duties stands under a name of its own.
    return task.reminded is not None


def _notices(task: VisitTask, about: str = "") -> QuerySet[Notice]:
    return Notice.filter(person_id=task.assignee_id, business_key__startswith=f"visit:{task.id}:{about}")


def _opens(task: VisitTask) -> tuple[Asked, ...]:
    return (Asked(texts.render("visits.see_list"), "visits.open", {"visit": task.id}),)


async def open_of_event(event_id: int) -> list[VisitTask]:
    """What an event asked for and nobody has done yet."""
    return await VisitTask.filter(event_id=event_id, state__in=OPEN).order_by("due_on", "id")
