"""Counts where the people of a broadcast stand, so that nobody waits while a county is counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from kit.clock import at_local, local_day
from models.outreach import broadcasts as standing
from models.outreach.notices import Broadcast
from services.county import tallies
from services.outreach.broadcasts import rows

LIVE_UP_TO = 2000
"""A broadcast to so many is counted whenever somebody looks; what is larger stands as the clock counted it last."""
YOUNG, YOUNG_EVERY = timedelta(days=3), timedelta(minutes=4)
ALIVE, ALIVE_EVERY = timedelta(days=60), timedelta(hours=20)
"""Most answer within days; late ones are counted once a night for two months."""
PAGE = 5000


def is_kept(row: Broadcast) -> bool:
    """Whether its kept figures are read instead of its notices."""
    return row.counted > LIVE_UP_TO and row.tallied_at is not None


async def kept(listed: Sequence[Broadcast]) -> dict[int, dict[int, int]]:
    """How many people stand where with each of these, as it was counted last."""
    found = await tallies.by_key(tallies.NOTICES, [str(row.id) for row in listed]) if listed else {}
    return {int(key): {int(word): many for word, many in counted.items() if word} for key, counted in found.items()}


async def to_count(now: datetime) -> list[int]:
    """Broadcasts whose figures are missing or too old, the oldest first."""
    due = Q(
        Q(tallied_at__isnull=True),
        Q(_sent_since(now - YOUNG), tallied_at__lt=now - YOUNG_EVERY),
        Q(_sent_since(now - ALIVE), tallied_at__lt=now - ALIVE_EVERY),
        join_type=Q.OR,
    )
    found = await Broadcast.filter(due, state=rows.SPREAD).order_by("id").values_list("id", flat=True)
    return [int(str(one)) for one in found]


def _sent_since(moment: datetime) -> Q:
    return Q(Q(send_at__gte=moment), Q(send_at__isnull=True, created_at__gte=moment), join_type=Q.OR)


async def count(broadcast_id: int, *, size: int = PAGE) -> Counter[tuple[int, str]]:
    """How many people stand where, by (home, standing); in pages, between which others are answered."""
    row, after = await Broadcast.get(id=broadcast_id), ""
    keys, counted = rows.keys_of(row), Counter[tuple[int, str]]()
    while True:
        end = await standing.end_of_page(keys[0], after, size)
        for (home, rank), many in (await standing.standings_at_home(keys, after, end)).items():
            counted[home, str(rank)] += many
        if end is None:
            return counted
        after = end
        await asyncio.sleep(0)


async def keep(broadcast_id: int, counted: Counter[tuple[int, str]], *, now: datetime) -> None:
    """These figures stand from now on."""
    row = await Broadcast.get(id=broadcast_id)
    # A further round does not move a notice into another month.
    sent_at = row.created_at if rows.round_of(row) > 1 else row.send_at or row.created_at
    await tallies.keep(tallies.NOTICES, str(row.id), local_day(sent_at), counted)
    await Broadcast.filter(id=row.id).update(tallied_at=now)


async def standing_uncounted(first: date, last: date) -> dict[tuple[int, int], int]:
    """How often people stand where, by (home, standing), with what was sent in these days and not counted yet."""
    found = await _sent_between(first, last).filter(state=rows.SPREAD, tallied_at__isnull=True)
    keys = [key for row in found for key in rows.keys_of(row)]
    return await standing.standings_at_home(keys) if keys else {}


def _sent_between(first: date, last: date) -> QuerySet[Broadcast]:
    begin, end = at_local(first, time(0)), at_local(last + timedelta(days=1), time(0))
    sent = Q(send_at__gte=begin, send_at__lt=end)
    unplanned = Q(send_at__isnull=True, created_at__gte=begin, created_at__lt=end)
    return Broadcast.filter(Q(sent, unplanned, join_type=Q.OR))
