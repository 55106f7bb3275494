"""A courier against the pretend platform: each notice once, by the right way, or onto a named person's list."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from delivery_cast import FORM, GRANT, SAYS, post

from delivery.ledger import note_grant
from delivery.policy import Template
from delivery.reports import platform_said
from delivery.waiting import read_out, settle, stop_for, tallies, wake
from models.outreach.calls import Call
from models.outreach.notices import Notice
from models.people.accounts import Account, Question
from wechat.messages import TemplateFinished

CUSTOM = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"


async def balance():
    books = await tallies()
    return books["queued"] - sum(books[name] for name in books if name != "queued")


async def test_inside_the_window_it_arrives_in_the_chat(office, monday):
    person = await office.person(1)
    notice = await post(person, monday)
    assert await office.courier().deliver(notice, monday) == "accepted"
    assert office.shown(1) == ["请回复1查看"]
    stored = await Notice.get(id=notice)
    assert (stored.state, stored.channel, stored.outcome, stored.accepted_at) == (
        "accepted", "customer", "sent", monday,
    )  # fmt: skip
    assert (await Account.get(openid=f"oPhone{1:022d}")).allowance == 4
    assert await office.courier().deliver(notice, monday) == "gone"
    assert await balance() == 0


async def test_many_couriers_at_once_send_it_once(office, monday):
    people = [await office.person(number) for number in range(1, 6)]
    notices = [await post(person, monday) for person in people]
    couriers = [office.courier(f"courier {number}") for number in range(4)]
    done = await asyncio.gather(*(one.deliver(notice, monday) for notice in notices for one in couriers))
    assert done.count("accepted") == 5
    assert [len(office.shown(number)) for number in range(1, 6)] == [1] * 5
    assert await balance() == 0


async def test_outside_the_window_a_form_arrives_and_1_reads_it(office, monday):
    person = await office.person(1, window=False)
    notice = await post(person, monday)
    assert await office.courier(templates=FORM).deliver(notice, monday) == "accepted"
    assert "请回复1查看" in office.shown(1)[0]
    question = await Question.get(notice_id=notice)
    assert question.choices[0]["do"] == "notices.show"
    assert (await read_out(notice)).text == "请回复1查看"


async def test_a_granted_subscription_comes_before_the_template(office, monday):
    person = await office.person(1, window=False)
    await note_grant(f"oPhone{1:022d}", GRANT, accepted=True)
    office.world.phones.get(f"oPhone{1:022d}").subscriptions[GRANT] = 1
    notice = await post(person, monday)
    fields = {"thing1": "title", "time2": "time", "thing3": "hint"}
    courier = office.courier(subscriptions={"*": Template(GRANT, fields)}, templates=FORM)
    assert await courier.deliver(notice, monday) == "accepted"
    assert (await Notice.get(id=notice)).channel == "subscription"


async def test_without_any_way_a_named_person_is_asked_to_tell(office, secretary, monday):
    person = await office.person(1, window=False)
    notice = await post(person, monday)
    assert await office.courier().deliver(notice, monday) == "told"
    call = await Call.get(notice_id=notice)
    assert (call.way, call.keeper_id, call.person_id) == ("liaison", secretary.id, person.id)
    assert await balance() == 0
    assert await settle(notice, "told_by_liaison", monday)
    stored = await Notice.get(id=notice)
    assert (stored.state, stored.outcome, (await Call.get()).state) == (
        "accepted",
        "told_by_liaison",
        "closed",
    )
    assert await balance() == 0


async def test_the_liaison_is_asked_before_anybody_else(office, secretary, monday):
    liaison = await office.person(2)
    person = await office.person(1, window=False, liaison=liaison)
    await office.courier().deliver(await post(person, monday), monday)
    assert (await Call.get()).keeper_id == liaison.id


async def test_what_waits_on_a_list_goes_by_chat_when_the_person_writes(office, secretary, monday):
    person = await office.person(1, window=False)
    notice = await post(person, monday)
    courier = office.courier()
    await courier.deliver(notice, monday)
    await Account.all().update(window_until=monday + timedelta(hours=48), allowance=5)
    office.world.phones.get(f"oPhone{1:022d}").windows.opened("message", office.world.clock.now())
    assert await wake([f"person:{person.id}"], monday) == 1
    assert await courier.deliver(notice, monday) == "accepted"
    assert (await Call.get()).state == "closed"


REFUSALS = {
    "window over": (45015, "accepted", "template"),
    "window spent": (45047, "accepted", "template"),
    "unfollowed": (43004, "told", "liaison"),
    "turned off": (48002, "told", "liaison"),
    "our bug": (47001, "accepted", "template"),
    "unknown code": (99999, "accepted", "template"),
    "day quota": (45009, "waiting", "customer"),
    "minute quota": (45011, "waiting", "customer"),
    "account stopped": (50007, "waiting", "customer"),
}


@pytest.mark.parametrize(("code", "result", "channel"), REFUSALS.values(), ids=REFUSALS.keys())
async def test_a_refused_customer_message(office, secretary, monday, code, result, channel):
    person = await office.person(1)
    office.world.faults.refuse = {CUSTOM: code}
    notice = await post(person, monday)
    assert await office.courier(templates=FORM).deliver(notice, monday) == result
    assert (await Notice.get(id=notice)).channel == channel
    assert await balance() == 0


async def test_a_banned_template_ends_with_a_person(office, secretary, monday):
    person = await office.person(1, window=False)
    office.world.faults.banned = [FORM["*"].id]
    assert await office.courier(templates=FORM).deliver(await post(person, monday), monday) == "told"


async def test_after_43004_the_account_is_known_not_to_follow(office, secretary, monday):
    person = await office.person(1, window=False)
    office.world.phones.get(f"oPhone{1:022d}").following = False
    assert await office.courier(templates=FORM).deliver(await post(person, monday), monday) == "told"
    assert not (await Account.get()).follows


async def test_a_lost_answer_leaves_a_chat_message_in_doubt_and_never_repeats_it(office, secretary, monday):
    person = await office.person(1)
    office.world.faults.lose = {CUSTOM: 1}
    notice = await post(person, monday)
    courier = office.courier()
    assert await courier.deliver(notice, monday) == "unknown"
    assert await courier.deliver(notice, monday + timedelta(hours=1)) in ("gone", "away")
    assert len(office.shown(1)) == 1
    assert (await Call.get()).keeper_id == secretary.id
    assert await balance() == 0


async def test_a_lost_answer_to_a_form_is_tried_again_under_its_id(office, secretary, monday):
    person = await office.person(1, window=False)
    office.world.faults.lose = {TEMPLATE: 1}
    notice = await post(person, monday)
    assert await office.courier(templates=FORM).deliver(notice, monday) == "waiting"
    later = monday + timedelta(minutes=1)
    assert await office.courier(templates=FORM).deliver(notice, later) == "accepted"
    assert len(office.shown(1)) == 1


async def test_after_ten_minutes_a_form_in_doubt_is_not_tried_again(office, secretary, monday):
    person = await office.person(1, window=False)
    office.world.faults.lose = {TEMPLATE: 1}
    notice = await post(person, monday)
    await office.courier(templates=FORM).deliver(notice, monday)
    later = monday + timedelta(minutes=11)
    assert await office.courier(templates=FORM).deliver(notice, later) == "unknown"
    assert len(office.shown(1)) == 1


async def test_a_dead_courier_leaves_nothing_behind(office, secretary, monday):
    person = await office.person(1)
    notice = await post(person, monday)
    await Notice.filter(id=notice).update(
        state="claimed", owner="dead", channel="customer", lease_until=monday, sent_at=monday
    )
    assert await office.courier().sweep(monday + timedelta(minutes=2)) == 1
    assert (await Notice.get(id=notice)).state == "unknown"
    assert await balance() == 0


async def test_a_platform_away_leaves_the_order_as_it_was(office, monday):
    notices = [await post(await office.person(number), monday) for number in range(1, 4)]
    await office.outage()
    courier = office.courier()
    assert [await courier.deliver(notice, monday) for notice in notices] == ["away"] * 3
    assert courier.is_away
    office.world.faults.outage = 0.0
    other = office.courier()
    assert [await other.deliver(notice, monday) for notice in notices] == ["accepted"] * 3


async def test_a_refused_connection_is_no_doubt_and_uses_nothing_up(office, monday, unused_tcp_port):
    first, second = [await post(await office.person(number), monday) for number in (1, 2)]
    courier = office.courier()
    assert await courier.deliver(first, monday) == "accepted"
    transport = office.client._transport
    there, transport._base = transport._base, f"http://127.0.0.1:{unused_tcp_port}"
    assert await courier.deliver(second, monday) == "away"
    stored = await Notice.get(id=second)
    assert (stored.state, stored.sent_at, stored.next_try_at, stored.attempts) == ("waiting", None, monday, 0)
    assert (await Account.get(openid=f"oPhone{2:022d}")).allowance == 5
    transport._base = there
    assert await courier.deliver(second, monday) == "accepted"
    assert await balance() == 0


async def test_a_gateway_that_turns_a_chat_message_away_leaves_no_doubt(office, monday):
    notice = await post(await office.person(1), monday)
    office.world.faults.http = {CUSTOM: [429, 1, 1]}
    courier = office.courier()
    assert await courier.deliver(notice, monday) == "waiting"
    stored = await Notice.get(id=notice)
    assert (stored.state, stored.reason) == ("waiting", "quota")
    assert monday < stored.next_try_at <= monday + timedelta(seconds=6)
    assert (await Account.get()).allowance == 5
    assert await balance() == 0


async def test_what_comes_into_a_silence_is_asked_about_and_not_sent(office, monday):
    notice = await post(await office.person(1), monday)
    await office.client.callback_ip()
    office.world.faults.outage, office.world.faults.outage_kind = 1e12, "silent"
    courier = office.courier()
    delivering = asyncio.ensure_future(courier.deliver(notice, monday))
    while not office.world.ledger.unanswered:
        await asyncio.sleep(0.01)
    office.world.faults.clear()
    assert await delivering == "accepted"
    assert [one["path"] for one in office.world.ledger.unanswered] == ["/cgi-bin/getcallbackip"]
    assert len(office.shown(1)) == 1


async def test_busy_after_a_form_is_tried_again_with_growing_pauses(office, secretary, monday):
    person = await office.person(1, window=False)
    office.world.faults.refuse = {TEMPLATE: [-1, 2]}
    notice = await post(person, monday)
    courier = office.courier(templates=FORM)
    assert await courier.deliver(notice, monday) == "waiting"
    assert await courier.deliver(notice, monday + timedelta(seconds=10)) == "waiting"
    assert await courier.deliver(notice, monday + timedelta(seconds=60)) == "accepted"
    assert len(office.shown(1)) == 1


async def test_a_form_the_platform_could_not_deliver_becomes_a_task(office, secretary, monday):
    person = await office.person(1, window=False)
    notice = await post(person, monday)
    await office.courier(templates=FORM).deliver(notice, monday)
    msg_id = (await Notice.get(id=notice)).platform_id
    event = TemplateFinished.__new__(TemplateFinished)
    object.__setattr__(event, "msg_id", msg_id)
    object.__setattr__(event, "status", "failed:user block")
    assert await platform_said(event, monday)
    assert (await Call.get()).notice_id == notice
    assert (await Notice.get(id=notice)).outcome == "not_sent"


async def test_the_dead_get_nothing_more(office, secretary, monday):
    person = await office.person(1)
    notice, later = await post(person, monday), await post(person, monday, once="later")
    assert await stop_for(person.id, monday) == 2
    assert (await Notice.get(id=later)).reason == "deceased"
    assert await office.courier().deliver(notice, monday) == "gone"
    third = await post(person, monday, once="third")
    person.state = "deceased"
    await person.save()
    assert await office.courier().deliver(third, monday) == "expired"
    assert office.shown(1) == []
    assert await Call.all().count() == 0
    assert await balance() == 0


async def test_in_quiet_hours_it_waits_for_the_morning(office, monday):
    person = await office.person(1)
    night = monday + timedelta(hours=13)
    notice = await post(person, night)
    assert await office.courier().deliver(notice, night) == "waiting"
    assert (await Notice.get(id=notice)).next_try_at == monday + timedelta(hours=22.5)


async def test_several_at_once_are_one_message_with_the_question_last(office, monday):
    person = await office.person(1)
    asking = await post(person, monday, once="asks", asks=True, say=SAYS)
    told = [await post(person, monday, once=f"n{number}") for number in range(2)]
    courier = office.courier()
    assert [await courier.deliver(one, monday) for one in (asking, *told)] == ["accepted", "gone", "gone"]
    (message,) = office.shown(1)
    assert [part.count("来了") for part in message.split("\n\n")] == [0, 0, 1]
    assert await Question.all().count() == 1
    assert await balance() == 0


async def test_two_questions_are_two_messages_as_long_as_the_day_has_room(office, monday):
    person, courier = await office.person(1), office.courier()
    notices = [await post(person, monday, once=f"asks{number}", asks=True, say=SAYS) for number in range(5)]
    assert [await courier.deliver(one, monday) for one in notices] == ["accepted"] * 3 + ["gone"] * 2
    assert [text.count("来了") for text in office.shown(1)] == [1, 1, 3]
    assert await Question.all().count() == 5


async def test_no_day_has_a_fourth_message_however_much_there_is_to_say(office, monday):
    person, courier = await office.person(1), office.courier()
    notices = [await post(person, monday, once=f"n{number}") for number in range(12)]
    done = [await courier.deliver(notice, monday) for notice in notices]
    assert done == ["accepted", "gone", "gone"] * 3 + ["waiting"] * 3
    assert [text.count("请回复1查看") for text in office.shown(1)] == [3, 3, 3]
    assert await balance() == 0


async def test_what_is_past_its_use_or_an_alarm_joins_nothing(office, monday):
    person = await office.person(1)
    first = await post(person, monday, once="first")
    await post(person, monday, once="over", useful_until=monday)
    await post(person, monday, once="alarm", topic="emergency")
    await office.courier().deliver(first, monday)
    assert [text.count("请回复1查看") for text in office.shown(1)] == [1]


async def test_a_picture_arrives_with_its_words(office, monday):
    person = await office.person(1)
    notice = await post(person, monday, picture="certificate:12")
    assert await office.courier().deliver(notice, monday) == "accepted"
    assert len(office.shown(1)) == 2


async def test_a_picture_outside_the_window_waits_for_the_person(office, monday):
    person = await office.person(1, window=False)
    notice = await post(person, monday, picture="certificate:12")
    assert await office.courier(templates=FORM).deliver(notice, monday) == "waiting"
    assert (await Notice.get(id=notice)).reason == "picture"


async def test_what_is_past_its_use_becomes_a_task_but_a_greeting_does_not(office, secretary, monday):
    person = await office.person(1)
    over = monday + timedelta(hours=2)
    notice = await post(person, monday, useful_until=monday + timedelta(hours=1))
    greeting = await post(person, monday, once="g", topic="greeting", useful_until=monday + timedelta(hours=1))
    courier = office.courier()
    assert [await courier.deliver(one, over) for one in (notice, greeting)] == ["expired", "expired"]
    assert [wish.notice_id for wish in await Call.all()] == [notice]


async def test_a_question_is_open_for_a_day_at_least(office, monday):
    person = await office.person(1)
    notice = await post(person, monday, asks=True)
    await office.courier().deliver(notice, monday)
    question = await Question.get(notice_id=notice)
    assert question.valid_until == monday + timedelta(hours=24)
    assert question.choices[0]["args"] == {"visit": 3}


async def test_an_alarm_that_cannot_leave_for_a_minute_is_somebodys_task_too(office, secretary, monday):
    person = await office.person(1)
    notice = await post(person, monday, topic="emergency")
    await office.outage()
    courier = office.courier()
    assert await courier.deliver(notice, monday) == "away"
    assert await Call.all().count() == 0
    await courier.deliver(notice, monday + timedelta(seconds=61))
    assert (await Call.get()).keeper_id == secretary.id
    office.world.faults.outage = 0.0
    assert await office.courier().deliver(notice, monday + timedelta(seconds=90)) == "accepted"
    assert (await Call.get()).state == "closed"
