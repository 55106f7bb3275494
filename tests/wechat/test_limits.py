"""The platform's limits are never passed, and urgent calls always find room."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from wechat.errors import QuotaSpent
from wechat.limits import RATES, Bucket, Limits, MemoryQuotaLedger, Rate

API = "/cgi-bin/message/template/send"
PAUSES = [5, 10, 20, 40, 80, 160, 320, 600, 600]
MONDAY = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)


class Clock:
    """Monotonic seconds that pass only when told."""

    def __init__(self):
        self.seconds = 1000.0
        self.now = MONDAY

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


def limits(clock, rate, ledger=None):
    return Limits(ledger or MemoryQuotaLedger(), lambda: clock.now, {API: rate}, monotonic=clock)


@pytest.mark.parametrize(("limit", "period"), [(1, 1), (2, 1), (50, 1), (60, 60), (7, 60), (1, 60)])
@pytest.mark.parametrize("urgent", [True, False])
def test_no_window_sees_more_than_the_limit(clock, limit, period, urgent):
    bucket, taken = Bucket(limit, period, clock), []
    while clock.seconds < 1000 + 5 * period:
        pause = bucket.wait(urgent=urgent)
        if pause:
            clock.seconds += pause
            continue
        bucket.take()
        taken.append(clock.seconds)
    worst = max(sum(start <= t < start + period for t in taken) for start in taken)
    assert len(taken) >= 2
    assert worst <= limit


def test_a_broadcast_leaves_urgent_calls_room_at_once(clock):
    bucket = Bucket(50, 1, clock)
    while not bucket.wait(urgent=False):
        bucket.take()
    assert bucket.wait(urgent=True) == 0


async def test_a_tenth_of_the_day_stays_for_urgent_calls(clock):
    meter = limits(clock, Rate(1000, per_day=10))
    for _ in range(9):
        await meter.admit(API)
    with pytest.raises(QuotaSpent) as spent:
        await meter.admit(API)
    assert spent.value.ruling.wait == 16 * 3600
    await meter.admit(API, urgent=True)
    with pytest.raises(QuotaSpent):
        await meter.admit(API, urgent=True)


async def test_a_day_begins_at_midnight_in_shanghai(clock):
    meter = limits(clock, Rate(1000, per_day=1))
    await meter.admit(API, urgent=True)
    clock.now = MONDAY + timedelta(hours=15, minutes=59)
    with pytest.raises(QuotaSpent):
        await meter.admit(API, urgent=True)
    clock.now = MONDAY + timedelta(hours=16)
    await meter.admit(API, urgent=True)


async def test_all_processes_share_the_day(clock):
    ledger = MemoryQuotaLedger()
    one, other = (limits(clock, Rate(1000, per_day=10), ledger) for _ in range(2))
    for meter in (one, other) * 4:
        await meter.admit(API)
    await one.admit(API)
    with pytest.raises(QuotaSpent):
        await other.admit(API)


async def test_a_long_queue_is_told_to_come_back(clock):
    meter = limits(clock, Rate(1, per_minute=2))
    await meter.admit(API)
    with pytest.raises(QuotaSpent) as spent:
        await meter.admit(API, patience=5)
    assert 5 < spent.value.ruling.wait <= 61


async def test_the_platforms_daily_refusal_closes_until_midnight(clock):
    meter = limits(clock, Rate())
    meter.heed(API, 45009)
    with pytest.raises(QuotaSpent) as spent:
        await meter.admit(API, urgent=True)
    assert spent.value.ruling.wait == 16 * 3600
    await meter.admit("/other")
    clock.now = MONDAY + timedelta(hours=16)
    await meter.admit(API)


async def test_the_platforms_minute_refusal_closes_for_a_minute(clock):
    meter = limits(clock, Rate())
    meter.heed(API, 45011)
    with pytest.raises(QuotaSpent) as spent:
        await meter.admit(API)
    assert 60 <= spent.value.ruling.wait <= 66
    clock.seconds += 66
    await meter.admit(API)


async def test_waiting_callers_pass_at_the_pace():
    meter = Limits(MemoryQuotaLedger(), lambda: MONDAY, {API: Rate(100)})
    begun = asyncio.get_running_loop().time()
    await asyncio.gather(*(meter.admit(API) for _ in range(40)))
    assert asyncio.get_running_loop().time() - begun > 0.2


def test_the_sends_have_a_day():
    assert all(RATES[api].per_day for api in RATES if "send" in api)


async def test_a_process_that_does_not_know_its_share_waits(clock):
    known = []
    meter = Limits(MemoryQuotaLedger(), lambda: clock.now, {API: Rate(10)}, lambda: 1.0 if known else 0.0, clock)
    with pytest.raises(QuotaSpent):
        await meter.admit(API, patience=0)
    waiting = asyncio.ensure_future(meter.admit(API))
    await asyncio.sleep(0)
    assert not waiting.done()
    known.append(True)
    await waiting


async def test_processes_together_keep_the_pace_when_one_more_comes_and_goes(clock):
    many, sent = [1], []
    meters = [Limits(MemoryQuotaLedger(), lambda: clock.now, {API: Rate(50)}, lambda: 1 / many[0], clock) for _ in "ab"]
    for step in range(800):
        many[0] = 2 if 300 <= step < 600 else 1
        for meter in meters[: many[0]]:
            while meter._pause(API, urgent=True) <= 0:
                await meter.admit(API, urgent=True, patience=0)
                sent.append(clock())
        clock.seconds += 0.01
    assert max(sum(begun <= at < begun + 1 for at in sent) for begun in sent) <= 50
    assert len(sent) > 250


async def test_a_gateway_that_turns_away_again_and_again_is_left_longer_each_time(clock):
    meter, rests = limits(clock, Rate(1000)), []
    for _ in range(9):
        meter.rest(API, 5)
        with pytest.raises(QuotaSpent) as spent:
            await meter.admit(API, urgent=True)
        rests.append(spent.value.ruling.wait)
        clock.seconds += rests[-1]
        await meter.admit(API)
    assert all(low <= rest <= 1.25 * low + 1 for low, rest in zip(PAUSES, rests, strict=True)), rests


async def test_calls_that_left_side_by_side_are_turned_away_once(clock):
    meter = limits(clock, Rate(1000))
    for _ in range(8):
        meter.rest(API, 5)
    with pytest.raises(QuotaSpent) as spent:
        await meter.admit(API)
    assert spent.value.ruling.wait <= 7
    clock.seconds += 60
    meter.rest(API, 5)
    clock.seconds += 7
    await meter.admit(API)
