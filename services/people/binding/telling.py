"""Tells the secretary who was bound: the first of a day at once and by name, the others of that day together.

Each tie can be undone (decision 1). A day on which a whole branch is bound must not use up the three notices a day
that the secretary also needs for other news.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

import texts
from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import at_local, local, local_day
from models.people.accounts import Binding
from models.people.members import Person
from services.people.access import Reach, escalation_chain, visible

ROUNDS = (time(11, 30), time(17, 30))
"""When the others are told of, before noon's and the evening's quiet."""
_LOOKED_BACK = timedelta(days=3)


async def tell_secretary(tie: Binding, person: Person, now: datetime) -> None:
    """Whoever heads the branch hears of this tie, else the next level that has somebody; nobody hears of their own."""
    chain = await escalation_chain(person, local_day(now))
    heads = chain["secretary"] or chain["community"] or chain["township"] or chain["county"]
    if not heads or heads[0].id == person.id:
        return
    head = to_person(heads[0])
    if await post_notice(head, _of_one(tie, person), once=f"bindings:{local_day(now)}", now=now) is None:
        at = next_round(now)
        await post_notice(head, _of_several(), once=f"bindings:{local(at):%Y-%m-%d %H:%M}", now=now, due_at=at)


def next_round(now: datetime) -> datetime:
    """The next of the day's rounds after `now`; after the last one the next day's first."""
    days = (local_day(now), local_day(now) + timedelta(days=1))
    return next(at for day in days for clock in ROUNDS if (at := at_local(day, clock)) > now)


async def bound_lately(reach: Reach, *, now: datetime, limit: int, before: int | None = None) -> list[Binding]:
    """The newest ties of the last three days that `reach` may undo, with their people; from `before` on the older."""
    rows = Binding.current().filter(since__gte=now - _LOOKED_BACK)
    rows = rows if before is None else rows.filter(id__lt=before)
    return await visible(reach, rows, "bind", person="person").select_related("person").order_by("-id").limit(limit)


def _of_one(tie: Binding, person: Person) -> Letter:
    choice = Asked(texts.render("binding.undo_choice"), "binding.undo", {"binding": tie.id})
    return Letter("binding.told", {"name": person.name}, asks=(choice,))


def _of_several() -> Letter:
    return Letter("binding.told_more", asks=(Asked(texts.render("binding.see_choice"), "binding.lately"),))
