"""A community may open its windows and remind earlier than the county; nobody else's duties change."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import visits_rounds as rounds
from cast import Cast, arrange

from kit.county import County
from kit.errors import Refusal
from models.care.visit_settings import VisitSetting
from models.care.visits import VisitTask
from models.outreach.notices import Notice
from models.people.members import Person
from services.care import visits
from services.people import access

COUNTY, TODAY = County(), date(2026, 10, 12)


@pytest.fixture
async def cast(db: None, monday: datetime) -> Cast:
    return await arrange(monday)


async def changed(name: str, value: int, by: Person, now: datetime) -> None:
    await visits.change(name, value, county=County(), by=by, reach=await access.reach_of(by, TODAY), now=now)


async def test_a_window_of_one_community_is_its_own(cast: Cast, monday: datetime) -> None:
    await rounds.plan(monday, await visits.rules_now(COUNTY))
    await changed("festival_window_days", 30, cast.worker, monday)
    await rounds.plan(monday, await visits.rules_now(COUNTY))
    opens = {
        str(person): day
        for person, day in await VisitTask.filter(occasion="double_ninth:2026").values_list(
            "subject__key", "window_from"
        )
    }
    assert (opens["zhao"], opens["feng"]) == (date(2026, 9, 18), date(2026, 10, 4))


async def test_an_earlier_reminder_of_one_community_reminds_nobody_else(cast: Cast, monday: datetime) -> None:
    await changed("remind_first", 9, cast.worker, monday)
    rules = await visits.rules_now(COUNTY)
    await Person.filter(id=cast.feng.id).update(liaison_id=cast.qian.id)
    nine_days_before = monday - timedelta(days=3)
    await rounds.plan(nine_days_before, rules)
    await rounds.remind(nine_days_before, rules)
    assert await rounds.remind(nine_days_before, rules) == 0
    told = set(await Notice.filter(topic="visit").values_list("person_id", flat=True))
    assert cast.leader.id in told
    assert cast.qian.id not in told
    await rounds.remind(nine_days_before + timedelta(days=2), rules)
    assert await Notice.filter(topic="visit", person_id=cast.qian.id).exists()


async def test_what_the_county_changes_later_stands_where_a_community_has_nothing_of_its_own(
    cast: Cast, monday: datetime
) -> None:
    await changed("festival_window_days", 30, cast.worker, monday)
    await changed("festival_window_days", 20, cast.chief, monday)
    await changed("birthday_window_days", 5, cast.chief, monday)
    rules = await visits.rules_now(COUNTY)
    here, there = rules.visits_at(cast.community.id), rules.visits_at(cast.other_community.id)
    assert (here.festival_days_before, here.birthday_days_before) == (30, 5)
    assert (there.festival_days_before, there.birthday_days_before) == (20, 5)
    assert await VisitSetting.all().count() == 3


@pytest.mark.parametrize("name", ["first_age", "hospital_days", "offset_male"])
async def test_what_is_the_same_in_the_whole_county_no_community_changes(
    cast: Cast, monday: datetime, name: str
) -> None:
    with pytest.raises(Refusal, match="rules_are_the_county_s"):
        await changed(name, 1, cast.worker, monday)


async def test_a_branch_changes_nothing(cast: Cast, monday: datetime) -> None:
    with pytest.raises(Refusal, match="rules_are_the_county_s"):
        await changed("remind_first", 5, cast.secretary, monday)
