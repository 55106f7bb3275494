"""A written notice is sent, approved by a second person, taken back in its window, or dropped (promise X16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import texts
from delivery.outbox import Asked, Letter, post_notice, to_person
from kit.clock import local_day
from kit.county import NoticeNumbers
from kit.errors import Refusal
from models.outreach.notices import Broadcast
from models.people.members import Person
from services.county import seconds
from services.outreach import audience
from services.outreach.broadcasts import rows
from services.outreach.broadcasts.naming import clock_in_words
from services.outreach.broadcasts.writing import require_room
from services.people import access, audit


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a yes: `send_at` is when it goes out, or empty while these `seconds` are asked."""

    row: Broadcast
    count: int
    send_at: datetime | None
    seconds: tuple[Person, ...] = ()


async def send(broadcast_id: int, author: Person, *, now: datetime, numbers: NoticeNumbers, phone: str) -> Decided:
    """The author says yes. Above the county's number a second person is asked, else the window to cancel begins.

    `phone` is named where nobody could approve. Raises `broadcasts.too_many`, `broadcasts.nobody_left`,
    `broadcasts.no_second`, `broadcasts.settled`.
    """
    row = await rows.own_one(broadcast_id, author.id)
    await require_room(author, now=now, limit=numbers.broadcasts_per_day)
    _require_fresh(row, now)
    count = await _count(row, now)
    asked: list[Person] = []
    if count > numbers.second_person_above:
        asked = await second_persons(row, now=now)
        if not asked:
            raise Refusal("broadcasts.no_second", limit=numbers.second_person_above, phone=phone)
    send_at = None if asked else goes_at(row, now, numbers)
    known = {**row.audience, "asked": [one.id for one in asked]}
    state = rows.NEEDS_SECOND if asked else rows.SCHEDULED
    await _move(row, rows.DRAFT, state, counted=count, audience=known, send_at=send_at)
    await audit.note(audit.by_person(author), f"broadcast.{state}", now=now, subject=f"broadcast:{row.id}", count=count)
    await _ask(row, author, asked, now)
    return Decided(row, count, send_at, tuple(asked))


async def _count(row: Broadcast, now: datetime) -> int:
    today = local_day(now)
    count = await audience.count_of(rows.audience_now(row), await rows.reach_of_author(row, today), today)
    if not count:
        raise Refusal("broadcasts.nobody_left")
    return count


def goes_at(row: Broadcast, now: datetime, numbers: NoticeNumbers) -> datetime:
    """When it goes out after a yes now: at the time that was set, and never before the window to cancel is over."""
    earliest = now + timedelta(minutes=numbers.cancel_minutes)
    wanted = wanted_at(row)
    return max(earliest, wanted) if wanted else earliest


def wanted_at(row: Broadcast) -> datetime | None:
    """The time its author has set, if any."""
    wanted = row.audience.get("later")
    return datetime.fromisoformat(wanted) if wanted else None


async def set_time(broadcast_id: int, author: Person, moment: datetime) -> Broadcast:
    """The author wants it to go out then; raises `broadcasts.settled` when it is sent already, `access.unknown`."""
    row = await rows.own_one(broadcast_id, author.id)
    await _move(row, rows.DRAFT, rows.DRAFT, audience={**row.audience, "later": moment.isoformat()})
    return row


def _require_fresh(row: Broadcast, now: datetime) -> None:
    if now - row.created_at > rows.LIFE_OF_A_DRAFT:
        raise Refusal("broadcasts.too_old")


async def second_persons(row: Broadcast, *, now: datetime) -> list[Person]:
    """Who may approve it."""
    return await seconds.second_persons(await rows.place_of(row), row.author_id, now=now)


async def _ask(row: Broadcast, author: Person, asked: Sequence[Person], now: datetime) -> None:
    facts = {"name": author.name, "count": row.counted}
    asks = (Asked(texts.render("broadcasts.see_it"), "broadcasts.review", {"broadcast": row.id}),)
    letter = Letter("broadcasts.to_approve", facts, topic="work", asks=asks)
    await seconds.ask(asked, letter, key=_asked_under(row), now=now)


def _asked_under(row: Broadcast) -> str:
    """The business key under which all second persons are asked."""
    return f"broadcast:{row.id}:approve"


async def to_approve(broadcast_id: int, person: Person, reach: access.Reach) -> Broadcast:
    """A broadcast this second person may look at; raises `access.unknown` for others and for its author."""
    row = await Broadcast.get_or_none(id=broadcast_id)
    place = await rows.place_of(row) if row else None
    if (
        row is None
        or place is None
        or not seconds.may_agree(
            person, reach, place, author_id=row.author_id, asked=row.audience.get("asked", ()), action="broadcast"
        )
    ):
        raise Refusal("access.unknown")
    return row


async def approve(
    broadcast_id: int, second: Person, reach: access.Reach, *, now: datetime, numbers: NoticeNumbers
) -> Decided:
    """The second person agrees: the window begins and the author is told. Raises `broadcasts.settled`, `.too_old`."""
    row = await to_approve(broadcast_id, second, reach)
    _require_fresh(row, now)
    send_at = goes_at(row, now, numbers)
    await _move(row, rows.NEEDS_SECOND, rows.SCHEDULED, approved_by_id=second.id, send_at=send_at)
    await seconds.close(_asked_under(row), now)
    await audit.note(audit.by_person(second), "broadcast.approved", now=now, subject=f"broadcast:{row.id}")
    letter = Letter(
        "broadcasts.approved",
        {"name": second.name, "clock": clock_in_words(send_at, now, audience.quiet_of(numbers))},
        topic="work",
        asks=(Asked(texts.render("broadcasts.cancel_label"), "broadcasts.cancel", {"broadcast": row.id}),),
    )
    await post_notice(to_person(row.author_id), letter, once=f"broadcast:{row.id}:approved", now=now)
    return Decided(row, row.counted, send_at)


async def refuse(broadcast_id: int, second: Person, reach: access.Reach, *, now: datetime) -> Person:
    """The second person would not send it: the author is told by whom. Raises `broadcasts.settled`."""
    row = await to_approve(broadcast_id, second, reach)
    await _move(row, rows.NEEDS_SECOND, rows.CANCELLED)
    await seconds.close(_asked_under(row), now)
    await audit.note(audit.by_person(second), "broadcast.refused", now=now, subject=f"broadcast:{row.id}")
    letter = Letter("broadcasts.refused", {"name": second.name}, topic="work")
    await post_notice(to_person(row.author_id), letter, once=f"broadcast:{row.id}:refused", now=now)
    return await Person.get(id=row.author_id)


async def drop(broadcast_id: int, author: Person) -> None:
    """A draft is not sent."""
    await Broadcast.filter(id=broadcast_id, author_id=author.id, state=rows.DRAFT).update(state=rows.CANCELLED)


async def cancel(broadcast_id: int, person: Person, *, now: datetime) -> int:
    """Author or second person take it back before anybody got it; the number of the round that is not sent.

    A further round is taken back alone: the first one stays where it is.
    Raises `broadcasts.too_late` once the first page is spread, `access.unknown` for anybody else.
    """
    row = await Broadcast.get_or_none(id=broadcast_id)
    if row is None or person.id not in (row.author_id, row.approved_by_id):
        raise Refusal("access.unknown")
    number = rows.round_of(row)
    values: dict[str, object] = {"state": rows.CANCELLED}
    if number > 1:
        values = {"state": rows.SPREAD, "audience": {**row.audience, "round": number - 1, "by_people": False}}
    unsent = Broadcast.filter(id=row.id, state__in=(rows.NEEDS_SECOND, rows.SCHEDULED), spread_until_person=0)
    if not await unsent.update(**values):
        raise Refusal("broadcasts.too_late")
    await seconds.close(_asked_under(row), now)
    await audit.note(audit.by_person(person), "broadcast.cancelled", now=now, subject=f"broadcast:{row.id}")
    return number


async def send_again(
    broadcast_id: int,
    author: Person,
    reach: access.Reach,
    *,
    now: datetime,
    numbers: NoticeNumbers,
    by_people: bool = False,
) -> Decided:
    """The same words once more, to those alone whom it reached and who have not answered: a further round.

    `by_people`: this round is told by liaisons instead of sent. Nobody is told twice at a time: whom a liaison is
    telling is left to the liaison. Raises `broadcasts.again_nothing` while it is still being sent or after the last
    round, `broadcasts.nobody_left`.
    """
    row = await rows.open_one(broadcast_id, reach)
    number = rows.round_of(row) + 1
    if row.state != rows.SPREAD or number > rows.MOST_ROUNDS:
        raise Refusal("broadcasts.again_nothing", limit=rows.MOST_ROUNDS)
    row.audience = {**row.audience, "round": number, "by_people": by_people}
    count = await _count(row, now)
    send_at = now + timedelta(minutes=numbers.cancel_minutes)
    known = {"audience": row.audience, "send_at": send_at, "spread_until_person": 0}
    await _move(row, rows.SPREAD, rows.SCHEDULED, **known)
    await audit.note(
        audit.by_person(author), "broadcast.again", now=now, subject=f"broadcast:{row.id}", count=count, round=number
    )
    return Decided(row, count, send_at)


async def _move(row: Broadcast, before: str, state: str, **values: object) -> None:
    """One conditional UPDATE, so that two answers never both count."""
    changes = {"state": state, **values}
    if not await Broadcast.filter(id=row.id, state=before).update(**changes):
        raise Refusal("broadcasts.settled")
    row.update_from_dict(changes)
