"""Broken messages are tried again, at most five times in all; then they wait where a person sees them (promise R6)."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.answering import answer_again
from bot.house import House
from delivery.outbox import Letter, post_notice, to_openid
from models.counters import count
from models.database import transaction
from models.inbox import InboxMessage
from scheduler.job import Deps, Job, job
from services.help import wishes
from wechat.messages import read_raw

log = structlog.get_logger()

MOST_ATTEMPTS = 5
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))


def retry_job(house: House) -> Job:
    """The timed job of this process."""

    @job(every=60)
    async def retry(now: datetime, deps: Deps) -> dict[str, int]:
        """Each minute: messages that broke and are due again."""
        counted = {"done": 0, "again": 0, "parked": 0}
        for row in await InboxMessage.filter(state="failed", retry_at__lte=now).order_by("id").limit(50):
            counted[await try_again(house, row, now)] += 1
        return counted

    return retry


async def try_again(house: House, row: InboxMessage, now: datetime) -> str:
    """One more attempt: `done`, `again` or `parked`. An edge: what breaks once more is counted, not raised."""
    try:
        async with transaction():
            await _redo(house, row, now)
        return "done"
    except Exception as exc:
        log.error("inbox.broken_again", incident=row.incident, attempts=row.attempts + 1, exc_info=exc)
    async with transaction():
        return await _count_attempt(row, now)


async def _redo(house: House, row: InboxMessage, now: datetime) -> None:
    """The message once more, in its own transaction; the answer goes after it, since the first reply has left."""
    taken = await InboxMessage.filter(id=row.id, state__in=["failed", "parked"]).update(
        state="done", words=None, retry_at=None, attempts=row.attempts + 1
    )
    if not taken or row.words is None:
        return
    message = read_raw(row.words)
    text = await answer_again(house.engine, house.county, message, received_at=row.received_at, now=now)
    if text:
        letter = Letter("conversation.later", {"text": text}, in_reply=True)
        await post_notice(to_openid(row.openid), letter, once=f"inbox:{row.id}:later", now=now)


async def _count_attempt(row: InboxMessage, now: datetime) -> str:
    """One attempt more; the last one puts the message on a named person's list, once."""
    attempts = row.attempts + 1
    mine = InboxMessage.filter(id=row.id, attempts=row.attempts, state=row.state)
    if row.state == "parked":
        await mine.update(attempts=attempts)
        return "parked"
    if attempts < MOST_ATTEMPTS:
        pause = PAUSES[min(attempts - 1, len(PAUSES) - 1)]
        await mine.update(attempts=attempts, retry_at=now + pause)
        return "again"
    if await mine.update(attempts=attempts, state="parked", retry_at=None):
        await count("parked")
        asking = wishes.Asking(row.openid, None, await wishes.place_of(None, None))
        await wishes.keep("parked", asking, now=now, words=row.incident)
    return "parked"
