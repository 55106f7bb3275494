"""一人一策: what a plan asks for becomes duties by its rhythm, and only those whose task it is read it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import visits_rounds as rounds
from cast import Cast, arrange

from kit.errors import Refusal
from models.care.visits import VisitTask
from models.database import connection
from models.outreach.notices import Notice
from models.people.access import AuditEntry
from models.people.members import Person
from services.care import care_plans, visits
from services.people import access

pytestmark = pytest.mark.usefixtures("db")
TODAY = date(2026, 10, 12)


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    return await arrange(monday)


async def planned(person: Person, now: datetime) -> dict[str, tuple[str, int | None]]:
    await rounds.plan(now)
    tasks = await VisitTask.filter(subject_id=person.id).exclude(kind="festival_visit").order_by("due_on", "id")
    return {task.occasion: (task.state, task.assignee_id) for task in tasks}


async def test_the_plan_s_tiers_doctor_and_reading_become_duties_of_the_right_people(
    cast: Cast, monday: datetime
) -> None:
    reach = await access.reach_of(cast.worker, TODAY)
    for wanted in care_plans.EXTRAS:
        await care_plans.set_wanted(cast.zhao, wanted, True, by=reach, now=monday)
    await care_plans.seat(cast.zhao, "county_hospital", "陈十全", by=reach, now=monday)
    assert await planned(cast.zhao, monday) == {
        "wellbeing:2026-10": ("assigned", cast.leader.id),
        "home_round:2026-10": ("assigned", cast.chief.id),
        "home_study:2026-10": ("assigned", cast.leader.id),
        "tier_county:2026": ("assigned", cast.chief.id),
        "tier_township:2026-H2": ("assigned", cast.township_worker.id),
        "tier_community:2026-Q4": ("assigned", cast.leader.id),
    }


@pytest.mark.parametrize(
    ("risks", "occasion"),
    [
        ((), "wellbeing:2026-10"),
        (("lives_alone",), "wellbeing:2026-W42"),
        (("disabled", "empty_nest"), "wellbeing:2026-W42"),
    ],
    ids=["very old", "and alone", "three"],
)
async def test_the_more_risks_the_oftener(cast: Cast, monday: datetime, risks: tuple[str, ...], occasion: str) -> None:
    reach = await access.reach_of(cast.worker, TODAY)
    await care_plans.write(cast.zhao, {}, by=reach, now=monday)
    for risk in risks:
        await care_plans.set_risk(cast.zhao, risk, True, by=reach, now=monday)
    assert next(iter(await planned(cast.zhao, monday))) == occasion


async def test_a_rhythm_goes_on_week_after_week_and_each_week_is_one_duty(cast: Cast, monday: datetime) -> None:
    reach = await access.reach_of(cast.worker, TODAY)
    await care_plans.set_risk(cast.zhao, "lives_alone", True, by=reach, now=monday)
    for day in range(70):
        await rounds.plan(monday + timedelta(days=day))
    weeks = await VisitTask.filter(subject_id=cast.zhao.id, kind="wellbeing_visit").order_by("due_on")
    assert [task.occasion for task in weeks] == [f"wellbeing:2026-W{week}" for week in range(42, 53)]


async def test_what_the_plan_no_longer_asks_for_is_off_and_nothing_is_doubled(cast: Cast, monday: datetime) -> None:
    reach = await access.reach_of(cast.worker, TODAY)
    await care_plans.set_wanted(cast.zhao, "home_round", True, by=reach, now=monday)
    await planned(cast.zhao, monday)
    await care_plans.set_wanted(cast.zhao, "home_round", False, by=reach, now=monday)
    assert (await planned(cast.zhao, monday))["home_round:2026-10"][0] == "cancelled"
    await care_plans.set_wanted(cast.zhao, "home_round", True, by=reach, now=monday)
    assert (await planned(cast.zhao, monday))["home_round:2026-10"][0] == "assigned"
    assert await VisitTask.filter(occasion="home_round:2026-10").count() == 1


async def test_only_who_cares_for_somebody_reads_the_card_and_the_book_knows(cast: Cast, monday: datetime) -> None:
    reach = await access.reach_of(cast.worker, TODAY)
    await care_plans.write(cast.zhao, {"likes": "喝茶", "to_avoid": "怕吵"}, by=reach, now=monday)
    assert (await care_plans.card_of(cast.zhao, reach, now=monday)).words == {"likes": "喝茶", "to_avoid": "怕吵"}
    assert await AuditEntry.filter(action="unmasked", reason="care_plan").count() == 1
    for other in (cast.leader, cast.feng, cast.township_worker):
        with pytest.raises(Refusal, match=r"access\.unknown"):
            await care_plans.card_of(cast.zhao, await access.reach_of(other, TODAY), now=monday)
    rows = await connection().execute_query_dict("SELECT * FROM care_plan")
    assert len(rows) == 1
    assert "喝茶" not in str(rows)


async def test_the_short_form_goes_to_the_visitor_when_the_visit_may_be_made(cast: Cast, monday: datetime) -> None:
    await care_plans.write(
        cast.zhao, {"how_to_reach": "先打电话"}, by=await access.reach_of(cast.worker, TODAY), now=monday
    )
    await rounds.plan(monday)
    task = await VisitTask.get(subject_id=cast.zhao.id, kind="festival_visit")
    known = {"how_to_reach": "先打电话"}
    assert await care_plans.short_for(task.id, cast.leader.id, today=TODAY) == known
    assert await care_plans.short_for(task.id, cast.feng.id, today=TODAY) == {}
    assert await care_plans.short_for(task.id, cast.leader.id, today=date(2026, 10, 1)) == {}


async def test_without_the_consent_nothing_is_written(cast: Cast, monday: datetime) -> None:
    with pytest.raises(Refusal, match=r"care_plans\.needs_consent"):
        await care_plans.write(cast.qian, {"likes": "喝茶"}, by=await access.reach_of(cast.worker, TODAY), now=monday)


async def test_an_empty_seat_is_an_alert_once_and_again_when_it_empties_again(cast: Cast, monday: datetime) -> None:
    reach = await access.reach_of(cast.worker, TODAY)
    await care_plans.seat(cast.zhao, "former_unit", "陈十全", by=reach, now=monday)
    assert await care_plans.alert_empty_seats(now=monday) == 4
    assert await care_plans.alert_empty_seats(now=monday) == 0
    await Person.filter(id=cast.chief.id).update(state="deceased")
    later = monday + timedelta(days=3)
    assert await care_plans.alert_empty_seats(now=later) == 1
    assert {one.person_id for one in await Notice.filter(say="care_plans.seat_empty")} == {cast.worker.id}
    with pytest.raises(Refusal, match=r"care_plans\.seat_unknown"):
        await care_plans.seat(cast.zhao, "former_unit", "尤九如", by=reach, now=later)


@pytest.mark.parametrize(("far", "way", "visitor"), [(True, "call", "leader"), (False, "visit", "township_worker")])
async def test_part_of_the_year_elsewhere_visits_become_calls_or_pass_on(
    cast: Cast, monday: datetime, far: bool, way: str, visitor: str
) -> None:
    await rounds.plan(monday)
    community = None if far else cast.other_community.id
    await visits.live_elsewhere(cast.zhao, ("10-15", "04-15"), community, by=cast.worker, now=monday)
    await rounds.plan(monday)
    task = await VisitTask.get(subject_id=cast.zhao.id, occasion="double_ninth:2026")
    assert (task.way, task.assignee_id) == (way, getattr(cast, visitor).id)


@pytest.mark.parametrize(
    ("day", "is_there"), [("2026-10-14", False), ("2026-10-15", True), ("2027-01-01", True), ("2027-04-16", False)]
)
def test_a_season_may_pass_new_year(day: str, is_there: bool) -> None:
    assert visits.keepers.is_season("10-15", "04-15", date.fromisoformat(day)) is is_there
