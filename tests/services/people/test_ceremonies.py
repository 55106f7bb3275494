"""荣退+报到: both sides hear thirty days before, once; the unit is reminded weekly until the person was greeted."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from cast import Cast, arrange

from kit.county import CheckInNumbers
from models.outreach.notices import Notice
from models.people.check_in import RetirementCeremony
from models.people.members import Person
from services.people import ceremonies, organisation

pytestmark = pytest.mark.usefixtures("db")
NUMBERS = CheckInNumbers()


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    found = await arrange(monday)
    await organisation.appoint(found.feng, "branch_secretary", found.unit_branch, since=date(2026, 1, 1))
    await Person.filter(id=found.wang.id).update(community_id=found.community.id)
    return found


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T08:40:00+08:00")


@pytest.mark.parametrize(
    ("retires", "announced", "told"),
    [
        ("2026-11-11", 1, {"check_in.ceremony_unit", "check_in.ceremony_community"}),
        ("2026-11-12", 0, set()),
        ("2026-10-12", 1, {"check_in.ceremony_unit", "check_in.ceremony_community"}),
        ("2026-09-30", 1, set()),
        ("2026-09-01", 0, set()),
    ],
    ids=["in thirty days", "in thirty-one", "today", "lately, come late onto the roster", "long ago"],
)
async def test_who_is_announced(cast: Cast, monday: datetime, retires: str, announced: int, told: set[str]) -> None:
    await Person.filter(id=cast.wang.id).update(retires_on=date.fromisoformat(retires))
    assert await ceremonies.announce(monday, NUMBERS) == announced
    assert await ceremonies.announce(monday, NUMBERS) == 0
    assert {notice.say for notice in await Notice.all()} == told


async def test_the_unit_is_reminded_once_a_week_until_the_greeting(cast: Cast, monday: datetime) -> None:
    await ceremonies.announce(monday, NUMBERS)
    days = ("2026-10-06", "2026-10-07", "2026-10-08", "2026-10-14", "2026-10-15")
    assert [await ceremonies.follow(at(day)) for day in days] == [0, 1, 0, 1, 0]
    await RetirementCeremony.all().update(state="greeted")
    assert await ceremonies.follow(at("2026-10-21")) == 0


async def test_the_dead_are_not_followed(cast: Cast, monday: datetime) -> None:
    await ceremonies.announce(monday, NUMBERS)
    await Person.filter(id=cast.wang.id).update(state="deceased")
    assert await ceremonies.follow(at("2026-10-14")) == 0
