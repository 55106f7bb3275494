"""Opens a duty because something happened: one visitor by name, told at once and in words that tell nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import texts
from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import local_day
from models.members import Person
from models.visits import OPEN, NoVisit, VisitTask
from services.visit_rules import FOR_FAMILY, VisitKind
from services.visits.keepers import Keepers


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


async def tell_visitor(task: VisitTask, *, now: datetime) -> None:
    """Somebody is to be visited: who and why is read in answer to a digit (promise V12)."""
    asks = (Asked(texts.render("visits.see_list"), "visits.open", {"visit": task.id}),)
    say = "visits.new_call" if task.way == "call" else "visits.new"
    letter = Letter(say, {}, topic="visit", asks=asks)
    once = f"visit:{task.id}:new:{task.assignee_id}"
    await post_notice(to_person(task.assignee_id), letter, once=once, now=now)


async def open_of_event(event_id: int) -> list[VisitTask]:
    """What an event asked for and nobody has done yet."""
    return await VisitTask.filter(event_id=event_id, state__in=OPEN).order_by("due_on", "id")
