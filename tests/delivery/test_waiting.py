"""What waits under a key is stopped, however many they are and however the database orders text."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cast import arrange

from delivery import waiting
from delivery.outbox import Letter, post_many, post_notice, to_openid
from models.database import connection, dialect
from models.outreach.notices import Notice
from models.people.accounts import Question

KEYS = ("visit:1", "visit:1:remind", "visit:1:came", "visit:12:remind", "visits:1:remind", "visit:2:remind")


async def put(monday: datetime) -> None:
    for key in KEYS:
        await post_notice(to_openid("oZhao"), Letter("binding.checked"), once=key, now=monday)


async def ordered_by(order: str) -> None:
    """PostgreSQL orders the keys as a database of that language would; SQLite knows one order only."""
    if dialect() != "sqlite":
        sql = f'ALTER TABLE notice ALTER COLUMN business_key TYPE varchar(120) COLLATE "{order}"'
        await connection().execute_script(sql)


async def test_only_what_is_under_the_key_is_stopped(db: None, monday: datetime) -> None:
    await put(monday)
    assert await waiting.cancel("visit:1", monday) == 3
    stopped = await Notice.filter(state="expired").values_list("business_key", flat=True)
    assert sorted(str(key) for key in stopped) == ["visit:1", "visit:1:came", "visit:1:remind"]


@pytest.mark.parametrize("order", ["C", "en-US-x-icu", "zh-x-icu"])
async def test_what_is_settled_asks_no_more_by_whatever_rules_text_is_ordered(
    db: None, monday: datetime, order: str
) -> None:
    await ordered_by(order)
    await put(monday)
    for notice in await Notice.all():
        await Question.create(openid="oZhao", title="?", choices=[], asked_at=monday, notice_id=notice.id,
                              valid_until=monday + timedelta(days=1))  # fmt: skip
    settled, stopped = await waiting.answered_elsewhere("visit:1", monday), await waiting.cancel("visit:1", monday)
    await ordered_by("default")
    assert (settled, stopped) == (2, 3)


async def test_a_whole_countys_broadcast_is_stopped(db: None, monday: datetime) -> None:
    await arrange(monday)
    recipients = [f"openid:o{number}" for number in range(40_000)]
    await post_many(recipients, Letter("binding.checked"), once="broadcast:1", now=monday)
    assert await waiting.cancel("broadcast:1", monday) == 40_000
    assert await Notice.filter(state="expired").count() == 40_000
