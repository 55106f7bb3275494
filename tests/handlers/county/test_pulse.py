"""The house's pulse: what a secretary reads, and the one line after three days switched off."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from cast import Cast, arrange
from delivery_cast import post
from talking import Talk, open_talk

from handlers.routers import ROUTERS
from kit.county import County
from models.database import transaction
from models.outreach.notices import Notice
from models.people.accounts import Account
from scheduler.county.upkeep import after_outage, heartbeat
from services.county import pulse

DAYS = timedelta(days=1)


class Deps:
    """What these jobs need of the house."""

    transaction = staticmethod(transaction)
    ping = None


@pytest.fixture
async def cast(db, monday) -> Cast:
    return await arrange(monday)


@pytest.fixture
async def talk(cast, monday) -> AsyncIterator[Talk]:
    await Account.all().update(consented=County().privacy_version)
    opened = await open_talk(ROUTERS, monday, County(phone="19900000999"))
    yield opened
    await opened.inbox.stop()


async def _beat(at: datetime) -> None:
    """A round of the clock with the machine's own clock showing the same."""
    await pulse.beat(at, at)


async def test_a_secretary_reads_when_it_last_went_round_and_what_comes(talk, cast, monday) -> None:
    await heartbeat.run(monday, Deps())
    assert await talk.say("oSecretary", "系统还好吗") == (
        "系统开着。上次检查是上午9点00分，上次发出通知是还没有过。现在没有等着发的。"
    )
    await post(cast.zhao, monday)
    await Notice.all().update(next_try_at=monday + timedelta(hours=6))
    assert "下一条下午3点00分发" in await talk.say("oSecretary", "系统正常吗")


async def test_a_member_is_shown_what_can_be_done(talk, cast, monday) -> None:
    assert "系统开着" not in await talk.say("oZhao", "系统还好吗")


async def test_three_days_off_everything_is_there_and_one_line_says_so(talk, cast, monday) -> None:
    await _beat(monday)
    duty = await post(cast.zhao, monday + timedelta(hours=1), once="duty")
    stale = await post(cast.qian, monday + timedelta(hours=1), once="greeting", topic="greeting",
                       useful_until=monday + DAYS)  # fmt: skip
    back = monday + 3 * DAYS
    await _beat(back)
    await Notice.filter(id=stale).update(state="expired", settled_at=back, reason="greeting")
    assert await after_outage.run(back, Deps()) == {"told": 0}
    assert await after_outage.run(back + timedelta(minutes=20), Deps()) == {"told": 4}
    assert await after_outage.run(back + timedelta(minutes=40), Deps()) == {"told": 0}
    line = await Notice.get(say="pulse.outage", person_id=cast.secretary.id)
    assert line.topic == "work"
    assert (await Notice.get(id=duty)).state == "waiting"
    talk.now = back
    assert "1条问候过了日子没有发。钱二梅等" in await talk.say("oSecretary", "系统还好吗")


async def test_an_hour_off_is_no_news(cast, monday) -> None:
    await _beat(monday)
    await _beat(monday + timedelta(hours=1))
    assert await pulse.outage_to_tell(monday + 2 * DAYS) is None


async def test_a_clock_moved_in_a_rehearsal_is_no_outage(cast, monday) -> None:
    await pulse.beat(monday, monday)
    await pulse.beat(monday + 3 * DAYS, monday + timedelta(minutes=1))
    assert await pulse.outage_to_tell(monday + 4 * DAYS) is None
