"""What will go out is known beforehand: to whom, when, and because of what."""

from __future__ import annotations

from datetime import datetime, timedelta

import cast as stage
import visits_rounds as rounds

import texts
from delivery.outbox import Letter, post_notice, to_person
from kit.clock import local
from kit.county import NoticeNumbers
from models.care.life_events import LifeEvent
from models.care.visits import NoVisit, VisitTask
from models.people.accounts import Account
from models.people.members import Person
from services.care import care_plans, life_events
from services.care.visit_rules import VisitRules
from services.county.coming import coming
from services.outreach import broadcasts
from services.people import access

RULES = VisitRules()


async def foreseen(now: datetime, days: int, person: Person | None = None) -> list[tuple[str, str, str]]:
    found = await coming(RULES, now=now, days=days, person=person)
    return [(f"{local(one.at):%m-%d %H:%M}", one.kind, one.name) for one in found]


async def test_reminders_and_greetings_of_a_person_are_foreseen(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    assert await foreseen(monday, 30, cast.zhao) == [
        ("10-15 08:30", "reminder", "吴六合"),
        ("10-17 08:30", "reminder", "吴六合"),
        ("10-18 08:30", "greeting", "赵一禾"),
        ("10-18 08:30", "reminder", "吴六合"),
    ]


async def test_nothing_beyond_the_days_asked_for_is_told(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    assert await foreseen(monday, 4, cast.zhao) == [("10-15 08:30", "reminder", "吴六合")]


async def test_a_visit_made_is_not_reminded_of_but_the_member_is_still_greeted(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    await VisitTask.filter(subject_id=cast.zhao.id).update(state="done")
    assert await foreseen(monday, 30, cast.zhao) == [("10-18 08:30", "greeting", "赵一禾")]


async def test_the_dead_are_in_no_forecast(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    await Person.filter(id=cast.zhao.id).update(state="deceased")
    assert await foreseen(monday, 30, cast.zhao) == []


async def test_what_waits_is_foreseen_too_and_every_reason_is_a_sentence(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    await post_notice(
        to_person(cast.zhao), Letter("delivery.form_hint"), once="n", now=monday, due_at=monday + timedelta(hours=1)
    )
    found = await coming(RULES, now=monday, days=30)
    assert ("10-12 10:00", "waiting", "赵一禾") in await foreseen(monday, 30)
    assert all(texts.render(one.why, **one.because) for one in found)
    assert {texts.render(one.why, **one.because) for one in found if one.person_id == cast.leader.id} >= {
        "赵一禾的重阳慰问是10月18日(周日)，提醒看望的人"
    }


async def test_what_waits_is_told_in_its_own_words(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    letter = Letter("desk.monday", {"lines": "审2个报到"})
    await post_notice(to_person(cast.worker), letter, once="n", now=monday, due_at=monday + timedelta(hours=1))
    told = next(one for one in await coming(RULES, now=monday, days=1) if one.kind == "waiting")
    assert "审2个报到" in texts.render(told.say, **told.facts)


async def test_what_comes_back_each_month_is_foreseen_once_and_a_stay_in_hospital_without_a_name(
    db: None, monday: datetime
) -> None:
    cast = await stage.arrange(monday)
    reach = await access.reach_of(cast.worker, monday.date())
    await care_plans.set_wanted(cast.zhao, "home_study", True, by=reach, now=monday)
    said = life_events.Report("hospital", "赵一禾", "oQian", subject=cast.zhao)
    event = await LifeEvent.get(id=(await life_events.report(said, hold=timedelta(hours=24), now=monday)).event_id)
    await life_events.confirm(event, by=cast.worker, now=monday, policy=RULES.visits.events)
    await rounds.plan(monday)
    found = [one for one in await coming(RULES, now=monday, days=30, person=cast.zhao) if one.kind == "reminder"]
    reasons = [(f"{local(one.at):%m-%d}", texts.render(one.why, **one.because)) for one in found]
    assert ("10-28", "赵一禾的送学上门是10月31日(周六)，提醒看望的人") in reasons
    assert ("10-14", "一位老同志的看望是10月15日(周四)，提醒看望的人") in reasons
    assert not [reason for _, reason in reasons if "院" in reason]
    assert len([1 for _, reason in reasons if "送学" in reason]) == 1


async def test_the_way_is_told_as_things_stand(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await rounds.plan(monday)
    ways = {
        one.name: texts.render(one.way) for one in await coming(RULES, now=monday, days=6) if one.kind == "reminder"
    }
    assert ways["周五常"] == "离上次联系超过48小时，没有模板，转给联络员"
    await Account.filter(openid="oLeader").update(window_until=monday + timedelta(days=2), allowance=3)
    found = await coming(RULES, now=monday, days=6, person=cast.leader)
    own = {texts.render(one.way) for one in found if one.person_id == cast.leader.id and one.kind == "reminder"}
    assert own == {"48小时内联系过，直接在聊天里发送"}


async def test_a_broadcast_that_has_its_time_is_one_line_for_all_and_one_for_each_of_its_people(
    db: None, monday: datetime
) -> None:
    cast = await stage.arrange(monday)
    reach = await access.reach_of(cast.secretary, monday.date())
    meant = await broadcasts.understood("金桂花园全体", cast.secretary, reach, now=monday)
    row = await broadcasts.draft(cast.secretary, reach, meant, "周五上午9点开会", now=monday)
    await broadcasts.set_time(row.id, cast.secretary, monday + timedelta(days=3))
    await broadcasts.send(row.id, cast.secretary, now=monday, numbers=NoticeNumbers(), phone="")
    assert await foreseen(monday, 2) == []
    assert await foreseen(monday, 4) == [("10-15 09:00", "broadcast", "金桂花园党支部")]
    assert await foreseen(monday, 4, cast.zhao) == [("10-15 09:00", "broadcast", "赵一禾")]
    assert await foreseen(monday, 4, cast.feng) == []
    (one,) = await coming(RULES, now=monday, days=4)
    assert "周五上午9点开会" in texts.render(one.say, **one.facts)
    assert texts.render(one.why, **one.because) == "金桂花园党支部写好的通知，发给3人"


async def test_who_will_be_asked_again_whether_to_be_left_in_peace_is_foreseen(db: None, monday: datetime) -> None:
    cast = await stage.arrange(monday)
    await NoVisit.create(person=cast.zhao, since=monday.date(), ask_on=monday.date() + timedelta(days=10))
    assert await foreseen(monday, 30, cast.qian) == []
    assert await foreseen(monday, 30) == [("10-22 09:10", "question", "赵一禾")]
