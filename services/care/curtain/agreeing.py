"""Who gives a sign of life, by when, and who looks after it: agreed to by the person, or by staff who asked them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tortoise.expressions import Q

from delivery import waiting
from kit.clock import local_day
from kit.errors import Refusal
from models.care.curtain import EXCUSED, CurtainResult, CurtainSubscription
from models.people.members import Person
from models.people.organisation import Role
from services.care.curtain.rules import MESSAGE, CurtainPolicy
from services.county import workdays
from services.people import access, audit, consents, members
from services.people.access import Reach
from services.people.members import ACTIVE

SIGNS = (MESSAGE, "curtain", "flowerpot", "clothes", "card")
"""A word in the chat, curtains, a flowerpot, hung clothes, a card or bag at the door (domain §2.13)."""
_LONGEST_REST = timedelta(days=365)
PURPOSE = "safe_report"
"""The consent it rests on (promise V2)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed: the sign, who looks and who else, and by when in the morning (`09:00`)."""

    sign: str = MESSAGE
    watcher_id: int | None = None
    backup_id: int | None = None
    open_by: str | None = None


async def subscription_of(person_id: int) -> CurtainSubscription | None:
    """What holds for this person now."""
    return await CurtainSubscription.current().filter(person_id=person_id).first()


async def agree(
    person: Person, terms: Terms, *, by: Reach, version: str, now: datetime, policy: CurtainPolicy
) -> CurtainSubscription:
    """Begin tomorrow, or change what holds; without a watcher it is whoever looks after the person anyway.

    Said by staff it counts as spoken consent. Raises `access.unknown`, `curtain.not_yourself`, `curtain.too_many`.
    """
    await access.require(by, "see_tags", person)
    for one in (terms.watcher_id, terms.backup_id):
        await _require_free(one, person, policy)
    # Whoever looks after somebody anyway is not chosen for this: their number is not limited here.
    watcher = terms.watcher_id or await _keeper(person, now)
    how = "chat" if by.person_id == person.id else "spoken"
    await consents.give(PURPOSE, version=version, now=now, person=person, how=how)
    seen_outside = terms.sign != MESSAGE
    today = local_day(now)
    facts = {
        "watcher_id": watcher,
        "backup_id": terms.backup_id,
        "sign": terms.sign,
        "open_by": terms.open_by or policy.open_by.strftime("%H:%M"),
        "close_by": policy.close_by.strftime("%H:%M") if seen_outside else None,
        "paused_until": None,
        "since": today,
        "until": None,
        "entered_by_id": by.person_id,
    } | _from_tomorrow(today)
    held, _ = await CurtainSubscription.update_or_create(facts, person_id=person.id)
    await _note("curtain.agreed", person.id, by.person_id, now, watcher=watcher, backup=terms.backup_id)
    return held


async def end(person: Person, *, by: Reach, now: datetime) -> None:
    """No more of it, at once; the consent goes with it. Raises `access.unknown`, `curtain.none`."""
    await access.require(by, "see_tags", person)
    if not await CurtainSubscription.current().filter(person_id=person.id).update(until=local_day(now)):
        raise Refusal("curtain.none", name=person.name)
    await consents.withdraw(PURPOSE, now=now, person=person)
    await stop_for(person.id, now=now)
    await _note("curtain.ended", person.id, by.person_id, now)


async def pause(person: Person, until: date, *, by: Reach, now: datetime) -> None:
    """Away: nobody looks up to that day, the last one included. Raises `access.unknown`, `curtain.none`."""
    await access.require(by, "see_tags", person)
    if not await CurtainSubscription.current().filter(person_id=person.id).update(paused_until=until):
        raise Refusal("curtain.none", name=person.name)
    await stop_for(person.id, now=now)
    await _note("curtain.paused", person.id, by.person_id, now, until=until.isoformat())


async def resume(person: Person, *, by: Reach, now: datetime) -> None:
    """Back earlier, or it was a mistake: from tomorrow on as before. Raises `access.unknown`, `curtain.none`."""
    await access.require(by, "see_tags", person)
    rows = CurtainSubscription.filter(person_id=person.id)
    if not await rows.update(paused_until=None, until=None, **_from_tomorrow(local_day(now))):
        raise Refusal("curtain.none", name=person.name)
    await _note("curtain.resumed", person.id, by.person_id, now)


async def stop_for(person_id: int, *, now: datetime) -> None:
    """Nobody needs to look for this person now: what is open is over, and what waits to be said of it is not said."""
    rows = CurtainResult.unsettled().filter(person_id=person_id)
    for row in await rows:
        await waiting.cancel(f"curtain:{row.id}", now)
        await waiting.answered_elsewhere(f"curtain:{row.id}", now)
    await rows.update(state=EXCUSED, settled_at=now)


async def rest(person_id: int, *, now: datetime) -> bool:
    """In hospital: nobody looks until `wake`; whether anybody did."""
    today = local_day(now)
    awake = Q(paused_until__isnull=True) | Q(paused_until__lt=today)
    looked = CurtainSubscription.current().filter(awake, person_id=person_id)
    is_new = bool(await looked.update(paused_until=today + _LONGEST_REST))
    await stop_for(person_id, now=now)
    return is_new


async def wake(person_id: int, *, now: datetime) -> None:
    """Home again: from tomorrow on as before."""
    rows = CurtainSubscription.current().filter(person_id=person_id)
    await rows.update(paused_until=None, **_from_tomorrow(local_day(now)))


async def watcher_called(name: str, by: Reach, on: date) -> Person:
    """The one person of this name whom the asker knows, or who is in office. Raises `curtain.watcher_unknown`."""
    called = Person.filter(name=members.plain_name(name), state=ACTIVE)
    known = {person.id: person for person in await access.visible(by, called, "see_name")}
    offices = access.visible(by, Role.held(on), "view", organisation="organisation")
    for office in await offices.filter(person__name=members.plain_name(name)).prefetch_related("person"):
        known[office.person_id] = office.person
    if len(known) != 1:
        raise Refusal("curtain.watcher_unknown", name=name[:20])
    return next(iter(known.values()))


async def _keeper(person: Person, now: datetime) -> int | None:
    found = await access.keeper_for(person, now, await workdays.is_workday(local_day(now)))
    return found.id if found else None


async def _require_free(watcher: int | None, person: Person, policy: CurtainPolicy) -> None:
    if watcher is None:
        return
    if watcher == person.id:
        raise Refusal("curtain.not_yourself")
    looks = Q(watcher_id=watcher) | Q(backup_id=watcher)
    if await CurtainSubscription.current().filter(looks).exclude(person_id=person.id).count() >= policy.most_watched:
        name = (await Person.get(id=watcher)).name
        raise Refusal("curtain.too_many", name=name, most=policy.most_watched)


def _from_tomorrow(today: date) -> dict[str, date]:
    """Whoever has just been spoken to need not give a sign today."""
    return {"hello_on": today, "opened_on": today, "closed_on": today}


async def _note(action: str, person: int, by: int, now: datetime, **facts: Any) -> None:
    await audit.note(audit.by_person(by), action, now=now, subject=audit.by_person(person), **facts)
