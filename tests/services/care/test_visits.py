"""Duties to visit: made once, reminded once, recorded, risen to a named person, never towards the dead."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime, timedelta

import cast as stage
import pytest
import visits_rounds as rounds

import texts
from delivery.wording import text_of
from kit.clock import SHANGHAI, local_day
from kit.county import BirthdayNumbers, County, VisitNumbers
from kit.errors import Refusal
from models.care.visits import OPEN, VisitRecord, VisitTask
from models.county.escalation import RiseStep
from models.outreach.notices import Notice
from models.people.access import AuditEntry, DutyPerson
from models.people.members import Person
from models.people.organisation import Organisation, Role
from services.care import visits
from services.care.visit_rules import BirthdayPolicy, ExtraAge, VisitPolicy, VisitRules, rules_of
from services.county import escalation
from services.people import access, organisation


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


async def elder(branch: Organisation | None, birth: str, calendar: str = "lunar", **more: object) -> Person:
    fields = {"name": "孙三木", "sex": "male", "birth": birth, "birth_calendar": calendar, "branch": branch} | more
    return await Person.create(**fields)


async def the_visit(subject: Person, rule: str = "decade_birthday") -> VisitTask:
    return await VisitTask.filter(subject_id=subject.id, occasion__startswith=rule).get()


async def story(task: VisitTask) -> list[RiseStep]:
    return await escalation.story_of(f"visit:{task.id}")


async def reminders(person: Person, say: str = "visits.remind") -> list[str]:
    return [text_of(row) for row in await Notice.filter(person_id=person.id, say__startswith=say).order_by("id")]


# What the county's file says is what the rules do.


def test_the_defaults_of_the_county_are_the_defaults_of_the_rules() -> None:
    assert rules_of(County()) == VisitRules()


def test_the_county_s_numbers_become_policies_in_one_place() -> None:
    county = County(
        birthdays=BirthdayNumbers(first_age=70, offset_male=-1, extra_full_ages=(85,), extra_nominal_ages=(99,)),
        visits=VisitNumbers(rise_days=(2, 4, 6), festivals=("double_ninth",)),
    )
    rules = rules_of(county)
    assert rules.birthdays == BirthdayPolicy(70, -1, 0, (ExtraAge(85), ExtraAge(99, "nominal")))
    assert [(rung.after, rung.level) for rung in rules.visits.ladder.rungs][1:] == [
        (2, "community"),
        (4, "township"),
        (6, "county"),
    ]
    assert rules.visits.festivals == ("double_ninth",)


# Planning.


async def test_every_member_on_the_roster_has_one_duty_for_the_next_festival(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    tasks = await VisitTask.filter(occasion="double_ninth:2026")
    assert {task.subject_id for task in tasks} == {
        one.id for one in (cast.zhao, cast.qian, cast.wang, cast.feng, cast.leader, cast.secretary)
    }
    assert {(task.due_on, task.window_from) for task in tasks} == {(date(2026, 10, 18), date(2026, 10, 4))}


@pytest.mark.parametrize("page", [1, 2, 500])
async def test_planning_again_makes_nothing_and_looks_at_nobody(db: None, monday: datetime, page: int) -> None:
    await stage.arrange(monday)
    first = await rounds.plan(monday, page=page)
    again = await rounds.plan(monday, page=page)
    assert first.made == 6
    assert again == visits.Planned()


VECTORS = [
    pytest.param("1946-02-09", False, "2026-03-01", "2026-03-27", id="80-by-the-moon"),
    pytest.param("1946-02-09", False, "2027-03-01", "2027-03-16", id="81-by-the-moon"),
    pytest.param("1944-04-09", True, "2026-05-01", "2026-05-25", id="leap-month-in-a-plain-year"),
    pytest.param("1952-05-04", True, "2026-06-01", "2026-06-18", id="leap-fifth-in-a-plain-year"),
    pytest.param("1952-05-04", True, "2028-06-01", "2028-06-26", id="leap-fifth-used"),
    pytest.param("1936-12-08", False, "2027-01-01", "2027-01-15", id="twelfth-month"),
    pytest.param("1947-12-30", False, "2027-01-10", "2027-02-05", id="missing-30th"),
    pytest.param("1955-01-01", False, "2026-02-01", "2026-02-17", id="new-year"),
]


@pytest.mark.parametrize(("birth", "leap", "today", "due_on"), VECTORS)
async def test_a_lunar_birthday_becomes_a_duty_on_its_day(
    db: None, monday: datetime, birth: str, leap: bool, today: str, due_on: str
) -> None:
    cast = await stage.arrange(monday)
    person = await elder(cast.branch, birth, birth_leap=leap)
    every_age = VisitRules(BirthdayPolicy(extra_ages=tuple(ExtraAge(age) for age in range(61, 100))))
    await rounds.plan(at(today), every_age)
    tasks = await VisitTask.filter(subject_id=person.id, kind="decade_birthday_visit")
    assert [task.due_on for task in tasks] == [date.fromisoformat(due_on)]


@pytest.mark.parametrize(
    ("birth", "offset"), [("1946-02-09", None), ("1947-02-09", -1), ("1948-02-09", -2)], ids=["full", "nominal", "79"]
)
async def test_a_member_s_own_offset_moves_the_duty(db: None, monday: datetime, birth: str, offset: int | None) -> None:
    cast = await stage.arrange(monday)
    person = await elder(cast.branch, birth, birthday_offset=offset)
    await rounds.plan(at("2026-03-01T09:00"))
    task = await the_visit(person)
    assert (task.occasion, task.due_on) == ("decade_birthday:80", date(2026, 3, 27))


async def test_only_the_next_occurrence_is_made(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    assert await VisitTask.filter(subject_id=cast.zhao.id).count() == 1
    assert (await Person.get(id=cast.zhao.id)).next_occasions_from == date(2027, 2, 6)


async def test_what_an_outage_kept_from_being_planned_is_planned_late(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    await rounds.plan(at("2027-03-01T09:00"))
    assert (await the_visit(cast.zhao, "spring_festival")).due_on == date(2027, 2, 6)


@pytest.mark.parametrize("steps", [(1, -1), (-1, 1), (-1, 2, -1)], ids=str)
async def test_a_clock_that_steps_a_day_loses_and_doubles_nothing(
    db: None, monday: datetime, steps: tuple[int, ...]
) -> None:
    await stage.arrange(monday)
    now = at("2026-12-08T08:30")  # sixty days before the Spring Festival: the day it comes into sight
    for step in (0, *steps, 0):
        now += timedelta(days=step)
        await rounds.plan(now)
    keys = Counter((task.subject_id, task.occasion) for task in await VisitTask.all())
    assert set(keys.values()) == {1}
    assert len([key for _, key in keys if key == "spring_festival:2027"]) == 6


# Changes to what is already open.


async def test_a_corrected_birth_moves_the_open_duty(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    person = await elder(cast.branch, "1946-11-20", "solar")
    await rounds.plan(monday)
    await Person.filter(id=person.id).update(birth="1946-11-02", next_occasions_from=None)
    await rounds.plan(monday)
    task = await the_visit(person)
    assert (task.due_on, task.window_from, task.state) == (date(2026, 11, 2), date(2026, 10, 30), "assigned")


async def test_a_birth_that_was_years_off_cancels_the_duty(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    person = await elder(cast.branch, "1946-11-20", "solar")
    await rounds.plan(monday)
    await Person.filter(id=person.id).update(birth="1940-11-20", next_occasions_from=None)
    await rounds.plan(monday)
    assert ((await the_visit(person)).state, (await the_visit(person)).reason) == ("cancelled", "rule_changed")


async def test_a_changed_policy_moves_what_is_ahead_and_drops_nothing_announced(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    announced = await elder(cast.branch, "1946-11-02", "solar")
    younger = await elder(cast.branch, "1947-11-03", "solar")
    await rounds.plan(monday)
    await rounds.plan(monday, VisitRules(BirthdayPolicy(offset_men=-1)))
    assert (await the_visit(announced)).due_on == date(2026, 11, 2)
    assert (await the_visit(younger)).due_on == date(2026, 11, 3)
    assert await VisitTask.filter(kind="decade_birthday_visit").count() == 2


async def test_a_festival_taken_from_the_rules_is_cancelled_and_comes_back_once(db: None, monday: datetime) -> None:
    await stage.arrange(monday)
    await rounds.plan(monday)
    without = VisitRules(visits=VisitPolicy(festivals=("spring_festival", "july_first")))
    await rounds.plan(monday, without)
    assert {task.state for task in await VisitTask.all()} == {"cancelled"}
    await rounds.plan(monday)
    assert Counter(task.state for task in await VisitTask.all()) == {"assigned": 6}


@pytest.mark.parametrize("state", ["deceased", "withdrawn", "moved"])
async def test_who_is_gone_has_no_open_duty_and_gets_no_greeting(db: None, monday: datetime, state: str) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    await Person.filter(id=cast.zhao.id).update(state=state)
    await rounds.plan(monday)
    task = await the_visit(cast.zhao, "double_ninth")
    await visits.greet_page(rounds.RULES, now=at("2026-10-18T08:30"))
    assert (task.state, task.reason) == ("cancelled", state)
    assert not await Notice.filter(person_id=cast.zhao.id).exists()


async def test_a_death_stops_the_duty_and_its_waiting_reminder_at_once(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    await rounds.remind(monday)
    assert await visits.stop_for(cast.zhao.id, "deceased", now=monday) == 1
    assert (await the_visit(cast.zhao, "double_ninth")).state == "cancelled"
    assert [row.state for row in await Notice.filter(person_id=cast.leader.id)] == ["expired"]


async def test_a_mistaken_death_opens_the_duty_again(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    await Person.filter(id=cast.zhao.id).update(state="deceased", next_occasions_from=None)
    await rounds.plan(monday)
    await Person.filter(id=cast.zhao.id).update(state="active")
    await rounds.plan(monday)
    task = await the_visit(cast.zhao, "double_ninth")
    assert (task.state, task.reason, task.assignee_id) == ("assigned", None, cast.leader.id)


async def test_somebody_new_in_a_branch_is_planned_for_the_same_day(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    person = await elder(None, "1950-05-06", "solar")
    await rounds.plan(monday)
    assert await VisitTask.filter(subject_id=person.id).count() == 0
    await Person.filter(id=person.id).update(branch_id=cast.branch.id)
    await rounds.plan(monday)
    assert await VisitTask.filter(subject_id=person.id).count() == 1


async def test_staff_outside_the_roster_are_not_visited(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    assert not await VisitTask.filter(subject_id=cast.worker.id).exists()


# Who visits.


async def test_everybody_has_a_named_visitor_and_nobody_visits_themselves(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    visitors = {task.subject_id: task.assignee_id for task in await VisitTask.all()}
    assert visitors[cast.zhao.id] == cast.leader.id
    assert visitors[cast.qian.id] == cast.secretary.id
    assert visitors[cast.secretary.id] == cast.worker.id
    assert all(visitor and visitor != subject for subject, visitor in visitors.items())


async def test_the_same_keeper_is_named_for_many_as_for_one(db: None, monday: datetime) -> None:
    await stage.arrange(monday)
    await rounds.plan(monday)
    for task in await VisitTask.all().select_related("subject"):
        keeper = await access.keeper_for(task.subject, at(f"{task.due_on}T10:00"), True)
        assert keeper
        assert keeper.id == task.assignee_id


async def test_a_visitor_who_died_is_replaced(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    await Person.filter(id=cast.leader.id).update(state="deceased")
    await rounds.plan(monday)
    assert (await the_visit(cast.zhao, "double_ninth")).assignee_id == cast.secretary.id


async def test_an_office_that_ended_gets_no_reminder(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    await Role.filter(person_id=cast.secretary.id).update(until=date(2026, 10, 11))
    await organisation.appoint(cast.feng, "branch_secretary", cast.branch, since=date(2026, 10, 12))
    await rounds.remind(monday)
    assert (await the_visit(cast.qian, "double_ninth")).assignee_id == cast.feng.id
    assert not await reminders(cast.secretary)


async def test_a_deputy_visits_for_somebody_away(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    away = {"organisation": cast.branch, "person": cast.feng, "stands_for_id": cast.leader.id}
    await DutyPerson.create(**away, since=date(2026, 10, 1), until=date(2026, 10, 31))
    await rounds.plan(monday)
    assert (await the_visit(cast.zhao, "double_ninth")).assignee_id == cast.feng.id


# Reminders.


async def test_three_days_before_a_nominal_80th_birthday_the_visitor_s_reminder_appears(
    db: None, monday: datetime
) -> None:
    cast = await stage.arrange(monday)
    rules = VisitRules(BirthdayPolicy(offset_men=-1))
    await Person.filter(id=cast.zhao.id).update(birth=None)  # hers is the same day
    person = await elder(cast.branch, "1947-02-09", liaison_id=cast.leader.id)
    for day in range(20, 28):
        await rounds.plan(at(f"2026-03-{day}T08:30"), rules)
        await rounds.remind(at(f"2026-03-{day}T08:30"), rules)
    assert await reminders(cast.leader) == [
        "提醒您：孙三木的80岁生日是3月27日(周五)，还有7天，请您去看望。回复1看名单。",
        "提醒您：孙三木的80岁生日是3月27日(周五)，还有3天，请您去看望。回复1看名单。",
        "提醒您：明天3月27日(周五)是孙三木的80岁生日，请您去看望。回复1看名单。",
        "提醒您：今天3月27日(周五)是孙三木的80岁生日，请您今天去看望。回复1看名单。",
    ]
    keys = await Notice.filter(person_id=cast.leader.id).order_by("id").values_list("business_key", flat=True)
    task = await the_visit(person)
    assert [key.rpartition(":")[0] for key in keys] == [f"visit:{task.id}:remind:{n}" for n in (7, 3, 1, 0)]
    assert not await Notice.filter(person_id=person.id).exists()


async def test_several_duties_of_one_visitor_are_one_notice(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await elder(cast.branch, "1950-05-06", "solar", liaison_id=cast.leader.id)
    await rounds.plan(monday)
    await rounds.remind(monday)
    assert await reminders(cast.leader) == ["提醒您：近日有2位要看望，第一位是赵一禾，10月18日(周日)。回复1看名单。"]


async def test_a_knock_that_comes_twice_reminds_once(db: None, monday: datetime) -> None:
    await stage.arrange(monday)
    await rounds.plan(monday)
    assert await rounds.remind(monday) > 0
    assert await rounds.remind(monday + timedelta(hours=2)) == 0


async def test_after_an_outage_there_is_one_reminder_and_not_all_that_were_missed(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    await rounds.remind(at("2026-10-17T15:00"))
    assert await reminders(cast.leader) == ["提醒您：明天10月18日(周日)是赵一禾的重阳慰问，请您去看望。回复1看名单。"]


async def test_a_reported_death_holds_the_reminder_back(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    await Person.filter(id=cast.zhao.id).update(state="death_reported")
    await rounds.plan(monday)
    await rounds.remind(monday)
    assert (await the_visit(cast.zhao, "double_ninth")).state == "assigned"
    assert not await reminders(cast.leader)


async def test_a_reminder_waiting_for_a_visit_already_made_is_stopped(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    await rounds.remind(monday)
    await done(cast.zhao, cast.leader, monday)
    assert [row.state for row in await Notice.filter(person_id=cast.leader.id)] == ["expired"]


@pytest.mark.parametrize("word", ["院", "病", "元", "路", "号楼", "1990", "困难"])
def test_no_sentence_that_is_pushed_tells_of_illness_money_or_addresses(word: str) -> None:
    pushed = [
        texts.sentence(key) for key in texts.sentence_keys() if key.startswith(("visits.remind", "visits.overdue"))
    ]
    assert len(pushed) == 8
    assert not [said for said in pushed if word in said]


# What became of it.


async def done(
    subject: Person, by: Person, now: datetime, result: visits.Result = "visited", rule: str = "double_ninth"
) -> visits.Recorded:
    task = await the_visit(subject, rule)
    reach = await access.reach_of(by, now.date())
    return await visits.record(task.id, result, "身体硬朗", by=by, reach=reach, now=now)


@pytest.mark.parametrize(
    ("result", "state"),
    [("visited", "done"), ("called", "done"), ("not_home", "assigned"), ("not_needed", "cancelled")],
)
async def test_a_result_closes_the_duty_unless_nobody_was_seen(
    db: None, monday: datetime, result: visits.Result, state: str
) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    kept = await done(cast.zhao, cast.leader, monday, result)
    task, row = await the_visit(cast.zhao, "double_ninth"), await VisitRecord.get(id=kept.record_id)
    assert task.state == state
    assert (row.result, row.findings, row.visitors) == (result, "身体硬朗", [cast.leader.id])


async def test_late_is_marked_and_accepted(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    assert (await done(cast.zhao, cast.leader, at("2026-10-20T10:00"))).is_late


async def test_who_comes_second_is_told_that_it_is_done(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    await done(cast.zhao, cast.leader, monday)
    with pytest.raises(Refusal) as refused:
        await done(cast.zhao, cast.secretary, monday)
    assert refused.value.key == "visits.settled"


async def test_a_stranger_s_duty_looks_as_if_it_did_not_exist(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    for stranger in (cast.feng, cast.qian, cast.zhao):
        with pytest.raises(Refusal) as refused:
            await done(cast.zhao, stranger, monday)
        assert refused.value.key == "visits.unknown"


async def test_a_record_can_be_taken_back_within_ten_minutes(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    kept = await done(cast.zhao, cast.leader, monday)
    assert await visits.undo(kept.record_id, by=cast.leader, now=monday + timedelta(minutes=9)) == "赵一禾"
    assert (await the_visit(cast.zhao, "double_ninth")).state == "assigned"
    again = await done(cast.zhao, cast.leader, monday)
    with pytest.raises(Refusal):
        await visits.undo(again.record_id, by=cast.leader, now=monday + timedelta(minutes=11))


async def test_the_visitor_sees_the_telephone_and_the_book_knows(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    task = await the_visit(cast.zhao, "double_ninth")
    reach = await access.reach_of(cast.leader, monday.date())
    opened = await visits.details(task.id, cast.leader, reach, now=monday)
    assert (opened.phone, opened.lunar) == ("19900000001", "农历九月初九")
    entry = await AuditEntry.get(action="unmasked")
    assert (entry.actor, entry.reason) == (f"person:{cast.leader.id}", f"visit:{task.id}")
    above = await access.reach_of(cast.secretary, monday.date())
    assert (await visits.details(task.id, cast.secretary, above, now=monday)).phone == "199****0001"


async def test_a_list_shows_one_s_own_duties_and_what_rose(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    evening = at("2026-10-18T18:30")
    await rounds.rise(evening)
    for person, expected in ((cast.leader, {"赵一禾"}), (cast.feng, set()), (cast.zhao, set())):
        reach = await access.reach_of(person, evening.date())
        assert {duty.name for duty in await visits.due_for(person, reach, today=evening.date())} == expected
    reach = await access.reach_of(cast.secretary, evening.date())
    shown = await visits.due_for(cast.secretary, reach, today=evening.date())
    assert [(duty.name, duty.is_own) for duty in shown] == [("钱二梅", True), ("吴六合", True), ("赵一禾", False)]


# Rising.


async def test_an_undone_birthday_rises_to_one_named_person_after_the_other(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    person = await elder(cast.branch, "1946-11-02", "solar", liaison_id=cast.leader.id)
    await rounds.plan(monday)
    for day in range(14):
        await rounds.rise(at("2026-11-02T18:30") + timedelta(days=day))
    task = await the_visit(person)
    assert [(step.level, step.person_id, str(local_day(step.told_at))) for step in await story(task)] == [
        ("secretary", cast.secretary.id, "2026-11-02"),
        ("community", cast.worker.id, "2026-11-03"),
        ("township", cast.township_worker.id, "2026-11-05"),
        ("county", cast.chief.id, "2026-11-09"),
    ]
    assert (task.state, task.risen_to) == ("escalated", 4)
    keys = await Notice.filter(business_key__startswith=f"visit:{task.id}:rise").values_list("business_key", flat=True)
    assert len([key for key in keys if not key.endswith("below")]) == 4


async def test_after_an_outage_every_level_is_told_once(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    person = await elder(cast.branch, "1946-11-02", "solar")
    await rounds.plan(monday)
    await rounds.rise(at("2026-11-06T09:00"))
    await rounds.rise(at("2026-11-06T10:00"))
    told = await story(await the_visit(person))
    assert [step.level for step in told] == ["secretary", "community", "township"]


async def test_festival_visits_rise_once_in_one_list(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    for day in range(9):
        await rounds.rise(at("2026-10-18T18:30") + timedelta(days=day))
    notices = await Notice.filter(say__startswith="visits.overdue", person_id=cast.secretary.id)
    assert [text_of(row) for row in notices] == [
        "还有3位没有看望的登记，第一位是赵一禾（重阳慰问，10月18日(周日)）。请您过问一下，回复1看名单。"
    ]
    own = await Notice.get(say="visits.overdue", person_id=cast.worker.id, business_key__contains="rise")
    assert json.loads(own.facts)["name"] in ("李四友", "冯九思")


async def test_a_level_without_anybody_passes_it_on(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await Role.filter(person_id=cast.secretary.id).delete()
    await rounds.plan(monday)
    await rounds.rise(at("2026-10-18T18:30"))
    assert (await story(await the_visit(cast.qian, "double_ninth")))[0].person_id == cast.worker.id


async def test_what_rose_may_be_recorded_by_whoever_was_told(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    person = await elder(cast.branch, "1946-11-02", "solar")
    await rounds.plan(monday)
    await rounds.rise(at("2026-11-06T09:00"))
    with pytest.raises(Refusal):
        await done(person, cast.chief, at("2026-11-06T09:00"), rule="decade_birthday")
    await done(person, cast.township_worker, at("2026-11-06T09:00"), rule="decade_birthday")
    assert (await the_visit(person)).state == "done"


# Greetings.


async def test_members_who_write_to_us_are_greeted_once_on_the_day(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await Person.filter(id=cast.qian.id).update(opted_out=["greeting"])
    await rounds.plan(monday)
    for now in ("2026-10-18T08:29", "2026-10-18T08:30", "2026-10-18T09:00"):
        await visits.greet_page(rounds.RULES, now=at(now))
    notices = await Notice.filter(topic="greeting").order_by("person_id")
    assert {row.person_id for row in notices} == {one.id for one in (cast.zhao, cast.feng, cast.leader, cast.secretary)}
    assert {row.expires_at for row in notices} == {at("2026-10-18T21:00")}
    assert {row.business_key for row in notices} == {"greeting:double_ninth:2026"}


# The sum over ten years.


async def test_in_ten_years_everybody_has_exactly_one_duty_per_rule_and_occasion(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await Person.filter(standing="retiree").update(birth=None)
    births = [("1946-02-09", False), ("1944-04-09", True), ("1952-05-04", True), ("1947-12-30", False)]
    people = [await elder(cast.branch, birth, birth_leap=leap) for birth, leap in births]
    people += [await elder(cast.branch, day, "solar") for day in ("1948-02-29", "1940-06-01", "1957-10-13")]
    start = at("2026-10-12T08:30")
    for month in range(122):
        await rounds.plan(start + timedelta(days=30 * month))
    end = date(2036, 10, 11)
    tasks = await VisitTask.filter(due_on__lte=end).all()
    found = Counter((task.subject_id, task.occasion) for task in tasks)
    assert set(found.values()) == {1}
    festivals = Counter(task.subject_id for task in tasks if task.kind == "festival_visit")
    assert set(festivals.values()) == {30}
    assert len(festivals) == 6 + len(people)
    birthdays = Counter(task.subject_id for task in tasks if task.kind == "decade_birthday_visit")
    assert birthdays == {person.id: 1 for person in people}
    assert all(task.state in OPEN for task in tasks)
