"""Token, quota and allowance hold over all processes because they are rows."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

from delivery.ledger import RowQuotaLedger, RowTokenStore, give_back_allowance, take_allowance
from models.database import connection
from models.people.accounts import Account
from wechat.token import StoredToken

DAY = date(2026, 10, 12)


async def test_one_of_many_processes_may_fetch_a_token(db):
    stores = [RowTokenStore("wx1") for _ in range(8)]
    allowed = await asyncio.gather(*(store.may_fetch(1000.0) for store in stores))
    assert sum(allowed) == 1
    assert await stores[0].swap(None, StoredToken("t1", 9000.0, 1000.0))
    assert (await stores[1].get()).value == "t1"
    assert not await stores[2].swap(None, StoredToken("t2", 9000.0, 1001.0))


async def test_five_fetches_a_minute_are_allowed(db):
    store = RowTokenStore("wx1")
    allowed = 0
    for second in range(0, 50, 2):
        if await store.may_fetch(1000.0 + second):
            allowed += 1
            await store.swap("unknown", StoredToken("t", 1.0, 1.0))
    assert allowed == 5


async def test_the_token_is_sealed_in_its_row(db):
    store = RowTokenStore("wx1")
    await store.swap(None, StoredToken("very-secret", 9000.0, 1000.0))
    rows = await connection().execute_query_dict("SELECT token FROM platform_token")
    assert "very-secret" not in rows[0]["token"]


async def test_a_day_quota_is_never_passed(db):
    ledgers = [RowQuotaLedger() for _ in range(3)]
    spent = await asyncio.gather(*(ledgers[n % 3].spend("send", DAY, 1, 150) for n in range(200)))
    assert 140 <= sum(spent) <= 150


async def test_two_ledgers_end_exactly_at_a_small_quota(db):
    one, other = RowQuotaLedger(), RowQuotaLedger()
    spent = [await (one, other)[n % 2].spend("menu", DAY, 1, 10) for n in range(20)]
    assert sum(spent) == 10


async def test_an_allowance_is_spent_once_each_and_can_be_given_back(db, monday):
    until = monday + timedelta(hours=48)
    await Account.create(openid="o1", first_seen=monday, window_until=until, allowance=5)
    taken = await asyncio.gather(*(take_allowance("o1", monday) for _ in range(9)))
    assert sum(taken) == 5
    await give_back_allowance("o1", until)
    assert await take_allowance("o1", monday)
    assert not await take_allowance("o1", until)
