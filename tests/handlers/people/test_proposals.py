"""A group leader proposes, the secretary sees by whom and decides."""

from __future__ import annotations

from datetime import datetime

import pytest
from cast import Cast
from talking import Talk

from kit.county import CheckInNumbers, PostNumbers
from kit.errors import Refusal
from models.database import transaction
from models.help.posts import PostHolding
from models.outreach.notices import Notice
from models.people.access import AuditEntry
from services.help import posts
from services.people import access, check_in, proposals


async def claimed(cast: Cast, now: datetime) -> PostHolding:
    async with transaction():
        return (await posts.claim(cast.patrol, cast.zhao, now=now, numbers=PostNumbers())).holding


async def test_the_leader_proposes_and_the_worker_sees_by_whom(talk: Talk, cast: Cast) -> None:
    row = await claimed(cast, talk.now)
    assert await talk.say("oLeader", "同意赵一禾认领治安巡逻员") == (
        "您组里等回话的。要向书记提议同意哪一件？\n1 赵一禾认领5号治安巡逻员\n回复数字就行，0 返回。"
    )
    assert await talk.say("oLeader", "1") == "好的，您提议同意赵一禾的事，已经告诉周五常，由他来定。"
    told = await Notice.get(say="proposals.claim")
    assert [one["do"] for one in told.asks or []] == ["posts.approve", "posts.reject"]
    assert (await PostHolding.get(id=row.id)).state == "pending"
    listed = await talk.say("oWorker", "同意5号")
    assert listed.startswith("好的，已同意赵一禾认领5号“治安巡逻员”")
    await told.refresh_from_db()
    assert told.state == "expired"
    assert await talk.say("oLeader", "同意5号") == "您组里没有等回话的事。"
    assert (await AuditEntry.get(action="holding.proposed")).subject == f"holding:{row.id}"


async def test_whoever_decides_reads_the_proposal_in_the_list_too(talk: Talk, cast: Cast) -> None:
    for person in (cast.zhao, cast.qian):
        async with transaction():
            await posts.claim(cast.post, person, now=talk.now, numbers=PostNumbers())
    await talk.say("oLeader", "同意3号")
    await talk.say("oLeader", "1")
    await talk.say("oWorker", "同意3号")
    assert (await talk.say("oWorker", "1")) == ("吴六合提议同意。赵一禾想认领3号“政策宣传员”。同意回复1，不同意回复2。")


async def test_a_check_in_is_proposed_too(cast: Cast, monday: datetime) -> None:
    cast.wang.liaison_id = cast.leader.id
    await cast.wang.save()
    application = check_in.Application(cast.community.id)
    row = (await check_in.submit(cast.wang, application, now=monday, numbers=CheckInNumbers()))[0].id
    reach = await access.reach_of(cast.leader, monday.date())
    found, decides = await proposals.propose("check_in", row, by=cast.leader, reach=reach, now=monday)
    assert (found.name, decides) == ("王百川", cast.worker)
    told = await Notice.get(say="proposals.check_in")
    assert told.asks == [{"label": "王百川", "do": "check_in.review", "args": {"check_in": row}}]


async def test_nobody_proposes_what_is_not_their_groups(cast: Cast, monday: datetime) -> None:
    row = await claimed(cast, monday)
    await PostHolding.filter(id=row.id).update(person_id=cast.feng.id)
    reach = await access.reach_of(cast.leader, monday.date())
    with pytest.raises(Refusal, match=r"access\.unknown"):
        await proposals.propose("holding", row.id, by=cast.leader, reach=reach, now=monday)


async def test_a_member_proposes_nothing(talk: Talk) -> None:
    assert "会给您打电话" in await talk.say("oQian", "同意3号")
