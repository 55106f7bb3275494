"""On Monday morning everybody in office is told what waits, in numbers; on Tuesday nobody is."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from cast import arrange

from kit.clock import local_day
from models.outreach.notices import Notice
from services.county import desk

pytestmark = pytest.mark.usefixtures("db")


async def _told(now: datetime) -> dict[str, str]:
    for person_id in await desk.in_office(local_day(now)):
        await desk.tell_lines(person_id, now=now)
    return {row.recipient: str(json.loads(row.facts).get("lines", "")) for row in await Notice.filter(topic="desk")}


async def test_the_lines_carry_numbers_and_no_names(monday: datetime) -> None:
    cast = await arrange(monday)
    told = await _told(monday)
    assert "岗位还缺的人：3" in told[f"person:{cast.worker.id}"]
    assert not any("赵一禾" in lines for lines in told.values())


async def test_who_decides_nothing_is_told_nothing(monday: datetime) -> None:
    cast = await arrange(monday)
    await _told(monday)
    assert not await Notice.filter(recipient=f"person:{cast.leader.id}").exists()


async def test_twice_the_same_morning_is_told_once(monday: datetime) -> None:
    await arrange(monday)
    first = len(await _told(monday))
    assert len(await _told(monday + timedelta(minutes=5))) == first
