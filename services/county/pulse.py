"""开机没有、发出没有: the house's own pulse as a secretary sees it, and what an outage has left behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from delivery.outbox import Letter, post_notice, to_person
from kit.clock import local, local_day
from models.counters import totals
from models.outreach.notices import BULK, EXPIRED, ORDINARY, URGENT, WAITING, Notice
from models.people.members import Person
from models.people.organisation import Role
from services.county import upkeep
from services.people import access, organisation
from texts.days import spoken_moment

OUTAGE_FROM = timedelta(hours=6)
"""A silence of the clock that is worth a word."""
AWAKE, DELIVERED, OUTAGE, OUTAGE_SAID = "awake", "delivered", "outage", "outage_said"
GREETING = "greeting"
_SETTLES_IN = timedelta(minutes=15)
_FAR = timedelta(days=366)
_LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Pulse:
    """Moments in UTC: the last knock of the clock, the last notice a way took, the next one due; how many wait."""

    knocked_at: datetime | None
    delivered_at: datetime | None
    due_at: datetime | None
    dropped: int


async def beat(now: datetime, by_machine: datetime) -> None:
    """Once a minute: the mark of the clock, of deliveries since the last mark, and of a silence that is just over.

    How long it was silent is read from the machine's own clock: a clock moved in a rehearsal is no outage.
    """
    last, awake = await upkeep.noted(upkeep.HEARTBEAT), await upkeep.noted(AWAKE)
    if last and awake and by_machine - datetime.fromisoformat(awake[0]) >= OUTAGE_FROM:
        await upkeep.note(OUTAGE, last[1].isoformat(), now)
    await upkeep.note(AWAKE, by_machine.isoformat(), now)
    await upkeep.beat(now)
    accepted, known = str((await totals()).get("accepted", 0)), await upkeep.noted(DELIVERED)
    if known is None or known[0] != accepted:
        await upkeep.note(DELIVERED, accepted, now)


async def pulse(now: datetime) -> Pulse:
    """How the house is doing."""
    knocked, delivered = await upkeep.noted(upkeep.HEARTBEAT), await upkeep.noted(DELIVERED)
    return Pulse(
        knocked[1] if knocked else None,
        delivered[1] if delivered and delivered[0] != "0" else None,
        await _next_due(now),
        await dropped_since(now - _LATELY),
    )


async def _next_due(now: datetime) -> datetime | None:
    """The next moment at which something goes out by itself; what waits for people has none. Three index look-ups."""
    found = []
    for urgency in (URGENT, ORDINARY, BULK):
        rows = Notice.filter(state=WAITING, urgency=urgency, next_try_at__lt=now + _FAR)
        first = await rows.order_by("next_try_at").only("id", "next_try_at").first()
        found += [first.next_try_at] if first else []
    return min(found, default=None)


async def dropped_since(moment: datetime) -> int:
    """How many greetings were not sent because their day was over."""
    return await Notice.filter(topic=GREETING, state=EXPIRED, settled_at__gte=moment).count()


async def dropped(reach: access.Reach, *, now: datetime, limit: int = 5) -> list[str]:
    """Whose greeting was dropped lately, among those whose names this person may read; newest first."""
    gone = Notice.filter(topic=GREETING, state=EXPIRED, settled_at__gte=now - _LATELY).order_by("-id")
    ids = [one for one in await gone.limit(200).values_list("person_id", flat=True) if one]
    people = access.visible(reach, Person.filter(id__in=ids), "see_name")
    return [person.name for person in await people.order_by("-id").limit(limit)]


async def outage_to_tell(now: datetime) -> tuple[datetime, datetime] | None:
    """The silence nobody was told of yet, from when to when, once what it left has been sorted out."""
    over, told = await upkeep.noted(OUTAGE), await upkeep.noted(OUTAGE_SAID)
    if over is None or now - over[1] < _SETTLES_IN or (told is not None and told[0] == over[0]):
        return None
    return datetime.fromisoformat(over[0]), over[1]


async def tell_outage(began: datetime, ended: datetime, now: datetime) -> int:
    """One line to every secretary and worker: how long nothing went out, that all is still there; how many are told."""
    today = local_day(now)
    facts = {
        "days": max(1, (local_day(ended) - local_day(began)).days),
        "began": spoken_moment(local(began), today),
        "ended": spoken_moment(local(ended), today),
        "dropped": await dropped_since(ended),
    }
    offices = Role.held(today).filter(role__in=(*organisation.SECRETARIES, *organisation.WORKERS))
    people = await Person.filter(id__in=[row.person_id for row in await offices], state="active").order_by("id")
    for person in people:
        letter = Letter("pulse.outage", facts, topic="work", useful_until=now + timedelta(days=2))
        await post_notice(to_person(person), letter, once=f"outage:{began.isoformat()[:16]}", now=now)
    await upkeep.note(OUTAGE_SAID, began.isoformat(), now)
    return len(people)
