"""What the visited say, what is asked again after a year, and what waits behind the same door."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import visits_rounds as rounds
from cast import Cast, arrange

from delivery.policy import DeliveryPolicy, Line, Matter, Reach, choose_way
from delivery.wording import text_of
from kit.errors import Refusal
from models.care.visits import Gift, NoVisit, VisitTask
from models.outreach.notices import Notice
from models.people.members import Person
from services.care import visits
from services.care.visits import Call
from services.county import escalation
from services.people import access

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    found = await arrange(monday)
    await rounds.plan(monday)
    return found


async def visited(cast: Cast, now: datetime, result: visits.Result = "visited") -> VisitTask:
    task = await VisitTask.get(subject_id=cast.zhao.id, kind="festival_visit")
    reach = await access.reach_of(cast.leader, now.date())
    await visits.record(task.id, result, "好", by=cast.leader, reach=reach, now=now)
    return await VisitTask.get(id=task.id)


async def reach_of(person: Person, now: datetime) -> access.Reach:
    return await access.reach_of(person, now.date())


async def test_the_person_is_asked_two_hours_later_and_only_in_the_chat(cast: Cast, monday: datetime) -> None:
    await visited(cast, monday)
    (asked,) = await Notice.filter(say="visits.did_they_come")
    assert (asked.person_id, asked.next_try_at) == (cast.zhao.id, monday + timedelta(hours=2))
    assert text_of(asked) == "吴六合来看您了吗？\n1 来了\n2 没来"
    matter = Matter(topic=asked.topic, expires_at=asked.expires_at)
    for lines in ((), (Line("oZhao"),)):
        way = choose_way(matter, Reach(lines), monday + timedelta(hours=3), DeliveryPolicy())
        assert way.step in ("wait", "expire")


@pytest.mark.parametrize("result", ["not_home", "called", "not_needed"])
async def test_nobody_is_asked_about_a_visit_that_was_none(cast: Cast, monday: datetime, result: visits.Result) -> None:
    await visited(cast, monday, result)
    assert not await Notice.filter(say="visits.did_they_come").exists()


async def test_a_record_taken_back_takes_the_question_back(cast: Cast, monday: datetime) -> None:
    task = await visited(cast, monday)
    kept = await task.records.all().first()  # type: ignore[attr-defined]
    await visits.undo(kept.id, by=cast.leader, now=monday + timedelta(minutes=5))
    assert [one.state for one in await Notice.filter(say="visits.did_they_come")] == ["expired"]


async def test_a_no_never_blocks_and_only_the_secretary_sends_again(cast: Cast, monday: datetime) -> None:
    task = await visited(cast, monday)
    for other in (cast.qian, cast.feng, cast.leader):
        with pytest.raises(Refusal, match=r"visits\.unknown"):
            await visits.say_not_came(task.id, await reach_of(other, monday), now=monday)
    await visits.say_not_came(task.id, await reach_of(cast.zhao, monday), now=monday)
    assert (await VisitTask.get(id=task.id)).state == "done"
    assert {one.person_id for one in await Notice.filter(say="visits.doubted")} == {cast.secretary.id}
    with pytest.raises(Refusal, match=r"visits\.unknown"):
        await visits.doubt_of(task.id, await reach_of(cast.feng, monday))
    await visits.send_again(task.id, by=cast.secretary, now=monday)
    assert (await VisitTask.get(id=task.id)).state == "assigned"


async def doubts_rise(now: datetime) -> list[int]:
    """Who is told at this moment that somebody said no."""
    kind = visits.DoubtRising((24, 48, 96, 168))
    told = await escalation.due(kind, now=now)
    for telling in told:
        await escalation.tell(kind, telling, now=now)
    return [telling.recipient for telling in told]


async def test_a_no_that_nobody_looks_into_rises_to_one_named_person_after_the_other(
    cast: Cast, monday: datetime
) -> None:
    task = await visited(cast, monday)
    await visits.say_not_came(task.id, await reach_of(cast.zhao, monday), now=monday)
    assert await doubts_rise(monday + timedelta(hours=23)) == []
    for hours, person in ((24, cast.secretary), (48, cast.worker), (96, cast.township_worker), (168, cast.chief)):
        now = monday + timedelta(hours=hours)
        assert await doubts_rise(now) == [person.id]
        assert await doubts_rise(now) == []
    assert text_of(await Notice.filter(say="visits.doubt_still").first()) == (
        "有1次看望，老人家说没有人来，还没有人问清楚。请您过问，回复1查看。"
    )
    above = await reach_of(cast.chief, monday)
    assert [one.name for one in await visits.doubts_for(above, 5)] == ["赵一禾"]
    await visits.settle_doubt(task.id, above, now=now)
    assert await visits.doubts_for(above, 5) == []


async def test_a_no_that_was_looked_into_rises_no_more(cast: Cast, monday: datetime) -> None:
    task = await visited(cast, monday)
    await visits.say_not_came(task.id, await reach_of(cast.zhao, monday), now=monday)
    await visits.settle_doubt(task.id, await reach_of(cast.secretary, monday), now=monday)
    assert await doubts_rise(monday + timedelta(days=8)) == []


async def test_whoever_is_sent_again_is_told_each_time(cast: Cast, monday: datetime) -> None:
    call = Call("hospital_visit", "hospital:9:1", monday.date(), monday + timedelta(days=3))
    task = await visits.open_duty(cast.zhao, call, now=monday)
    for hours in (1, 2):
        now = monday + timedelta(hours=hours)
        reach = await reach_of(cast.leader, now)
        await visits.record(task.id, "visited", "好", by=cast.leader, reach=reach, now=now)
        await visits.say_not_came(task.id, await reach_of(cast.zhao, now), now=now)
        await visits.send_again(task.id, by=cast.secretary, now=now)
    assert await Notice.filter(say="visits.new", person_id=cast.leader.id).count() == 3


async def test_without_a_chat_the_next_caller_asks_by_the_way(cast: Cast, monday: datetime) -> None:
    task = await visited(cast, monday)
    call = await visits.open_duty(
        cast.zhao, Call("hospital_visit", "discharge:9", monday.date(), way="call"), now=monday
    )
    assert await visits.to_ask_by_the_way(call.id, cast.leader.id) is None
    assert await visits.to_ask_by_the_way(call.id, cast.secretary.id) == task.id
    await VisitTask.filter(id=call.id).update(assignee_id=cast.secretary.id)
    await visits.say_came(task.id, await reach_of(cast.secretary, monday), now=monday)
    assert (await VisitTask.get(id=task.id)).answer == "came"
    assert await visits.to_ask_by_the_way(call.id, cast.secretary.id) is None


async def test_two_people_behind_one_door_are_offered_together(cast: Cast, monday: datetime) -> None:
    home = {"estate": "金桂花园", "building": "1号楼", "room": "301"}
    spouse = await Person.create(name="孙三木", branch_id=cast.branch.id, liaison=cast.leader, **home)
    await Person.create(name="周六顺", branch_id=cast.branch.id, liaison=cast.leader, **home | {"room": "302"})
    await rounds.plan(monday)
    task = await VisitTask.get(subject_id=cast.zhao.id)
    reach = await reach_of(cast.leader, monday)
    kept = await visits.record(task.id, "visited", "好", by=cast.leader, reach=reach, now=monday)
    assert kept.also == ((await VisitTask.get(subject_id=spouse.id)).id,)


async def test_please_do_not_visit_is_asked_again_after_a_year_and_silence_means_yes(
    cast: Cast, monday: datetime
) -> None:
    assert await visits.please_do_not_visit(cast.zhao, by=cast.zhao, now=monday) == 1
    assert await visits.please_do_not_visit(cast.zhao, by=cast.zhao, now=monday) == 0
    assert await visits.ask_again(now=monday + timedelta(days=364)) == 0
    year = monday + timedelta(days=365)
    assert (await visits.ask_again(now=year), await visits.ask_again(now=year)) == (1, 0)
    december = year + timedelta(days=50)
    await rounds.plan(december)
    later = await VisitTask.get(subject_id=cast.zhao.id, occasion="spring_festival:2028")
    assert (later.state, later.reason) == ("cancelled", "no_visit")
    assert await visits.visits_welcome(cast.zhao, by=cast.zhao, now=december)
    await rounds.plan(december)
    assert (await VisitTask.get(id=later.id)).state == "assigned"
    assert not await visits.visits_welcome(cast.zhao, by=cast.zhao, now=december)


async def test_who_does_not_want_visits_is_called_when_something_happens(cast: Cast, monday: datetime) -> None:
    await NoVisit.create(person=cast.zhao, since=monday.date(), ask_on=monday.date())
    call = Call("hospital_visit", "hospital:1:1", monday.date(), monday + timedelta(days=3))
    assert (await visits.open_duty(cast.zhao, call, now=monday)).way == "call"


async def test_a_gift_that_the_second_name_disputes_goes_to_the_secretary(cast: Cast, monday: datetime) -> None:
    task = await visited(cast, monday)
    gift = await visits.note_gift(task.id, "慰问金500元", "钱二梅", by=cast.leader, now=monday)
    pushed = [text_of(one) for one in await Notice.filter(say__startswith="visits.gift")]
    assert pushed == ["有一份慰问品登记，请您核对，回复1查看。"]
    await visits.settle_gift(gift.id, is_right=False, by=cast.qian, now=monday)
    told = await Notice.get(say="visits.gift_disputed")
    assert told.person_id == cast.secretary.id
    assert (await visits.gift_of(gift.id, await reach_of(cast.secretary, monday))).what == "慰问金500元"
    with pytest.raises(Refusal, match=r"visits\.unknown"):
        await visits.gift_of(gift.id, await reach_of(cast.feng, monday))
    with pytest.raises(Refusal, match=r"visits\.gift_settled"):
        await visits.settle_gift(gift.id, is_right=True, by=cast.qian, now=monday)
    assert (await Gift.get()).state == "disputed"


async def test_reminders_of_what_no_push_may_name_name_nobody(cast: Cast, monday: datetime) -> None:
    await VisitTask.all().delete()
    due = monday + timedelta(days=3)
    await visits.open_duty(cast.zhao, Call("hardship_visit", "hardship:1", due.date(), due), now=monday)
    await rounds.remind(due)
    await rounds.rise(due + timedelta(hours=13))
    said = {text_of(one) for one in await Notice.filter(topic="visit")}
    assert said == {
        "有一位要您去看望，请回复1查看。",
        "提醒您：有1位要您在10月15日(周四)前去看望，请回复1查看。",
        "有1次看望还没有登记，请您过问一下，回复1看名单。",
        "您名下有1次看望没有登记，已经请支部书记一起过问。去过了，回复1补记。",
        "您名下有1次看望没有登记，已经请社区一起过问。去过了，回复1补记。",
    }
