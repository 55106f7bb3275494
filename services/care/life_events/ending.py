"""What a death, a withdrawal or a move stops in every capability at once; a mistaken death is undone whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kit.errors import Refusal
from models.care.visits import OPEN, VisitTask
from models.counters import count
from models.help.posts import HOLDING_A_PLACE, PostHolding
from models.help.wishes import Wish
from models.outreach.notices import EXPIRED, WAITING, Notice
from models.people.access import AuditEntry
from models.people.check_in import CheckIn
from models.people.members import Person, day_or_none
from services.care import curtain, visits
from services.help import posts
from services.people import audit, check_in, members

ENDED = "ended"
"""The state of a registration whose person is no more."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """How much ended with it."""

    posts: int
    visits: int


async def died(person: Person, *, by: Person, now: datetime) -> Stopped:
    """The person has died: nothing automatic goes to them any more, posts are free, visits are off (V6, R23).

    Raises `life_events.already_known`.
    """
    return await _end(person, members.DECEASED, by, now)


async def withdrew(person: Person, *, by: Person, now: datetime) -> Stopped:
    """The person wants no part in this any more; raises `life_events.already_known`."""
    return await _end(person, members.WITHDRAWN, by, now)


async def moved_away(person: Person, *, by: Person, now: datetime) -> Stopped:
    """The person left the community: posts there are free; visits follow the person to whoever keeps them next."""
    await _note(person, "moved_away", by, now, await _before(person))
    left = await posts.leave_all(person, now, reason="moved", actor=audit.by_person(by))
    await Person.filter(id=person.id).update(next_occasions_from=None)
    return Stopped(left, 0)


async def undo_death(person: Person, *, by: Person, now: datetime) -> list[int]:
    """A mistaken news of a death: all is as it was before (decision 6).

    Returns the holdings that stay lost, since others have their places by now. Raises `life_events.not_known` when
    no death was noted.
    """
    entry = await _last_death(person)
    if entry is None or person.state != members.DECEASED:
        raise Refusal("life_events.not_known")
    before: dict[str, Any] = entry.facts or {}
    await Person.filter(id=person.id).update(state=before["state"], next_occasions_from=None)
    person.state = before["state"]
    await visits.take_up_again([(task, state) for task, state in before["visits"]], now=now)
    await VisitTask.filter(id__in=before["assigned"], state__in=OPEN).update(assignee_id=person.id, reminded=None)
    await Wish.filter(id__in=before["wishes"], state="closed").update(state="open", result=None, settled_at=None)
    for row, state in before["check_ins"]:
        await CheckIn.filter(id=row, state=ENDED).update(state=state)
    await _wake_notices(before["waiting"], now)
    lost = [holding for holding, state, until in before["posts"] if not await _held_again(holding, state, until)]
    await audit.note(audit.by_person(by), "death_undone", now=now, subject=audit.by_person(person))
    return lost


async def _end(person: Person, state: str, by: Person, now: datetime) -> Stopped:
    if person.state == state:
        raise Refusal("life_events.already_known")
    await _note(person, state, by, now, await _before(person))
    if state == members.DECEASED:
        await members.mark_deceased(person, now=now)
    else:
        await members.mark_withdrawn(person, now=now)
    left = await posts.leave_all(person, now, reason=state, actor=audit.by_person(by))
    await Wish.filter(person_id=person.id, state="open").update(state="closed", result=state, settled_at=now)
    await CheckIn.filter(person_id=person.id, state__in=check_in.WAITING).update(state=ENDED)
    stopped = await visits.stop_for(person.id, state, now=now)
    await visits.leave_to_others(person.id, now=now)
    await curtain.stop_for(person.id, now=now)
    return Stopped(left, stopped)


async def _before(person: Person) -> dict[str, Any]:
    """How things stand, as plain values for the audit: enough to bring them back."""
    held = await PostHolding.filter(person_id=person.id, open_mark__isnull=False).order_by("id")
    tasks = await VisitTask.open_tasks().filter(subject_id=person.id).order_by("id")
    notices = list(await Notice.filter(person_id=person.id, state=WAITING))
    for task in tasks:
        notices += await Notice.filter(state=WAITING, business_key__startswith=f"visit:{task.id}:")
    assigned = VisitTask.open_tasks().filter(assignee_id=person.id).exclude(subject_id=person.id)
    wishes = Wish.filter(person_id=person.id, state="open")
    applied = CheckIn.filter(person_id=person.id, state__in=check_in.WAITING)
    return {
        "state": person.state,
        "assigned": [task.id for task in await assigned.order_by("id")],
        "wishes": [wish.id for wish in await wishes.order_by("id")],
        "check_ins": [[row.id, row.state] for row in await applied.order_by("id")],
        "posts": [[row.id, row.state, row.until.isoformat() if row.until else None] for row in held],
        "visits": [[task.id, task.state] for task in tasks],
        "waiting": sorted({row.id for row in notices}),
    }


async def _note(person: Person, action: str, by: Person, now: datetime, before: dict[str, Any]) -> None:
    await audit.note(audit.by_person(by), action, now=now, subject=audit.by_person(person), **before)


async def _last_death(person: Person) -> AuditEntry | None:
    rows = AuditEntry.filter(subject=audit.by_person(person), action=members.DECEASED)
    return await rows.order_by("-id").first()


async def _wake_notices(ids: list[int], now: datetime) -> None:
    """What waited then and is still of use waits again."""
    stopped = Notice.filter(id__in=ids, state=EXPIRED, reason__in=[members.DECEASED, "cancelled"])
    useful = [row.id for row in await stopped if row.expires_at is None or row.expires_at > now]
    awake = Notice.filter(id__in=useful, state=EXPIRED)
    await count("expired", -await awake.update(state=WAITING, reason=None, settled_at=None, next_try_at=now))


async def _held_again(holding_id: int, state: str, until: str | None) -> bool:
    """The holding as it was, where its place is still free; whether it could be."""
    row = await PostHolding.get(id=holding_id).prefetch_related("post")
    mark = f"{row.post_id}:{row.person_id}"
    if await PostHolding.exists(open_mark=mark):
        return True
    if state in HOLDING_A_PLACE and not await row.post.take_place():
        return False
    await PostHolding.filter(id=holding_id).update(state=state, open_mark=mark, reason=None, until=day_or_none(until))
    return True
