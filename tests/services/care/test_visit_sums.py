"""The sums add up by name, over ten years and after every change; and the rules can be changed as sentences."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
import visits_rounds as rounds
from cast import Cast, arrange

from bot.demo_county import seed as demo_seed
from kit.county import County
from kit.errors import Refusal
from kit.lunar import double_ninth, lunar_new_year
from models.care.visits import VisitTask
from models.people.access import AuditEntry
from models.people.members import Person
from models.people.organisation import Organisation
from services.care import care_plans, life_events, visits
from services.care.visit_rules import outlook
from services.care.visits.adapting import celebrant
from services.county import seed
from services.people import access

pytestmark = pytest.mark.usefixtures("db")
TODAY = date(2026, 10, 12)


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    return await arrange(monday)


async def test_ten_years_of_the_demo_county_are_one_duty_a_person_rule_and_occasion(monday: datetime) -> None:
    """Leap months included: every festival, and every round birthday by the person's own calendar, exactly once."""
    await seed.load(demo_seed(TODAY), now=monday)
    for span in range(63):
        now = monday + timedelta(days=59 * span)
        await rounds.plan(now, page=1000)
        await VisitTask.filter(due_on__lt=now.date()).update(state="done")
    last = date(2036, 10, 11)
    by_calendar = VisitTask.filter(due_on__lte=last, kind__in=["festival_visit", "decade_birthday_visit"])
    rows = await by_calendar.values_list("subject_id", "occasion")
    found = Counter([(int(str(subject)), str(occasion)) for subject, occasion in rows])
    assert set(found.values()) == {1}
    roster = [one for one in await Person.exclude(standing="staff") if one.branch_id or one.community_id]
    assert any(one.birth_leap for one in roster)
    expected = {(one.id, key) for one in roster for key in _occasions(one, last)}
    assert found.keys() == expected


def _occasions(person: Person, last: date) -> set[str]:
    """By hand for the festivals, by the calendar of each year for the birthdays."""
    days = {f"july_first:{year}": date(year, 7, 1) for year in range(2026, 2037)}
    days |= {f"double_ninth:{year}": double_ninth(year) for year in range(2026, 2037)}
    days |= {f"spring_festival:{year}": lunar_new_year(year) for year in range(2026, 2037)}
    festivals = {key for key, day in days.items() if TODAY <= day <= last}
    seen = outlook(celebrant(person), rounds.RULES, TODAY - timedelta(days=1), last).due
    return festivals | {one.key for one in seen if one.rule.endswith("birthday")}


async def test_due_is_done_and_excused_and_open_and_the_roster_by_name(cast: Cast, monday: datetime) -> None:
    await rounds.plan(monday)
    task = await VisitTask.get(subject_id=cast.zhao.id)
    reach = await access.reach_of(cast.leader, TODAY)
    await visits.record(task.id, "visited", "好", by=cast.leader, reach=reach, now=monday)
    await visits.please_do_not_visit(cast.qian, by=cast.qian, now=monday)
    await life_events.died(cast.feng, by=cast.worker, now=monday)
    found = await visits.account(cast.county, TODAY, date(2026, 10, 31))
    assert found.sums == {"due": 6, "done": 1, "excused": 2, "open": 3, "unaccounted": 0}
    standing = {line.name: (line.standing, line.reason) for line in found.lines}
    assert standing["赵一禾"] == ("done", "")
    assert (standing["钱二梅"], standing["冯九思"]) == (("excused", "no_visit"), ("excused", "deceased"))


async def test_whoever_a_festival_forgot_is_named(cast: Cast, monday: datetime) -> None:
    await rounds.plan(monday)
    await VisitTask.filter(subject_id=cast.qian.id).delete()
    found = await visits.account(cast.branch, TODAY, date(2026, 10, 31))
    assert (found.unaccounted, found.sums["unaccounted"]) == (("钱二梅",), 1)


async def test_each_tier_counts_its_own_visits_and_no_other_tier_s(cast: Cast, monday: datetime) -> None:
    reach = await access.reach_of(cast.worker, TODAY)
    for tier in ("county", "community"):
        await care_plans.set_wanted(cast.zhao, tier, True, by=reach, now=monday)
    await rounds.plan(monday)
    task = await VisitTask.get(occasion="tier_community:2026-Q4")
    by = await access.reach_of(cast.leader, TODAY)
    await visits.record(task.id, "visited", "好", by=cast.leader, reach=by, now=monday)
    found = await visits.account(cast.county, TODAY, date(2026, 12, 31))
    assert found.by_tier() == {
        "community": {"due": 1, "done": 1, "excused": 0, "open": 0},
        "county": {"due": 1, "done": 0, "excused": 0, "open": 1},
    }


async def test_a_place_counts_its_own_people_only(cast: Cast, monday: datetime) -> None:
    await rounds.plan(monday)
    here = await visits.account(await Organisation.get(key="liuan"), TODAY, date(2026, 10, 31))
    assert [line.name for line in here.lines] == ["冯九思"]


# The rules as sentences.


async def test_a_changed_rule_is_previewed_as_names_and_days_and_then_counts(cast: Cast, monday: datetime) -> None:
    born = {"birth": "1947-11-20", "sex": "male", "branch_id": cast.branch.id}
    person = await Person.create(name="孙三木", **born)
    reach = await access.reach_of(cast.chief, TODAY)
    changes = await visits.preview(County(), "offset_male", -1, reach, now=monday)
    assert [(one.occasion, one.before, one.after) for one in changes if one.name == "孙三木"] == [
        ("decade_birthday:80", None, date(2026, 11, 20))
    ]
    await rounds.plan(monday)
    assert not await VisitTask.exists(subject_id=person.id, kind="decade_birthday_visit")
    await visits.change("offset_male", -1, county=County(), by=cast.chief, reach=reach, now=monday)
    before = await VisitTask.all().count()
    await rounds.plan(monday, await visits.rules_now(County()))
    assert await VisitTask.all().count() == before + 1
    assert await AuditEntry.filter(action="visit_rule", subject="offset_male").count() == 1


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("festival_window_days", 20, "赵一禾重阳慰问，9月28日(周一)起可以去"),
        ("remind_first", 9, "赵一禾重阳慰问，10月9日(周五)提醒"),
        ("tier_county", 2, "一位老同志县里走访，12月31日(周四)前去"),
        ("tier_county", 4, "一位老同志县里走访，12月31日(周四)前去"),
        ("wellbeing_1", 52, "一位老同志日常探访，10月18日(周日)前去"),
        ("most_open", 5, None),
        ("hospital_days", 5, None),
    ],
)
async def test_what_a_number_moves_is_previewed_as_names_and_days(
    cast: Cast, monday: datetime, name: str, value: int, shown: str | None
) -> None:
    reach = await access.reach_of(cast.worker, TODAY)
    await care_plans.set_wanted(cast.zhao, "county", True, by=reach, now=monday)
    await rounds.plan(monday)
    above = await access.reach_of(cast.chief, TODAY)
    changes = await visits.preview(County(), name, value, above, now=monday)
    assert next((visits.change_in_words(name, one) for one in changes), None) == shown


async def test_when_what_is_open_would_rise_is_previewed_and_keeps_its_order(cast: Cast, monday: datetime) -> None:
    due = monday + timedelta(days=3)
    await visits.open_duty(cast.zhao, visits.Call("hospital_visit", "hospital:1:1", due.date(), due), now=monday)
    above, here = [await access.reach_of(one, TODAY) for one in (cast.chief, cast.worker)]
    for reach, name in ((above, "一位老同志"), (here, "赵一禾")):
        (change,) = await visits.preview(County(), "rise_hours_1", 20, reach, now=monday)
        assert visits.change_in_words("rise_hours_1", change) == f"{name}住院看望，10月16日(周五)告诉"
    with pytest.raises(Refusal, match=r"visits\.rise_in_order"):
        await visits.preview(County(), "rise_hours_1", 24, above, now=monday)
    with pytest.raises(Refusal, match=r"visits\.times_of_a_year"):
        await visits.preview(County(), "tier_county", 3, above, now=monday)


async def test_another_rhythm_doubles_and_drops_nothing_that_is_open(cast: Cast, monday: datetime) -> None:
    reach, above = [await access.reach_of(one, TODAY) for one in (cast.worker, cast.chief)]
    await care_plans.set_wanted(cast.zhao, "community", True, by=reach, now=monday)
    await rounds.plan(monday)
    for times in (12, 4):
        await visits.change("tier_community", times, county=County(), by=cast.chief, reach=above, now=monday)
        await rounds.plan(monday, await visits.rules_now(County()))
        opened = await VisitTask.open_tasks().filter(kind="tier_visit").values_list("occasion", flat=True)
        assert list(opened) == ["tier_community:2026-10" if times == 12 else "tier_community:2026-Q4"]


async def test_every_blank_has_a_sentence_and_holds_the_county_s_number(monday: datetime) -> None:
    for name, blank in visits.BLANKS.items():
        number = visits.number_of(County(), name)
        assert blank.least <= number <= blank.most
        assert str(abs(number)) in visits.sentence_of(name, number)


async def test_only_the_county_changes_the_rules_and_only_to_what_makes_sense(cast: Cast, monday: datetime) -> None:
    above, below = [await access.reach_of(one, TODAY) for one in (cast.chief, cast.secretary)]
    with pytest.raises(Refusal, match=r"visits\.rules_are_the_county_s"):
        await visits.change("first_age", 70, county=County(), by=cast.secretary, reach=below, now=monday)
    with pytest.raises(Refusal, match=r"visits\.number_out_of_range"):
        await visits.change("first_age", 7, county=County(), by=cast.chief, reach=above, now=monday)
    await visits.change("remind_first", 5, county=County(), by=cast.chief, reach=above, now=monday)
    assert (await visits.rules_now(County())).visits.reminder_days == (5, 3, 1, 0)
