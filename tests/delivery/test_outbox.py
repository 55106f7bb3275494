"""Notices are stored once, with their facts sealed, and counted."""

from __future__ import annotations

import asyncio

from delivery.outbox import Asked, Letter, post_many, post_notice, to_person
from models.counters import totals
from models.database import connection, transaction
from models.outreach.notices import Notice

HELLO = Letter("delivery.hello", {"name": "王百川"}, asks=(Asked("来了", "visits.record", {"visit": 3}),))


async def test_a_notice_is_stored_with_sealed_facts(db, monday):
    stored = await post_notice(to_person(7), HELLO, once="visit:3", now=monday)
    notice = await Notice.get(id=stored)
    assert (notice.person_id, notice.state, notice.due_at) == (7, "waiting", monday)
    assert notice.asks == [{"label": "来了", "do": "visits.record", "args": {"visit": 3}}]
    raw = await connection().execute_query_dict("SELECT facts FROM notice")
    assert "王百川" in notice.facts
    assert "王百川" not in raw[0]["facts"]


async def test_fifty_posts_at_once_of_one_business_key_store_one_row(db, monday):
    async def post():
        async with transaction():
            return await post_notice(to_person(7), HELLO, once="visit:3", now=monday)

    ids = await asyncio.gather(*(post() for _ in range(50)))
    assert sum(found is not None for found in ids) == 1
    assert await Notice.all().count() == 1
    assert await totals() == {"queued": 1}


async def test_a_broadcast_skips_who_has_it_already(db, monday):
    await post_notice(to_person(2), HELLO, once="broadcast:1", now=monday)
    new = await post_many([to_person(n) for n in range(1, 12001)], HELLO, once="broadcast:1", now=monday)
    assert new == 11999
    assert (await totals())["queued"] == 12000
