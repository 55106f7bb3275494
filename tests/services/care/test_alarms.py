"""Alarms: told at once to who is near, then upwards, until one human takes over; closed by that one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cast import Cast, arrange

from delivery.quiet import QuietPolicy
from kit.errors import Refusal
from models.help.wishes import Alarm
from models.outreach.notices import Notice
from models.people.accounts import Account
from models.people.members import Person
from models.people.organisation import Organisation
from services.care import alarms

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    found = await arrange(monday)
    await Account.get_or_create({"first_seen": monday}, openid="oDaughter")
    return found


async def raised(
    now: datetime, person: Person | None, place: Organisation | None, danger: str = "fall", words: str = "我摔倒了"
) -> alarms.Raised:
    return await alarms.raise_alarm(danger, words, openid="oCaller", person=person, place=place, now=now)


async def told() -> set[str]:
    return {notice.recipient for notice in await Notice.filter(say__startswith="emergency.alarm")}


async def rounds(alarm: Alarm, now: datetime, count: int) -> datetime:
    for _ in range(count):
        now = (await Alarm.get(id=alarm.id)).next_at
        assert await alarms.go_on(alarm.id, now=now)
    return now


async def test_who_is_near_is_told_first(cast: Cast, monday: datetime) -> None:
    got = await raised(monday, cast.zhao, cast.community)
    near = {f"person:{one.id}" for one in (cast.leader, cast.secretary, cast.worker)}
    assert await told() == {"openid:oDaughter", *near}
    assert got.told[:2] == ("contact", "liaison")
    assert all(notice.urgency == 0 for notice in await Notice.all())


async def test_nobody_is_told_of_the_own_alarm(cast: Cast, monday: datetime) -> None:
    await raised(monday, cast.secretary, cast.community)
    assert f"person:{cast.secretary.id}" not in await told()


async def test_a_notice_of_an_alarm_never_says_what(cast: Cast, monday: datetime) -> None:
    await raised(monday, cast.zhao, cast.community)
    assert {notice.facts for notice in await Notice.all()} == {'{"name":"赵一禾","phone":"19900000001"}'}
    assert "emergency" in QuietPolicy().exempt


async def test_a_wish_to_die_is_told_to_the_family_and_who_is_on_duty_alone(cast: Cast, monday: datetime) -> None:
    got = await raised(monday, cast.zhao, cast.community, "wish_to_die")
    assert await told() == {"openid:oDaughter", f"person:{cast.worker.id}"}
    await rounds(got.alarm, monday, 2)
    assert f"person:{cast.secretary.id}" not in await told()


async def test_a_stranger_is_told_of_to_the_place_scanned_and_above(cast: Cast, monday: datetime) -> None:
    got = await raised(monday, None, cast.community)
    assert await told() == {f"person:{cast.worker.id}"}
    await rounds(got.alarm, monday, 2)
    assert await told() == {f"person:{one.id}" for one in (cast.worker, cast.township_worker, cast.chief)}


async def test_family_that_has_left_is_not_said_to_be_told(cast: Cast, monday: datetime) -> None:
    await Account.filter(openid="oDaughter").update(follows=False)
    assert "contact" not in (await raised(monday, cast.zhao, cast.community)).told


async def test_calling_again_joins_the_alarm_and_adds_the_words(cast: Cast, monday: datetime) -> None:
    first = await raised(monday, cast.zhao, cast.community)
    many = await Notice.all().count()
    again = await raised(monday + timedelta(seconds=20), cast.zhao, cast.community, words="在卫生间")
    assert again.alarm.id == first.alarm.id
    assert (await Alarm.get()).words == "我摔倒了\n在卫生间"
    assert await Notice.all().count() == many


async def test_after_a_minute_the_levels_above_hear_and_two_processes_do_it_once(cast: Cast, monday: datetime) -> None:
    got = await raised(monday, cast.zhao, cast.community)
    assert await alarms.due(monday + timedelta(seconds=59)) == []
    soon = monday + timedelta(seconds=60)
    assert await alarms.due(soon) == [got.alarm.id]
    assert [await alarms.go_on(got.alarm.id, now=soon) for _ in range(2)] == [True, False]
    assert {f"person:{cast.township_worker.id}", f"person:{cast.chief.id}"} <= await told()


async def test_an_alarm_nobody_takes_stays_open_and_rings_ever_slower(cast: Cast, monday: datetime) -> None:
    got = await raised(monday, cast.zhao, cast.community)
    now = await rounds(got.alarm, monday, 10)
    alarm = await Alarm.get()
    assert alarm.next_at - now == timedelta(minutes=10)
    now = await rounds(got.alarm, now, 20)
    alarm = await Alarm.get()
    assert (alarm.state, alarm.next_at - now) == ("open", timedelta(hours=1))


async def test_one_takes_over_and_all_others_hear_who(cast: Cast, monday: datetime) -> None:
    got = await raised(monday, cast.zhao, cast.community)
    alarm, person = await alarms.take_over(got.alarm.id, by=cast.leader, now=monday)
    assert (alarm.state, person) == ("taken", cast.zhao)
    heard = {notice.recipient for notice in await Notice.filter(say="emergency.taken")}
    assert heard == {"openid:oDaughter", f"person:{cast.secretary.id}", f"person:{cast.worker.id}"}
    assert not await Notice.filter(say__startswith="emergency.alarm", state="waiting").exists()


async def test_the_second_helper_is_told_who_was_quicker(cast: Cast, monday: datetime) -> None:
    got = await raised(monday, cast.zhao, cast.community)
    await alarms.take_over(got.alarm.id, by=cast.leader, now=monday)
    with pytest.raises(Refusal) as refused:
        await alarms.take_over(got.alarm.id, by=cast.worker, now=monday)
    assert (refused.value.key, refused.value.facts) == ("emergency.taken", {"name": "吴六合"})
    assert (await alarms.take_over(got.alarm.id, by=cast.leader, now=monday))[0].taken_by_id == cast.leader.id


async def test_only_who_took_it_over_closes_it_and_is_asked_each_hour(cast: Cast, monday: datetime) -> None:
    got = await raised(monday, cast.zhao, cast.community)
    await alarms.take_over(got.alarm.id, by=cast.leader, now=monday)
    with pytest.raises(Refusal, match=r"emergency\.none_taken"):
        await alarms.close(got.alarm.id, "helped", by=cast.worker, now=monday)
    await rounds(got.alarm, monday, 2)
    assert await Notice.filter(say="emergency.how_did_it_end", person_id=cast.leader.id).count() == 2
    assert (await alarms.taken_by(cast.leader))[0].id == got.alarm.id
    await alarms.close(got.alarm.id, "false_alarm", by=cast.leader, now=monday)
    assert await alarms.due(monday + timedelta(days=2)) == []
    with pytest.raises(Refusal, match=r"emergency\.none_taken"):
        await alarms.taken_by(cast.leader)
