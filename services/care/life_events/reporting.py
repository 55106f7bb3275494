"""Takes in what anybody says of somebody's hospital stay, hardship or death, and asks one named person about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import texts
from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import local_day
from models.care.life_events import LifeEvent
from models.people.members import Person
from models.people.organisation import Organisation, Role
from services.county import workdays
from services.people import access, audit, members

Kind = Literal["hospital", "hardship", "death"]
MOST_HELD_BY_ONE = 3
KINDS: tuple[Kind, ...] = ("hospital", "hardship", "death")


@dataclass(frozen=True, slots=True)
class Report:
    """What was said: whose name, by whom (an account, a person if known, a place once scanned), in which words.

    `subject` is given where it is beyond doubt, for example of oneself.
    """

    kind: Kind
    name: str
    openid: str
    relation: str = ""
    words: str = ""
    reporter: Person | None = None
    place: Organisation | None = None
    subject: Person | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """The report, and who is asked to confirm it; None only in a house that knows nobody at all."""

    event_id: int
    keeper: Person | None
    is_new: bool


async def report(said: Report, *, hold: timedelta, now: datetime) -> Reported:
    """Keep a report and ask one named person to confirm it; nobody else hears (domain §3.4 rule 4).

    A death holds what is sent to the person by itself, alarms excepted, until it is settled or `hold` is over
    (decision 6). The same report again joins the open one.
    """
    person = said.subject or await _who_is_meant(said)
    if person is not None and (known := await _open(person.id, said.kind)) is not None:
        keeper = await Person.get_or_none(id=known.keeper_id) if known.keeper_id else None
        return Reported(known.id, keeper, False)
    asked = await _keeper(person or said.place, said, now)
    event = await LifeEvent.create(
        kind=said.kind,
        person_id=person.id if person else None,
        name=person.name if person else said.name,
        relation=said.relation[:40] or None,
        words=said.words[:300] or None,
        openid=said.openid,
        reporter_id=said.reporter.id if said.reporter else None,
        branch_id=person.branch_id if person else None,
        community_id=person.community_id if person else (said.place.id if said.place else None),
        keeper_id=asked.id if asked else None,
        reported_at=now,
    )
    if person is not None and said.kind == "death":
        await _hold(event, person, now + hold)
    actor = audit.by_person(said.reporter) if said.reporter else "account"
    await audit.note(actor, "life_event.reported", now=now, subject=f"life_event:{event.id}")
    if asked is not None:
        await ask(event, asked.id, now=now)
    return Reported(event.id, asked, True)


async def name_subject(event: LifeEvent, person: Person, *, now: datetime, hold: timedelta) -> LifeEvent:
    """Whoever confirms says which of several people of that name is meant, or that it is this one."""
    event.person_id, event.name = person.id, person.name
    event.branch_id, event.community_id = person.branch_id, person.community_id
    await event.save(update_fields=["person_id", "name", "branch_id", "community_id"])
    if event.kind == "death" and event.state == "reported":
        await _hold(event, person, min(event.reported_at + hold, now + hold))
    return event


async def ask(event: LifeEvent, person_id: int, *, now: datetime) -> None:
    """Ask somebody to confirm; the push says neither who nor what (promise V12)."""
    asks = (Asked(texts.render("life_events.see_report"), "life_events.open", {"event": event.id}),)
    letter = Letter("life_events.please_check", {}, topic="work", asks=asks)
    await post_notice(to_person(person_id), letter, once=f"report:{event.id}:ask", now=now)


async def release_holds(*, now: datetime) -> int:
    """Holds that have lasted long enough end, confirmed or not; how many people get their messages again."""
    over = LifeEvent.waiting().filter(kind="death", held_until__lte=now, person_id__isnull=False)
    people = {event.person_id for event in await over}
    return await Person.filter(id__in=people, state=members.HELD).update(state=members.ACTIVE)


async def release(event: LifeEvent) -> None:
    """The report is settled: what waited for the person may go."""
    if event.kind == "death" and event.person_id is not None:
        await Person.filter(id=event.person_id, state=members.HELD).update(state=members.ACTIVE)


async def _hold(event: LifeEvent, person: Person, until: datetime) -> None:
    """Not for who holds an office: others depend on what reaches them, and a wrong word must not put them out of it.

    Nor at the word of an account that holds others already: one bad joke must not silence a street (promise X17).
    """
    others = LifeEvent.waiting().filter(openid=event.openid, kind="death", held_until__isnull=False)
    if await others.count() >= MOST_HELD_BY_ONE:
        return
    if await Role.held(local_day(event.reported_at)).filter(person_id=person.id).exists():
        return
    await Person.filter(id=person.id, state=members.ACTIVE).update(state=members.HELD)
    event.held_until = until
    await event.save(update_fields=["held_until"])


async def _open(person_id: int, kind: str) -> LifeEvent | None:
    """The same news, reported and not settled, or a stay in hospital that goes on."""
    reported = LifeEvent.filter(person_id=person_id, kind=kind, state="reported")
    if (found := await reported.order_by("-id").first()) is not None:
        return found
    going_on = LifeEvent.filter(person_id=person_id, kind="hospital", state="confirmed") if kind == "hospital" else None
    return await going_on.order_by("-id").first() if going_on else None


async def _who_is_meant(said: Report) -> Person | None:
    """The only one of that name near whoever reports, else the only one at all; None where the keeper has to say."""
    people = await Person.filter(name=members.plain_name(said.name), state__in=[members.ACTIVE, members.HELD])
    if len(people) <= 1 or said.reporter is None:
        return people[0] if len(people) == 1 else None
    homes = {said.reporter.branch_id, said.reporter.community_id} - {None}
    near = [person for person in people if homes & {person.branch_id, person.community_id}]
    return near[0] if len(near) == 1 else None


async def _keeper(about: Person | Organisation | None, said: Report, now: datetime) -> Person | None:
    return await access.responsible(about, now, await workdays.is_workday(local_day(now)))
