"""Spreads what is due over its people, a page at a time, each page with its notices in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from tortoise.expressions import Subquery

import texts
from delivery import people
from delivery.outbox import BULK, Asked, Letter, post_many, to_person
from delivery.waiting import cancel as stop_waiting
from kit.clock import local_day
from models.outreach.notices import ACCEPTED, EXPIRED, Broadcast, Notice
from models.people.accounts import Question
from services.outreach import audience
from services.outreach.broadcasts import rows
from services.outreach.broadcasts.writing import words_for

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Page:
    """How many notices one step posted, and whether it was the last."""

    posted: int
    is_last: bool


async def due(now: datetime) -> list[int]:
    """Broadcasts whose window to cancel is over and whose people have not all got a row, oldest first."""
    waiting = Broadcast.filter(state=rows.SCHEDULED, send_at__lte=now).order_by("send_at", "id")
    return [row.id for row in await waiting.only("id")]


async def spread_page(broadcast_id: int, now: datetime, *, size: int = audience.PAGE) -> Page | None:
    """Post the notices of the next people; None when there is nothing (more) to do here.

    The mark moves by a conditional UPDATE before the rows are stored, in the caller's transaction: of two
    processes one spreads the page, and after a kill the next knock goes on where the mark stands.
    """
    row = await Broadcast.get_or_none(id=broadcast_id, state=rows.SCHEDULED, send_at__lte=now)
    if row is None:
        return None
    today, mark = local_day(now), row.spread_until_person
    reach = await rows.reach_of_author(row, today)
    found = await audience.page_of(rows.audience_now(row), reach, today, after=mark, limit=size)
    standing = Broadcast.filter(id=row.id, state=rows.SCHEDULED, spread_until_person=mark)
    state = rows.SPREAD if found.is_over else rows.SCHEDULED
    if not await standing.update(spread_until_person=found.last, state=state):
        return None
    if row.corrects_id and mark == 0:
        await stop_waiting(f"broadcast:{row.corrects_id}", now)
    if row.audience.get("by_people"):
        posted = await _hand_over(row, found.ids, now)
    else:
        await _replace_questions(row, found.ids, now)
        posted = await _post(row, found.ids, now)
    log.info("broadcast.page", broadcast=row.id, posted=posted, last=found.is_over)
    return Page(posted, found.is_over)


async def _replace_questions(row: Broadcast, ids: list[int], now: datetime) -> None:
    """What an earlier round or the corrected notice asked is over: one "1" must not meet two questions (E15)."""
    earlier = rows.keys_of(row)[:-1]
    if row.corrects_id and (wrong := await Broadcast.get_or_none(id=row.corrects_id)):
        earlier = (*earlier, *rows.keys_of(wrong))
    if not earlier or not ids:
        return
    before = Notice.filter(business_key__in=earlier, person_id__in=ids)
    asked = Question.filter(notice_id__in=Subquery(before.values("id")), answered_at__isnull=True, valid_until__gt=now)
    await asked.update(valid_until=now)


async def _hand_over(row: Broadcast, ids: list[int], now: datetime) -> int:
    """A named person is to tell each of these; their own "1" still closes it. How many are being told."""
    theirs = Notice.filter(business_key__in=rows.keys_of(row), person_id__in=ids, state__in=[ACCEPTED, EXPIRED])
    latest = {notice.person_id: notice for notice in await theirs.order_by("id")}
    for notice in latest.values():
        await people.put_on_list(notice, now, why="delivery.why_second_round")
        await Notice.filter(id=notice.id).update(teller_id=notice.teller_id)
    return len(latest)


async def _post(row: Broadcast, ids: list[int], now: datetime) -> int:
    if not ids:
        return 0
    number = rows.round_of(row)
    say, facts = await words_for(row, number=number)
    letter = Letter(say, facts, topic=audience.TOPIC, urgency=BULK, asks=_asks(row))
    recipients = [to_person(one) for one in ids]
    return await post_many(recipients, letter, once=rows.key_of(row, number), now=now, broadcast_id=row.id)


def _asks(row: Broadcast) -> tuple[Asked, ...]:
    """What a digit says: that it was read, or whether the person comes."""
    names = ("comes", "stays") if rows.invites(row) else ("received",)
    return tuple(Asked(texts.render(f"broadcasts.{one}_label"), f"broadcasts.{one}", {"broadcast": row.id})
                 for one in names)  # fmt: skip
