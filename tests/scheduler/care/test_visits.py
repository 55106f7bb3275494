"""The visit jobs as the clock knocks: planned, reminded, greeted, risen, and all of it safe to repeat."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import cast as stage
import pytest

from kit.clock import SHANGHAI
from kit.county import BirthdayNumbers, County
from models.care.visits import VisitTask
from models.database import transaction
from models.outreach.notices import Notice
from models.people.members import Person
from scheduler.care import visits as jobs
from scheduler.county import escalation

ALL = (jobs.plan_visits, jobs.remind_visits, jobs.greet_members, escalation.rise)


def deps(county: County | None = None) -> Any:
    return SimpleNamespace(county=county or County(), transaction=transaction)


async def knock(now: datetime, tools: Any) -> dict[str, int]:
    """All visit jobs once, in their order."""
    counted: dict[str, int] = {}
    for job in ALL:
        counted |= await job.run(now, tools)
    return counted


async def test_a_festival_from_sight_to_the_last_level(db: None, monday: datetime) -> None:
    await stage.arrange(monday)
    assert (await knock(monday, deps()))["made"] == 6
    day = datetime(2026, 10, 18, 8, 30, tzinfo=SHANGHAI)
    assert (await knock(day, deps()))["greeted"] == 5
    assert (await knock(day.replace(hour=18), deps()))["visit"] == 6


async def test_knocking_twice_changes_nothing(db: None, monday: datetime) -> None:
    await stage.arrange(monday)
    for moment in (monday, datetime(2026, 10, 18, 18, 30, tzinfo=SHANGHAI)):
        await knock(moment, deps())
        before = await Notice.all().count(), await VisitTask.all().count()
        assert not any((await knock(moment + timedelta(minutes=10), deps())).values())
        assert (await Notice.all().count(), await VisitTask.all().count()) == before


@pytest.mark.parametrize("jump", [timedelta(days=163), timedelta(days=150)], ids=["at-once", "in-two-moves"])
async def test_a_clock_moved_to_three_days_before_a_lunar_birthday_brings_the_reminder(
    db: None, monday: datetime, jump: timedelta
) -> None:
    cast = await stage.arrange(monday)
    await Person.filter(id=cast.zhao.id).update(birth="1948-02-09")
    county = County(birthdays=BirthdayNumbers(offset_female=-1))
    await knock(monday, deps(county))
    await knock(monday + jump, deps(county))
    await knock(datetime(2027, 3, 13, 8, 30, tzinfo=SHANGHAI), deps(county))
    task = await VisitTask.get(subject_id=cast.zhao.id, kind="decade_birthday_visit")
    assert (task.occasion, task.due_on.isoformat()) == ("decade_birthday:80", "2027-03-16")
    notice = await Notice.filter(person_id=cast.leader.id).order_by("-id").first()
    assert notice is not None
    assert notice.business_key.startswith(f"visit:{task.id}:remind:")


async def test_one_to_look_at_anew_does_not_keep_those_whose_day_has_come_waiting(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await knock(monday, deps())
    await Person.filter(id=cast.zhao.id).update(next_occasions_from=None)
    june = monday + timedelta(days=240)
    assert (await jobs.plan_visits.run(june, deps()))["made"] > 6
    assert not any((await jobs.plan_visits.run(june, deps())).values())
