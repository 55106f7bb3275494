"""One named person settles a report: it is true and has its effects at once, or it is not; both can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from delivery import waiting
from kit.clock import local_day
from kit.errors import Refusal
from models.care.life_events import LifeEvent
from models.care.visits import VisitTask
from models.help.posts import PostHolding
from models.people.members import Person
from services.care import curtain, visits
from services.care.life_events.ending import died, undo_death
from services.care.life_events.reporting import release
from services.care.visit_rules import EventPolicy
from services.care.visits import Call
from services.help import posts
from services.people import audit

_SHOWN_BEFORE = 7
"""So many days before its own a later call stands on the list; half the time for the first, that comes so soon."""
_SOONEST = timedelta(hours=4)
"""However late a report is confirmed, the visitor has so long before the duty counts as late."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What came of it: the person, and who visits them first."""

    event_id: int
    person: Person
    visitor: Person | None


async def confirm(
    event: LifeEvent, *, by: Person, now: datetime, policy: EventPolicy, is_urgent: bool = False
) -> Confirmed:
    """It is true. Raises `life_events.settled` when somebody was faster, `life_events.who` while nobody is named."""
    if event.person_id is None:
        raise Refusal("life_events.who")
    await _settle(event, "confirmed", by, now)
    event.is_urgent = is_urgent
    await event.save(update_fields=["is_urgent"])
    person = await Person.get(id=event.person_id)
    effects = {"hospital": _in_hospital, "hardship": _in_hardship, "death": _dead}
    task = await effects[event.kind](event, person, by, now, policy)
    visitor = await Person.get_or_none(id=task.assignee_id) if task.assignee_id else None
    return Confirmed(event.id, person, visitor)


async def refute(event: LifeEvent, *, by: Person, now: datetime) -> None:
    """It is not true, or not one of ours: nothing has happened. Raises `life_events.settled`."""
    await _settle(event, "mistaken", by, now)
    await release(event)


async def withdraw(event_id: int, openid: str, *, now: datetime) -> bool:
    """Whoever reported takes it back, as long as nobody has settled it; whether it was open."""
    event = await LifeEvent.get_or_none(id=event_id, openid=openid)
    if event is None or not await LifeEvent.filter(id=event_id, state="reported").update(state="withdrawn"):
        return False
    await waiting.cancel(f"report:{event_id}", now)
    await waiting.answered_elsewhere(f"report:{event_id}", now)
    await release(event)
    return True


async def take_back(event: LifeEvent, *, by: Person, now: datetime) -> list[int]:
    """A confirmation was a mistake: all is as it was before. Raises `life_events.not_known`.

    Returns the holdings of posts that stay lost, since others have their places by now.
    """
    if event.state != "confirmed" or event.person_id is None:
        raise Refusal("life_events.not_known")
    person = await Person.get(id=event.person_id)
    await visits.call_off(await visits.open_of_event(event.id), "taken_back", now=now, knows=(by.id,))
    lost: list[int] = []
    if event.kind == "death":
        lost = await undo_death(person, by=by, now=now)
    for holding in (event.before or {}).get("paused", []):
        if await PostHolding.exists(id=holding, state="paused"):
            await posts.resume(holding, person, now=now)
    await _look_again(event, now)
    event.state = "undone"
    await event.save(update_fields=["state"])
    await audit.note(audit.by_person(by), "life_event.undone", now=now, subject=f"life_event:{event.id}")
    return lost


async def discharge(event: LifeEvent, *, by: Person, now: datetime, policy: EventPolicy) -> None:
    """Home from hospital: no more visits there, a call or visit within some days (domain §2.4).

    Raises `life_events.not_known` when no stay goes on.
    """
    today = local_day(now)
    going_on = LifeEvent.filter(id=event.id, kind="hospital", state="confirmed")
    if not await going_on.update(state="over", over_on=today):
        raise Refusal("life_events.not_known")
    over = await visits.open_of_event(event.id)
    due_on = today + timedelta(days=policy.discharge_days)
    occasion, way = f"discharge:{event.id}", "call"
    call = Call("hospital_visit", occasion, due_on, now + timedelta(days=policy.discharge_days), way, event_id=event.id)
    next_ = await visits.open_duty(await Person.get(id=event.person_id), call, now=now)
    await visits.call_off(over, "came_home", now=now, knows=(by.id, next_.assignee_id))
    await _look_again(event, now)
    await audit.note(audit.by_person(by), "life_event.over", now=now, subject=f"life_event:{event.id}")


async def _look_again(event: LifeEvent, now: datetime) -> None:
    """The daily sign of life that this event had put to rest is waited for again."""
    if (event.before or {}).get("curtain") and event.person_id is not None:
        await curtain.wake(event.person_id, now=now)


async def discharge_of(person_id: int, *, by: Person, now: datetime, policy: EventPolicy) -> bool:
    """The same for whatever stay of this person goes on; whether there was one."""
    going_on = LifeEvent.filter(person_id=person_id, kind="hospital", state="confirmed")
    event = await going_on.order_by("-id").first()
    if event is not None:
        await discharge(event, by=by, now=now, policy=policy)
    return event is not None


async def visit_again(*, now: datetime, policy: EventPolicy) -> int:
    """Who is still in hospital after so many days is visited again, each time once; how many duties."""
    made = 0
    every = timedelta(days=policy.hospital_again_days)
    long_ago = LifeEvent.filter(kind="hospital", state="confirmed", confirmed_at__lte=now - every)
    for event in await long_ago.order_by("id"):
        round_ = (now - event.confirmed_at) // every + 1
        if not await VisitTask.exists(subject_id=event.person_id, occasion=f"hospital:{event.id}:{round_}"):
            await _visit_in_hospital(event, await Person.get(id=event.person_id), round_, now, policy)
            made += 1
    return made


async def _settle(event: LifeEvent, state: str, by: Person, now: datetime) -> None:
    fresh = LifeEvent.filter(id=event.id, state="reported")
    if not await fresh.update(state=state, confirmed_at=now, confirmed_by_id=by.id):
        raise Refusal("life_events.settled")
    event.state, event.confirmed_at, event.confirmed_by_id = state, now, by.id
    await waiting.cancel(f"report:{event.id}", now)
    await waiting.answered_elsewhere(f"report:{event.id}", now)
    await audit.note(audit.by_person(by), f"life_event.{state}", now=now, subject=f"life_event:{event.id}")


async def _in_hospital(event: LifeEvent, person: Person, by: Person, now: datetime, policy: EventPolicy) -> VisitTask:
    held = await PostHolding.filter(person_id=person.id, state="active").values_list("id", flat=True)
    await posts.pause_all(person, now, actor=audit.by_person(by))
    event.before = {"paused": list(held), "curtain": await curtain.rest(person.id, now=now)}
    await event.save(update_fields=["before"])
    return await _visit_in_hospital(event, person, 1, now, policy)


async def _visit_in_hospital(
    event: LifeEvent, person: Person, round_: int, now: datetime, policy: EventPolicy
) -> VisitTask:
    due_at = now + timedelta(days=policy.hospital_days)
    call = Call("hospital_visit", f"hospital:{event.id}:{round_}", local_day(due_at), due_at, event_id=event.id)
    return await visits.open_duty(person, call, now=now)


async def _in_hardship(event: LifeEvent, person: Person, by: Person, now: datetime, policy: EventPolicy) -> VisitTask:
    hours = policy.hardship_urgent_hours if event.is_urgent else policy.hardship_days * 24
    due_at = max(event.reported_at + timedelta(hours=hours), now + _SOONEST)
    call = Call("hardship_visit", f"hardship:{event.id}", local_day(due_at), due_at, event_id=event.id)
    return await visits.open_duty(person, call, now=now)


async def _dead(event: LifeEvent, person: Person, by: Person, now: datetime, policy: EventPolicy) -> VisitTask:
    """Everything stops; the family is visited within a day and called for a year."""
    await release(event)
    await person.refresh_from_db()
    await died(person, by=by, now=now)
    due_at = max(event.reported_at + timedelta(hours=policy.condolence_hours), now + _SOONEST)
    call = Call("condolence_visit", f"condolence:{event.id}", local_day(due_at), due_at, event_id=event.id)
    first = await visits.open_duty(person, call, now=now)
    for days in policy.call_days:
        await visits.open_duty(person, _later_call(event, local_day(event.reported_at), days), now=now)
    return first


def _later_call(event: LifeEvent, day: date, days: int) -> Call:
    due_on = day + timedelta(days=days)
    opens = due_on - timedelta(days=min(_SHOWN_BEFORE, days // 2))
    occasion = f"condolence_call:{event.id}:{days}"
    return Call("condolence_call", occasion, due_on, None, "call", opens, event.id)
