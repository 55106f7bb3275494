"""A death stops everything at once; a mistaken one is undone whole."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import visits_rounds as rounds
from cast import Cast, arrange

from delivery.outbox import Letter, post_notice, to_person
from delivery.wording import text_of
from kit.errors import Refusal
from models.care.life_events import LifeEvent
from models.care.visits import OPEN, VisitTask
from models.help.posts import PostHolding, ServicePost
from models.outreach.notices import Notice
from models.people.access import AuditEntry
from models.people.members import Person
from services.care import life_events, visits
from services.care.life_events import Report
from services.care.life_events.reporting import Kind
from services.care.visit_rules import EventPolicy
from services.county import escalation
from services.people import access

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    found = await arrange(monday)
    await PostHolding.create(
        post=found.patrol,
        person=found.zhao,
        state="active",
        claimed_at=monday,
        until=date(2027, 1, 1),
        open_mark=f"{found.patrol.id}:{found.zhao.id}",
    )
    await ServicePost.filter(id=found.patrol.id).update(taken=1)
    task = await VisitTask.create(
        kind="festival_visit",
        occasion="double_ninth:2026",
        subject=found.zhao,
        due_on=date(2026, 10, 18),
        window_from=date(2026, 10, 4),
        assignee_id=found.leader.id,
        state="assigned",
        made_at=monday,
    )
    later = monday + timedelta(days=2)
    await post_notice(to_person(found.zhao), Letter("wishes.new_stranger"), once="g", now=monday, due_at=later)
    about = Letter("wishes.new_stranger", topic="work")
    await post_notice(to_person(found.leader), about, once=f"visit:{task.id}:reminder:3", now=monday, due_at=later)
    return found


async def standing(cast: Cast) -> tuple[object, ...]:
    person = await Person.get(id=cast.zhao.id)
    holding = await PostHolding.filter(person_id=cast.zhao.id).order_by("-id").first()
    task = await VisitTask.get(subject_id=cast.zhao.id, kind="festival_visit")
    post = await ServicePost.get(id=cast.patrol.id)
    waiting = await Notice.filter(state="waiting", business_key__in=["g", f"visit:{task.id}:reminder:3"]).count()
    assert holding is not None
    return person.state, holding.state, holding.until, task.state, post.taken, waiting


async def test_a_death_stops_posts_visits_and_messages(cast: Cast, monday: datetime) -> None:
    stopped = await life_events.died(cast.zhao, by=cast.worker, now=monday)
    assert (stopped.posts, stopped.visits) == (1, 1)
    state, holding, _, task, taken, waiting = await standing(cast)
    assert (state, holding, task, taken, waiting) == ("deceased", "released", "cancelled", 0, 0)
    with pytest.raises(Refusal, match=r"life_events\.already_known"):
        await life_events.died(cast.zhao, by=cast.worker, now=monday)


async def test_a_mistaken_death_is_undone_whole(cast: Cast, monday: datetime) -> None:
    before = await standing(cast)
    await life_events.died(cast.zhao, by=cast.worker, now=monday)
    assert await life_events.undo_death(cast.zhao, by=cast.worker, now=monday + timedelta(hours=3)) == []
    assert await standing(cast) == before
    with pytest.raises(Refusal, match=r"life_events\.not_known"):
        await life_events.undo_death(cast.zhao, by=cast.worker, now=monday)


async def test_a_place_that_others_have_by_now_is_named(cast: Cast, monday: datetime) -> None:
    await life_events.died(cast.zhao, by=cast.worker, now=monday)
    assert await cast.patrol.take_place()
    held = await PostHolding.get(person_id=cast.zhao.id)
    assert await life_events.undo_death(cast.zhao, by=cast.worker, now=monday) == [held.id]


async def test_who_withdraws_is_left_in_peace_and_who_moves_keeps_the_visits(cast: Cast, monday: datetime) -> None:
    assert (await life_events.moved_away(cast.zhao, by=cast.worker, now=monday)).posts == 1
    assert (await VisitTask.get()).state == "assigned"
    assert (await life_events.withdrew(cast.zhao, by=cast.worker, now=monday)).visits == 1
    assert (await Person.get(id=cast.zhao.id)).state == "withdrawn"


# Reported, confirmed by one, undone.

POLICY = EventPolicy()
HOLD = timedelta(hours=24)


async def reported(cast: Cast, kind: Kind, now: datetime, **said: Any) -> LifeEvent:
    report = Report(kind, "赵一禾", "oDaughter", relation="女儿", words="走得很安详", **said)
    kept = await life_events.report(report, hold=HOLD, now=now)
    return await LifeEvent.get(id=kept.event_id)


async def confirmed(cast: Cast, kind: Kind, now: datetime, **said: Any) -> LifeEvent:
    event = await reported(cast, kind, now)
    await life_events.confirm(event, by=cast.worker, now=now, policy=POLICY, **said)
    return event


async def open_tasks(person: Person) -> dict[str, str]:
    tasks = await VisitTask.filter(subject_id=person.id, state__in=OPEN).order_by("due_on", "id")
    return {task.occasion: str(task.due_on) for task in tasks}


async def test_only_one_person_is_told_and_reads_neither_who_nor_what(cast: Cast, monday: datetime) -> None:
    before = await Notice.all().count()
    event = await reported(cast, "hospital", monday)
    (notice,) = await Notice.filter(say__startswith="life_events.")
    assert await Notice.all().count() == before + 1
    assert (notice.person_id, text_of(notice)) == (cast.worker.id, "有一件事请您核实，请回复1查看。")
    assert (event.person_id, event.state) == (cast.zhao.id, "reported")
    assert await open_tasks(cast.zhao) == {"double_ninth:2026": "2026-10-18"}


async def test_the_same_news_twice_is_one_report(cast: Cast, monday: datetime) -> None:
    first = await reported(cast, "hospital", monday)
    assert (await reported(cast, "hospital", monday + timedelta(hours=1))).id == first.id
    await life_events.confirm(first, by=cast.worker, now=monday, policy=POLICY)
    assert (await reported(cast, "hospital", monday + timedelta(days=1))).id == first.id


async def test_a_name_of_two_people_waits_for_the_one_who_confirms(cast: Cast, monday: datetime) -> None:
    other = await Person.create(name="赵一禾", branch_id=cast.other_branch.id)
    event = await reported(cast, "death", monday)
    assert event.person_id is None
    with pytest.raises(Refusal, match=r"life_events\.who"):
        await life_events.confirm(event, by=cast.worker, now=monday, policy=POLICY)
    await life_events.name_subject(event, cast.zhao, now=monday, hold=HOLD)
    assert [(await Person.get(id=one.id)).state for one in (cast.zhao, other)] == ["death_reported", "active"]


async def test_news_of_a_death_holds_messages_a_day_and_rises(cast: Cast, monday: datetime) -> None:
    event = await reported(cast, "death", monday)
    assert (await Person.get(id=cast.zhao.id)).state == "death_reported"
    assert await life_events.release_holds(now=monday + timedelta(hours=23)) == 0
    assert await life_events.release_holds(now=monday + timedelta(hours=24)) == 1
    assert (await Person.get(id=cast.zhao.id)).state == "active"
    rising = life_events.ReportRising((4, 8, 16, 24))
    for hours in (3, 4, 8, 16, 24, 25):
        now = monday + timedelta(hours=hours)
        for telling in await escalation.due(rising, now=now):
            await escalation.tell(rising, telling, now=now)
    story = await escalation.story_of(f"report:{event.id}")
    assert [(step.level, step.person_id) for step in story] == [
        ("secretary", cast.secretary.id),
        ("community", cast.worker.id),
        ("township", cast.township_worker.id),
        ("county", cast.chief.id),
    ]
    said = {text_of(notice) for notice in await Notice.filter(say__startswith="life_events.")}
    assert not [one for one in said if "赵" in one or "去世" in one or "走" in one]


async def test_a_word_about_somebody_in_office_does_not_put_them_out_of_it(cast: Cast, monday: datetime) -> None:
    await life_events.report(Report("death", "李四友", "oSomebody", relation="邻居"), hold=HOLD, now=monday)
    assert (await Person.get(id=cast.secretary.id)).state == "active"


async def test_one_account_can_t_silence_a_whole_street(cast: Cast, monday: datetime) -> None:
    for number in range(1, 6):
        await Person.create(name=f"许{number}方", branch_id=cast.branch.id)
        said = Report("death", f"许{number}方", "oSomebody", relation="邻居")
        await life_events.report(said, hold=HOLD, now=monday)
    assert await Person.filter(state="death_reported").count() == 3
    assert await LifeEvent.waiting().count() == 5


async def test_a_report_that_is_not_true_changes_nothing(cast: Cast, monday: datetime) -> None:
    before = await standing(cast)
    event = await reported(cast, "death", monday)
    await life_events.refute(event, by=cast.worker, now=monday)
    assert await standing(cast) == before
    with pytest.raises(Refusal, match=r"life_events\.settled"):
        await life_events.confirm(event, by=cast.secretary, now=monday, policy=POLICY)


async def test_whoever_reported_may_take_it_back_until_it_is_settled(cast: Cast, monday: datetime) -> None:
    event = await reported(cast, "death", monday)
    assert not await life_events.withdraw(event.id, "oSomebody", now=monday)
    assert await life_events.withdraw(event.id, "oDaughter", now=monday)
    assert (await Person.get(id=cast.zhao.id)).state == "active"
    assert not await life_events.withdraw(event.id, "oDaughter", now=monday)


async def test_hospital_opens_a_visit_in_three_days_rests_posts_and_tells_the_visitor_nothing_aloud(
    cast: Cast, monday: datetime
) -> None:
    event = await confirmed(cast, "hospital", monday)
    assert await open_tasks(cast.zhao) == {f"hospital:{event.id}:1": "2026-10-15", "double_ninth:2026": "2026-10-18"}
    assert (await PostHolding.get(person_id=cast.zhao.id)).state == "paused"
    told = await Notice.filter(person_id=cast.leader.id, say="visits.new")
    assert [text_of(one) for one in told] == ["有一位要您去看望，请回复1查看。"]


async def test_who_stays_long_is_visited_each_month_and_called_after_coming_home(cast: Cast, monday: datetime) -> None:
    event = await confirmed(cast, "hospital", monday)
    for days in (29, 30, 31, 60):
        await life_events.visit_again(now=monday + timedelta(days=days), policy=POLICY)
    occasions = await VisitTask.filter(event_id=event.id).order_by("id").values_list("occasion", flat=True)
    assert list(occasions) == [f"hospital:{event.id}:{round_}" for round_ in (1, 2, 3)]
    home = monday + timedelta(days=61)
    assert await life_events.discharge_of(cast.zhao.id, by=cast.leader, now=home, policy=POLICY)
    call = await VisitTask.get(event_id=event.id, state__in=OPEN)
    assert (call.occasion, call.way, str(call.due_on)) == (f"discharge:{event.id}", "call", "2026-12-19")
    assert not await life_events.discharge_of(cast.zhao.id, by=cast.leader, now=home, policy=POLICY)


@pytest.mark.parametrize(("is_urgent", "hours"), [(False, 72), (True, 24)])
async def test_hardship_is_visited_in_three_days_and_after_a_fire_within_one(
    cast: Cast, monday: datetime, is_urgent: bool, hours: int
) -> None:
    event = await confirmed(cast, "hardship", monday, is_urgent=is_urgent)
    task = await VisitTask.get(event_id=event.id)
    assert (task.kind, task.due_at) == ("hardship_visit", monday + timedelta(hours=hours))


async def test_a_death_opens_the_condolence_visit_and_a_year_of_calls(cast: Cast, monday: datetime) -> None:
    event = await confirmed(cast, "death", monday)
    assert (await standing(cast))[0] == "deceased"
    assert await open_tasks(cast.zhao) == {
        f"condolence:{event.id}": "2026-10-13",
        f"condolence_call:{event.id}:7": "2026-10-19",
        f"condolence_call:{event.id}:30": "2026-11-11",
        f"condolence_call:{event.id}:100": "2027-01-20",
        f"condolence_call:{event.id}:365": "2027-10-12",
    }
    reach = await access.reach_of(cast.leader, monday.date())
    shown = await visits.due_for(cast.leader, reach, today=monday.date())
    assert [duty.kind for duty in shown] == ["condolence_visit"]
    days_later = monday.date() + timedelta(days=4)
    shown = await visits.due_for(cast.leader, reach, today=days_later)
    assert [duty.kind for duty in shown] == ["condolence_visit", "condolence_call"]
    await rounds.plan(monday + timedelta(minutes=10))
    await rounds.rise(monday + timedelta(hours=40))
    first = await VisitTask.get(occasion=f"condolence:{event.id}")
    assert (first.assignee_id, first.risen_to) == (cast.leader.id, 2)
    assert not await Notice.filter(person_id=cast.zhao.id, state="waiting").exists()


async def test_the_duties_of_a_visitor_who_died_are_others_at_once(cast: Cast, monday: datetime) -> None:
    report = Report("death", "吴六合", "oSomebody", relation="邻居")
    event = await LifeEvent.get(id=(await life_events.report(report, hold=HOLD, now=monday)).event_id)
    await life_events.confirm(event, by=cast.worker, now=monday, policy=POLICY)
    task = await VisitTask.get(subject_id=cast.zhao.id)
    assert task.assignee_id == cast.secretary.id
    assert await life_events.take_back(event, by=cast.worker, now=monday + timedelta(hours=1)) == []
    assert (await VisitTask.get(id=task.id)).assignee_id == cast.leader.id


@pytest.mark.parametrize("kind", ["hospital", "hardship", "death"])
async def test_a_mistaken_confirmation_is_undone_whole(cast: Cast, monday: datetime, kind: Kind) -> None:
    before = await standing(cast)
    event = await confirmed(cast, kind, monday)
    assert await life_events.take_back(event, by=cast.worker, now=monday + timedelta(hours=1)) == []
    assert await standing(cast) == before
    assert await open_tasks(cast.zhao) == {"double_ninth:2026": "2026-10-18"}
    with pytest.raises(Refusal, match=r"life_events\.not_known"):
        await life_events.take_back(event, by=cast.worker, now=monday)


async def went_out(now: datetime) -> None:
    """Everything that waited has arrived."""
    await Notice.filter(state="waiting").update(state="accepted", accepted_at=now)


async def told(person: Person, say: str) -> int:
    return await Notice.filter(person_id=person.id, say=say).count()


async def test_a_visitor_on_the_way_to_a_family_hears_that_it_was_a_mistake(cast: Cast, monday: datetime) -> None:
    event = await confirmed(cast, "death", monday)
    await went_out(monday)
    await life_events.take_back(event, by=cast.worker, now=monday + timedelta(hours=1))
    (off,) = await Notice.filter(person_id=cast.leader.id, say="visits.called_off", state="waiting")
    assert text_of(off) == "前面请您看望的，有1次取消了，不用去了。要看是哪一位，请回复1。"
    reach = await access.reach_of(cast.leader, monday.date())
    with pytest.raises(Refusal, match=r"visits\.off"):
        await visits.details(off.asks[0]["args"]["visit"], cast.leader, reach, now=monday)


async def test_a_visitor_who_never_heard_of_it_hears_nothing(cast: Cast, monday: datetime) -> None:
    event = await confirmed(cast, "hospital", monday)
    await life_events.take_back(event, by=cast.worker, now=monday + timedelta(hours=1))
    assert await told(cast.leader, "visits.called_off") == 0


async def test_whoever_was_just_told_is_reminded_only_on_a_later_day(cast: Cast, monday: datetime) -> None:
    event = await confirmed(cast, "hospital", monday)
    about = f"visit:{(await VisitTask.get(event_id=event.id)).id}:remind"
    for days, many in ((0, 0), (1, 0), (2, 1)):
        await rounds.remind(monday + timedelta(days=days))
        assert await Notice.filter(business_key__startswith=about).count() == many


async def test_an_event_s_next_visitor_is_told_at_once(cast: Cast, monday: datetime) -> None:
    await confirmed(cast, "hospital", monday)
    await Person.filter(id=cast.leader.id).update(state="deceased")
    await rounds.plan(monday + timedelta(minutes=10))
    assert await told(cast.secretary, "visits.new") == 1


async def test_what_a_death_called_off_is_asked_for_again_when_it_was_a_mistake(cast: Cast, monday: datetime) -> None:
    await went_out(monday)
    await life_events.died(cast.zhao, by=cast.worker, now=monday)
    assert await told(cast.leader, "visits.called_off") == 1
    await went_out(monday)
    await life_events.undo_death(cast.zhao, by=cast.worker, now=monday + timedelta(hours=1))
    assert await told(cast.leader, "visits.new") == 1


async def test_who_says_that_somebody_is_home_and_who_calls_next_hear_nothing_twice(
    cast: Cast, monday: datetime
) -> None:
    event = await confirmed(cast, "hospital", monday)
    await VisitTask.filter(event_id=event.id).update(assignee_id=cast.qian.id)
    await Notice.filter(say="visits.new").update(person_id=cast.qian.id)
    await went_out(monday)
    await life_events.discharge(event, by=cast.leader, now=monday + timedelta(days=1), policy=POLICY)
    assert [await told(one, "visits.called_off") for one in (cast.qian, cast.leader)] == [1, 0]
    assert await told(cast.leader, "visits.new_call") == 1


async def test_a_report_is_nobody_s_but_those_who_may_settle_it(cast: Cast, monday: datetime) -> None:
    event = await reported(cast, "hospital", monday)
    for person in (cast.feng, cast.leader, cast.zhao, cast.township_worker):
        with pytest.raises(Refusal, match=r"access\.unknown"):
            await life_events.one_of(event.id, await access.reach_of(person, monday.date()), now=monday)
    for person in (cast.worker, cast.secretary):
        seen = await life_events.one_of(event.id, await access.reach_of(person, monday.date()), now=monday)
        assert seen.event.id == event.id
    assert await AuditEntry.filter(action="unmasked", reason=f"report:{event.id}").count() == 2
