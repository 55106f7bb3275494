"""The books balance (R22) and nobody gets a thing twice (R9), whatever the platform does."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta

import pytest
from delivery_cast import FORM, post

from delivery.waiting import NOTICE, cancel, due_work, stop_for, tallies
from models.outreach.calls import Call
from models.outreach.notices import Notice
from scheduler.engine_inprocess import InProcessEngine
from scheduler.outbox import notice_handler

CUSTOM = "/cgi-bin/message/custom/send"
TEMPLATE = "/cgi-bin/message/template/send"
CODES = [-1, 43004, 45015, 45047, 45009, 45011, 48002, 47003, 43101, 43116, 50002, 99999]


async def balance():
    books = await tallies()
    return books["queued"] - sum(many for name, many in books.items() if name != "queued")


def torment(world, dice):
    """Another bad day of the platform."""
    faults = world.faults
    faults.clear()
    for path in (CUSTOM, TEMPLATE):
        if dice.random() < 0.6:
            faults.refuse[path] = [dice.choice(CODES), dice.randint(1, 3)]
        if dice.random() < 0.3:
            faults.lose[path] = 1


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_books_balance_after_any_outcome(office, secretary, monday, seed):
    dice = random.Random(seed)
    people = [await office.person(number, window=dice.random() < 0.6) for number in range(1, 9)]
    couriers = [office.courier(f"courier {number}", templates=FORM) for number in range(2)]
    for one in couriers:
        await one.touch()
    now = monday
    for turn in range(6):
        torment(office.world, dice)
        for person in dice.sample(people, 4):
            topic = dice.choice(["service", "greeting", "emergency"])
            until = now + timedelta(minutes=dice.choice([1, 30, 600]))
            await post(person, now, once=f"turn {turn}", topic=topic, useful_until=until)
        if dice.random() < 0.5:
            await cancel(f"turn {turn}", now)
        if dice.random() < 0.3:
            await stop_for(dice.choice(people).id, now, why="withdrawn")
        work = await due_work(now, 100)
        await asyncio.gather(*(one.deliver(each.id, now) for each in work for one in couriers))
        await couriers[0].sweep(now)
        assert await balance() == 0
        now += timedelta(minutes=dice.choice([1, 20, 700]))
    await _nobody_is_missed_or_told_twice(office)


async def _nobody_is_missed_or_told_twice(office):
    sent = Counter((row["openid"], row.get("client_msg_id") or row["at"]) for row in office.world.ledger.sent)
    assert max(sent.values(), default=1) == 1
    on_lists = set(await Call.all().values_list("notice_id", flat=True))
    for notice in await Notice.filter(state__in=["unknown", "failed"]):
        assert notice.id in on_lists, "in doubt, and nobody is asked to tell"
    for notice in await Notice.filter(state="expired", reason="expired_told"):
        assert notice.id in on_lists, "too late, and nobody is asked to tell"


async def test_urgent_notices_overtake_a_broadcast(office, monday):
    """R10, R11: urgent first, then by due time, though all were due at once."""
    people = [await office.person(number) for number in range(1, 31)]
    order = [9] * 10 + [5] * 10 + [0] * 10
    for person, urgency in zip(people, order, strict=True):
        await post(person, monday, urgency=urgency)
    engine = InProcessEngine()
    engine.register(NOTICE, _handler(office, monday))
    await engine.hand_out(await due_work(monday, 100))
    await engine.start()
    await engine.drain()
    await engine.stop()
    sent = [int(row["openid"][6:]) for row in office.world.ledger.sent]
    assert sorted(sent) == list(range(1, 31))
    assert [min(9, (30 - number) // 10 * 5) for number in sent] == sorted(order)


def _handler(office, now):
    courier = office.courier()

    async def deliver(notice):
        assert await courier.deliver(notice, now) == "accepted"

    return deliver


async def test_after_an_outage_everything_goes_once_and_in_order(office, monday):
    """P08 in short."""
    people = [await office.person(number) for number in range(1, 25)]
    for number, person in enumerate(people):
        await post(person, monday, urgency=(0, 5, 9)[number % 3])
    await office.outage()
    courier = office.courier()
    await asyncio.gather(*(courier.deliver(work.id, monday) for work in await due_work(monday, 100)))
    office.world.faults.outage = 0.0
    other = office.courier()
    later = monday + timedelta(minutes=10)
    done = [await other.deliver(work.id, later) for work in await due_work(later, 100)]
    assert done == ["accepted"] * 24
    sent = [int(row["openid"][6:]) for row in office.world.ledger.sent]
    assert [(number - 1) % 3 for number in sent] == [0] * 8 + [1] * 8 + [2] * 8
    assert await balance() == 0


async def test_one_token_is_fetched_for_fifty_sends_in_flight(office, monday):
    """P07 in short: the token is refused once while all are under way."""
    people = [await office.person(number) for number in range(1, 51)]
    notices = [await post(person, monday) for person in people]
    courier = office.courier()
    await courier.touch()
    fetched = office.world.ledger.accepted["/cgi-bin/stable_token"]
    office.world.faults.refuse = {CUSTOM: [40001, 1]}
    done = await asyncio.gather(*(courier.deliver(notice, monday) for notice in notices))
    assert done == ["accepted"] * 50
    assert office.world.ledger.accepted["/cgi-bin/stable_token"] - fetched <= 2
    assert len({row["openid"] for row in office.world.ledger.sent}) == len(office.world.ledger.sent) == 50


async def test_a_notice_that_breaks_our_code_ends_with_a_person(office, secretary, monday):
    person = await office.person(1)
    notice = await post(person, monday)
    await Notice.filter(id=notice).update(say="delivery.no_such_sentence", next_try_at=monday - timedelta(days=900))
    _, deliver = notice_handler(office.courier())
    await deliver(notice)
    assert (await Call.get()).notice_id == notice
    assert await balance() == 0
