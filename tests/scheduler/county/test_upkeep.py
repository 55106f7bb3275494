"""What was kept long enough goes, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from models.database import transaction
from models.help.wishes import Wish
from models.inbox import InboxMessage
from models.outreach.notices import Notice
from models.people.accounts import Account
from models.platform import Mark
from scheduler.county.upkeep import heartbeat, retention
from scheduler.job import Deps


async def test_retention_keeps_what_is_young(db, monday):
    for number, days in enumerate((1, 29, 31, 400)):
        at = monday - timedelta(days=days)
        await InboxMessage.create(openid="o", identity=str(number), kind="text", created=at, received_at=at)
        await Notice.create(
            business_key=str(number), recipient="person:1", say="x", due_at=at, next_try_at=at, queued_at=at
        )
    await Account.create(openid="o", first_seen=monday, last_message_at=monday - timedelta(days=8), seat={"step": 1})
    old = monday - timedelta(days=31)
    await Wish.create(kind="voice", media_id="m", made_at=old)
    counted = await retention.run(monday, Deps(None, None, None, transaction))
    assert counted == {"inbox": 2, "dialogues": 1, "voice": 1}
    assert await Notice.all().count() == 4
    assert (await Account.get()).seat == {}


async def test_the_heartbeat_leaves_a_mark_and_tells_outside(db, monday):
    told = []

    async def ping():
        told.append(1)

    assert await heartbeat.run(monday, Deps(None, None, None, transaction, ping)) == {"beats": 1, "pinged": 1}
    assert (await Mark.get(name="heartbeat")).at == monday
    assert told
