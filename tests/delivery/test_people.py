"""Who tells it when no machine can: liaison, telephone, paper, upwards, and never an end without a name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cast import Cast, arrange
from delivery_cast import post

import texts
from delivery.courier import Courier
from delivery.people import Ladder, open_calls
from delivery.policy import Asked, DeliveryPolicy, Matter, Reach, Step, choose_way, mass_room, way_by_people
from delivery.waiting import settle, stop_for
from kit.county import County, NoticeNumbers, PlatformNumbers, SmsNumbers
from models.database import transaction
from models.outreach.calls import Call
from models.outreach.notices import Notice
from models.people.accounts import Account, Binding
from models.people.members import Person
from scheduler.engine_inprocess import InProcessEngine
from scheduler.job import Deps
from scheduler.outreach.calls import move_calls
from services.outreach import calls
from services.outreach.audience import policy_of

HOURS = timedelta(hours=1)
BARE = DeliveryPolicy()
WITHOUT_LIAISON = DeliveryPolicy(ways=("customer", "phone", "paper"))
ONLY_PAPER = DeliveryPolicy(ways=("paper",))
NUMBER = "19900000001"


def _asked(way, hours=0, **known):
    return lambda now: Asked(way, now - hours * HOURS, **known)


CASES = {
    "nobody asked yet": (None, NUMBER, BARE, (Step.TELL, "liaison", "no_account")),
    "no liaisons in this county": (None, NUMBER, WITHOUT_LIAISON, (Step.TELL, "phone", "at_once_phone")),
    "no liaisons and no number": (None, "", WITHOUT_LIAISON, (Step.TELL, "paper", "at_once_paper")),
    "only paper": (None, NUMBER, ONLY_PAPER, (Step.TELL, "paper", "at_once_paper")),
    "the liaison has time": (_asked("liaison", 23), NUMBER, BARE, (Step.WAIT, "liaison", "being_told")),
    "the liaison is silent": (_asked("liaison", 24), NUMBER, BARE, (Step.TELL, "phone", "liaison_silent_phone")),
    "silent, and no number": (_asked("liaison", 24), "", BARE, (Step.TELL, "paper", "liaison_silent_paper")),
    "not at home": (_asked("liaison", result="not_home"), NUMBER, BARE, (Step.TELL, "phone", "not_home_phone")),
    "one call in vain": (
        _asked("phone", result="no_answer", tries=1), NUMBER, BARE, (Step.WAIT, "phone", "being_told"),
    ),
    "three calls in vain": (
        _asked("phone", result="no_answer", tries=3), NUMBER, BARE, (Step.TELL, "paper", "no_answer_paper"),
    ),
    "a wrong number": (
        _asked("phone", result="wrong_number"), NUMBER, BARE, (Step.TELL, "paper", "wrong_number_paper"),
    ),
    "nobody telephones": (_asked("phone", 48), NUMBER, BARE, (Step.TELL, "paper", "phone_silent_paper")),
    "nobody brings the sheet": (_asked("paper", 96), NUMBER, BARE, (Step.TELL, "paper", "paper_silent_upwards")),
    "not at home for the sheet": (
        _asked("paper", result="not_home"), NUMBER, BARE, (Step.TELL, "paper", "not_home_upwards"),
    ),
    "the teller is gone": (
        _asked("liaison", keeper_is_there=False), NUMBER, BARE, (Step.TELL, "liaison", "keeper_gone"),
    ),
    "the county left this way": (
        _asked("liaison"), NUMBER, WITHOUT_LIAISON, (Step.TELL, "phone", "at_once_phone"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("asked", "phone", "policy", "expected"), CASES.values(), ids=CASES.keys())
def test_the_human_way(monday, asked, phone, policy, expected):
    way = way_by_people(Matter(asked=asked and asked(monday)), Reach(phone=phone), monday, policy)
    assert (way.step, way.channel, way.why) == (*expected[:2], f"delivery.why_{expected[2]}")
    assert texts.sentence(way.why)


def test_every_reason_to_move_on_is_a_sentence():
    names = texts.section("delivery", "say")
    reasons = {
        "liaison": ("liaison_silent", "not_home"),
        "phone": ("phone_silent", "no_answer", "wrong_number"),
        "paper": ("paper_silent", "not_home"),
    }
    order = list(reasons)
    for way, why in reasons.items():
        further = [*order[order.index(way) + 1 :], "upwards"]
        assert {f"why_{one}_{to}" for one in why for to in further} <= set(names)


def test_a_policy_without_people_is_none():
    with pytest.raises(ValueError, match="human being"):
        DeliveryPolicy(ways=("customer", "template"))


@pytest.mark.parametrize(
    ("got", "day", "urgent", "room"),
    [(0, 12, False, 3), (3, 12, False, 0), (3, 12, True, 1), (3, 25, False, 1), (4, 30, True, 0)],
    ids=["fresh", "the last is kept", "for what is urgent", "until the last week", "spent"],
)
def test_the_mass_messages_of_a_month(monday, got, day, urgent, room):
    on = monday.date().replace(day=day)
    assert mass_room(got, on, DeliveryPolicy(mass_a_month=4), is_urgent=urgent) == room


@pytest.mark.parametrize(
    ("matter", "step"),
    [
        (Matter(), "sms"),
        (Matter(needs_chat=True), "liaison"),
        (Matter(shut=frozenset({("sms", NUMBER)})), "liaison"),
    ],
    ids=["plain words", "only for the chat", "the gateway refused"],
)
def test_sms_comes_before_people(monday, matter, step):
    policy = DeliveryPolicy(has_sms=True)
    assert choose_way(matter, Reach(phone=NUMBER), monday, policy).channel == step


@pytest.fixture
async def cast(db, monday) -> Cast:
    return await arrange(monday)


async def _told(cast: Cast, now, *, person: Person | None = None) -> Call:
    """A notice nobody can send: its call, on somebody's list."""

    async def draw(_: str) -> bytes:
        return b""

    someone = person or cast.zhao
    await Account.all().update(window_until=None, allowance=0)
    notice = await post(someone, now)
    courier = Courier(_Silent(), BARE, draw, "here")
    assert await courier.deliver(notice, now) == "told"
    return await Call.get(notice_id=notice)


class _Silent:
    """A platform that only says it is there: these notices never reach it."""

    async def probe(self) -> None:
        return


async def _tick(now) -> list[str]:
    ladder = Ladder(BARE, now)
    return [await ladder.move_on(call) for call in await open_calls(BARE, now, after=0, limit=100)]


async def test_a_call_goes_from_the_liaison_to_the_telephone_to_paper_and_upwards(cast, monday):
    call = await _told(cast, monday)
    assert (call.way, call.keeper_id) == ("liaison", cast.leader.id)
    assert await _tick(monday + 23 * HOURS) == []
    seen = []
    now = monday
    for _ in range(6):
        now += 96 * HOURS
        await _tick(now)
        await call.refresh_from_db()
        seen.append((call.way, call.keeper_id))
    secretary, worker, township, chief = cast.secretary, cast.worker, cast.township_worker, cast.chief
    assert seen == [
        ("phone", secretary.id), ("paper", secretary.id), ("paper", worker.id), ("paper", township.id),
        ("paper", chief.id), ("paper", chief.id),
    ]  # fmt: skip
    notice = await Notice.get(id=call.notice_id)
    assert (notice.state, notice.channel, notice.teller_id) == ("waiting", "paper", chief.id)
    assert [step["why"] for step in call.steps] == [
        "no_window", "liaison_silent_phone", "phone_silent_paper", *["paper_silent_upwards"] * 3,
    ]  # fmt: skip


async def test_a_dead_liaisons_list_goes_to_the_next_one(cast, monday):
    call = await _told(cast, monday)
    await Person.filter(id=cast.leader.id).update(state="deceased")
    assert await _tick(monday + HOURS) == ["moved"]
    await call.refresh_from_db()
    assert (call.way, call.keeper_id, call.why) == ("liaison", cast.secretary.id, "keeper_gone")


async def test_somebody_without_a_telephone_goes_straight_to_paper(cast, monday):
    zhao = cast.zhao
    zhao.set_phone(None)
    await zhao.save()
    call = await _told(cast, monday)
    await calls.record(call, "not_home", by=cast.leader, now=monday + HOURS)
    assert await _tick(monday + HOURS) == ["moved"]
    await call.refresh_from_db()
    assert (call.way, call.why) == ("paper", "not_home_paper")


async def test_what_is_told_leaves_every_list(cast, monday):
    call = await _told(cast, monday)
    await settle(call.notice_id, "confirmed", monday)
    await call.refresh_from_db()
    assert (call.state, call.result) == ("closed", "confirmed")
    assert await _tick(monday + 100 * HOURS) == []


async def test_the_dead_leave_every_list_and_a_mistake_brings_them_back(cast, monday):
    call = await _told(cast, monday)
    await stop_for(cast.zhao.id, monday)
    await call.refresh_from_db()
    assert (call.state, call.result) == ("closed", "deceased")
    await Notice.filter(id=call.notice_id).update(state="waiting", next_try_at=monday, reason=None)

    async def draw(_: str) -> bytes:
        return b""

    assert await Courier(_Silent(), BARE, draw, "here").deliver(call.notice_id, monday) == "told"
    await call.refresh_from_db()
    assert call.state == "open"


async def test_while_a_death_is_reported_nothing_moves(cast, monday):
    call = await _told(cast, monday)
    await Person.filter(id=cast.zhao.id).update(state="death_reported")
    assert await _tick(monday + 30 * HOURS) == [""]
    await call.refresh_from_db()
    assert call.way == "liaison"


async def test_somebody_unbound_is_told_by_the_same_ladder(cast, monday):
    await Binding.all().delete()
    call = await _told(cast, monday)
    assert (call.way, call.why) == ("liaison", "no_account")


async def test_the_clock_moves_what_is_late_page_by_page(cast, monday):
    async def draw(_: str) -> bytes:
        return b""

    await _told(cast, monday)
    deps = Deps(InProcessEngine(), Courier(_Silent(), BARE, draw, "here"), County(), transaction)
    assert await move_calls.run(monday + HOURS, deps) == {"looked_at": 0, "moved": 0}
    assert await move_calls.run(monday + 24 * HOURS, deps) == {"looked_at": 1, "moved": 1}
    assert await move_calls.run(monday + 24 * HOURS, deps) == {"looked_at": 0, "moved": 0}


def test_the_countys_ways_and_hours_are_the_ladders():
    numbers = NoticeNumbers(ways=("customer", "phone"), phone_hours=5, phone_tries=2)
    county = County(notices=numbers, sms=SmsNumbers(url="file:///tmp/x"), platform=PlatformNumbers(mass_a_month=4))
    policy = policy_of(county)
    assert (policy.ways, policy.hours["phone"], policy.phone_tries) == (("customer", "phone"), 5, 2)
    assert (policy.has_sms, policy.mass_a_month) == (True, 4)
    with pytest.raises(ValueError, match="at least one"):
        NoticeNumbers(ways=("customer", "template"))
