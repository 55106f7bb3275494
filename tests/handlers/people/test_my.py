"""这是你们发的吗: answered from the list of what was really sent, and a warning where nothing was."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cast import Cast, arrange
from talking import open_talk

from delivery.outbox import Letter, post_notice, to_person
from handlers.routers import ROUTERS
from models.outreach.notices import ACCEPTED, Notice

pytestmark = pytest.mark.usefixtures("db")


async def _sent(cast: Cast, at: datetime, once: str) -> None:
    await post_notice(to_person(cast.qian), Letter("desk.monday_well", topic="work"), once=once, now=at)
    await Notice.filter(business_key=once).update(state=ACCEPTED, accepted_at=at)


async def test_what_was_really_sent_is_listed_with_its_time(monday: datetime) -> None:
    cast = await arrange(monday)
    talk = await open_talk(ROUTERS, monday)
    await _sent(cast, monday - timedelta(minutes=30), "one")
    await _sent(cast, monday - timedelta(days=3), "long ago")
    said = await talk.say("oQian", "这是你们发的吗")
    await talk.inbox.stop()
    assert "上午8点30分" in said
    assert said.count("点30分") == 1


async def test_where_nothing_was_sent_a_warning_comes(monday: datetime) -> None:
    await arrange(monday)
    talk = await open_talk(ROUTERS, monday)
    said = await talk.say("oQian", "这是你们发的吗")
    await talk.inbox.stop()
    assert "199 0000 0900" in said
