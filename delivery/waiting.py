"""What waits in the outbox: what is due, what a change of mind or a death stops, what a tick settles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

from tortoise.queryset import QuerySet

import texts
from delivery import people, states
from delivery.policy import BY_PEOPLE
from delivery.wording import spoken_of, text_of, title_of
from kit.engine import Work
from models.counters import count, totals
from models.database import dialect
from models.outbox import state_counts
from models.outreach.notices import ACCEPTED, BULK, CLAIMED, EXPIRED, URGENT, WAITING, Notice
from models.people.accounts import Question

_AT_ONCE = 5000
"""Values in one IN list: well within what SQLite binds."""
NOTICE = "notice"
"""The kind of work an engine hands out for a notice."""
_WAITS_FOR_CHAT = ("picture", "greeting_waits", "mass")


async def due_work(now: datetime, limit: int, *, most_urgent: int = BULK) -> list[Work]:
    """What may go now, urgent first, then by due time; `most_urgent` narrows to that urgency and above.

    One urgency after the other, so that the index finds what is due among any number that wait.
    """
    found: list[Work] = []
    for urgency in range(URGENT, most_urgent + 1):
        # A broadcast's rows were all due at the same time: their index order spares sorting a whole county.
        order = "next_try_at" if urgency == BULK else "due_at"
        due = Notice.filter(state=WAITING, urgency=urgency, next_try_at__lte=now).order_by(order, "id")
        rows = await due.limit(limit - len(found)).values_list("id", "urgency", "recipient")
        found += [_work(*row) for row in rows]
        if len(found) >= limit:
            break
    return found


async def work_of(ids: Sequence[int]) -> list[Work]:
    """The same for notices just posted, named by id."""
    posted = Notice.filter(id__in=list(ids), state=WAITING).order_by("urgency", "due_at", "id")
    return [_work(*row) for row in await posted.values_list("id", "urgency", "recipient")]


def _work(notice_id: int, urgency: int, recipient: str) -> Work:
    """The lane keeps one person's notices in order; it names nobody."""
    return Work(NOTICE, notice_id, urgency, f"{NOTICE}{crc32(recipient.encode())}")


async def cancel(business_key: str, now: datetime, *, why: str = "cancelled") -> int:
    """Stop what waits under this business key or begins with it and a colon; how many."""
    exact = await Notice.filter(business_key=business_key, state=WAITING).values_list("id", flat=True)
    beneath = await _beneath(business_key).filter(state=WAITING).values_list("id", flat=True)
    return await _stop([*_numbers(exact), *_numbers(beneath)], now, why)


async def answered_elsewhere(business_key: str, now: datetime) -> int:
    """What the notices beneath this key asked is settled: a digit answers them no more; how many questions."""
    settled = 0
    for some in _portions(_numbers(await _beneath(business_key).values_list("id", flat=True))):
        asked = Question.filter(notice_id__in=some, answered_at__isnull=True, valid_until__gt=now)
        settled += await asked.update(valid_until=now)
    return settled


async def stop_for(person_id: int, now: datetime, *, why: str = "deceased") -> int:
    """Stop everything that waits for a person who has died or withdrawn (promise R23); how many."""
    await people.close_for(person_id, why, now)
    theirs = await Notice.filter(person_id=person_id, state=WAITING).values_list("id", flat=True)
    return await _stop(_numbers(theirs), now, why)


async def _stop(ids: Sequence[int], now: datetime, why: str) -> int:
    """Conditional UPDATEs, so that a courier that has just claimed one keeps it alone."""
    stopped = 0
    for some in _portions(ids):
        waits = Notice.filter(id__in=some, state=WAITING)
        stopped += await waits.update(state=EXPIRED, reason=why, settled_at=now)
        await people.close(some, why, now)
    await count("expired", stopped)
    return stopped


def _beneath(business_key: str) -> QuerySet[Notice]:
    """What stands under this key, with a colon. SQLite finds it by its index, which LIKE would not use.

    PostgreSQL may order text by a language's rules, that pass over the colon: a range would find nothing there.
    """
    if dialect() == "sqlite":
        return Notice.filter(business_key__gte=f"{business_key}:", business_key__lt=f"{business_key};")
    return Notice.filter(business_key__startswith=f"{business_key}:")


def _numbers(column: Any) -> list[int]:
    """One column of ids, as the library's types do not say."""
    return [int(one) for one in column]


def _portions(ids: Sequence[int]) -> Iterator[list[int]]:
    """As many at a time as one statement takes."""
    return (list(ids[start : start + _AT_ONCE]) for start in range(0, len(ids), _AT_ONCE))


async def wake(recipients: Sequence[str], now: datetime) -> int:
    """Somebody has written: what waits for their chat, or on a named person's list, may go now; how many."""
    sleeping = Notice.filter(recipient__in=list(recipients), state=WAITING, next_try_at__gt=now)
    ids = await sleeping.filter(channel__in=BY_PEOPLE).values_list("id", flat=True)
    more = await sleeping.filter(reason__in=_WAITS_FOR_CHAT).values_list("id", flat=True)
    if not ids and not more:
        return 0
    return await Notice.filter(id__in=[*ids, *more], state=WAITING).update(next_try_at=now)


async def settle(notice_id: int, outcome: str, now: datetime) -> bool:
    """A tick: `told_by_liaison`, `told_by_phone`, `on_paper`, `confirmed` or `unreachable`; True if it was open.

    What waited counts as accepted by the person who told it (T7), and the list has one line less. Somebody who
    could not be reached stays open.
    """
    notice = await Notice.get_or_none(id=notice_id)
    if notice is None or notice.state == CLAIMED:
        return False
    settled_at = None if outcome == "unreachable" else now
    await Notice.filter(id=notice_id).update(outcome=outcome, settled_at=settled_at)
    if outcome == "unreachable":
        return True
    told = await Notice.filter(id=notice_id, state=WAITING).update(state=ACCEPTED, accepted_at=now)
    await count("accepted", told)
    await people.close([notice_id], outcome, now)
    return True


async def unsettle(notice_id: int, outcomes: Sequence[str]) -> None:
    """A tick was wrong: the notice waits for its teller again, and no longer counts as accepted (T7)."""
    ticked = Notice.filter(id=notice_id, outcome__in=list(outcomes))
    waits = await ticked.filter(state=ACCEPTED, channel__in=BY_PEOPLE).update(state=WAITING, accepted_at=None)
    await count("accepted", -waits)
    await ticked.update(outcome="not_sent", settled_at=None)


@dataclass(frozen=True, slots=True)
class ReadOut:
    """A notice for whoever reads it now: its words, the same to be said aloud, and the choices it leaves open.

    `title` says what it is about, `announced` only that there is something, for paper that others see too.
    """

    text: str
    spoken: str
    title: str
    announced: str
    asks: list[dict[str, object]]
    recipient: str
    topic: str


async def read_out(notice_id: int) -> ReadOut | None:
    """The notice in full, for somebody who got only a form, or for the person who tells it."""
    notice = await Notice.get_or_none(id=notice_id)
    if notice is None:
        return None
    announced = texts.render("delivery.spoken_short", title=title_of(notice))
    return ReadOut(
        text_of(notice),
        spoken_of(notice) or announced,
        title_of(notice),
        announced,
        list(notice.asks or []),
        notice.recipient,
        notice.topic,
    )


async def waiting(until: datetime, *, person_id: int | None = None, limit: int = 1000) -> list[Notice]:
    """What will go out until then, in its order; for everybody or one person."""
    found = Notice.filter(state=WAITING, next_try_at__lte=until).order_by("next_try_at", "urgency", "id")
    return await (found.filter(person_id=person_id) if person_id is not None else found).limit(limit)


async def tallies() -> dict[str, int]:
    """The counters of T7 that concern notices; `waiting` is what stands in the rows."""
    counted, standing = await totals(), await state_counts()
    found = {name: counted.get(name, 0) for name in ("queued", "accepted", "unknown", "expired", "failed")}
    return found | {"waiting": standing.get(WAITING, 0) + standing.get(CLAIMED, 0)}


async def retire_overdue(now: datetime, limit: int = 500) -> int:
    """Notices a restored copy must not send any more: all that were due before it was restored (promise R21)."""
    old = await Notice.filter(state__in=(WAITING, CLAIMED), due_at__lt=now).limit(limit)
    for notice in old:
        await people.put_on_list(notice, now, why="delivery.why_restored")
        await states.stop(notice, "delivery.why_restored", now)
    return len(old)
