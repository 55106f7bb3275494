"""The clockwork: each job once when it falls due, whatever happens to clocks and processes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from models.database import transaction
from models.platform import JobRun, Lease
from scheduler.job import Deps, job
from scheduler.jobs import JOBS
from scheduler.lease import StandBy
from scheduler.rounds import Clockwork
from services.county.knocks import last_knock, show_up, take_over

HOUR = timedelta(hours=1)


class Book:
    """Counts how often each job ran."""

    def __init__(self):
        self.ran = []

    def daily(self, at="08:00"):
        @job(daily=at)
        async def plan(now, deps):
            self.ran.append(now)
            return {"planned": 1}

        return plan


@pytest.fixture
def book():
    return Book()


def clockwork(jobs, now, holder="one"):
    return Clockwork(jobs, Deps(None, None, None, transaction), lambda: now, holder)


async def test_a_daily_job_runs_once_a_day_whoever_knocks(db, monday, book):
    plan = book.daily("10:00")
    works = [clockwork([plan], monday, f"process {number}") for number in range(4)]
    await works[0].round(monday - HOUR)
    before = len(book.ran)
    for minutes in (0, 59, 60, 61, 120):
        await asyncio.gather(*(work.round(monday + timedelta(minutes=minutes)) for work in works))
    assert len(book.ran) == before + 1
    assert book.ran[-1] == monday + HOUR
    assert (await JobRun.all().order_by("-id").first()).counted == '{"planned": 1}'


async def test_days_of_absence_are_caught_up_once(db, monday, book):
    plan = book.daily()
    await clockwork([plan], monday).round(monday)
    book.ran.clear()
    later = monday + timedelta(days=3, hours=2)
    await clockwork([plan], later).round(later)
    await clockwork([plan], later).round(later + HOUR)
    assert book.ran == [later]


@pytest.mark.parametrize("step", [-1, 1])
async def test_a_clock_that_steps_a_day_loses_and_doubles_nothing(db, monday, book, step):
    plan = book.daily()
    work = clockwork([plan], monday)
    await work.round(monday)
    await work.round(monday + timedelta(days=step))
    for hours in range(0, 73, 3):
        await work.round(monday + hours * HOUR)
    fires = await JobRun.all().values_list("fire_at", flat=True)
    assert len(set(fires)) == len(fires) == 4


async def test_a_job_that_breaks_harms_no_other(db, monday, book):
    @job(daily="08:00")
    async def broken(now, deps):
        raise RuntimeError("our bug")

    counted = await clockwork([broken, book.daily()], monday).round(monday)
    assert counted == {"broken": {"broken": 1}, "plan": {"planned": 1}}


@pytest.mark.parametrize(
    ("when", "expected"),
    [({"daily": "08:30"}, "12 08:30"), ({"weekly": "mon 08:00"}, "12 08:00"), ({"monthly": "1 08:00"}, "01 08:00")],
    ids=["daily", "on Mondays by name", "on the first"],
)
def test_the_last_time_a_job_fell_due(monday, when, expected):
    @job(**when)
    async def some(now, deps):
        return {}

    from kit.clock import local

    assert f"{local(some.latest_due(None, monday)):%d %H:%M}" == expected


async def test_a_running_clockwork_knocks_and_stops(db, monday, book):
    beats = []

    @job(every=2)
    async def beat(now, deps):
        beats.append(now)
        return {}

    work = clockwork([beat, book.daily()], monday)
    await work.start()
    async with asyncio.timeout(60):
        while not (beats and book.ran):
            await asyncio.sleep(0.05)
    await work.stop()


async def test_tick_runs_one_job_whether_due_or_not(db, monday, book):
    work = clockwork([book.daily()], monday)
    assert await work.tick("plan") == {"plan": {"planned": 1}}
    assert await work.tick() == {"plan": {"planned": 1}}
    with pytest.raises(KeyError):
        await work.tick("unknown")


async def test_one_process_works_and_the_other_stands_by(db):
    first, second = StandBy("worker", "first"), StandBy("worker", "second")
    assert await first.acquire()
    assert not await second.acquire()
    assert (first.is_held, second.is_held) == (True, False)
    await first.give_back()
    assert await second.acquire()


async def test_a_dead_holder_is_replaced(db, monday):
    await Lease.create(name="worker", holder="dead", until=monday)
    assert await StandBy("worker", "second").acquire()


@pytest.fixture
def pair():
    """Two jobs, the second after the first; what ran in which order, and a gate that holds the first up."""
    ran, gate = [], asyncio.Event()

    @job(every=600)
    async def first(now, deps):
        await gate.wait()
        ran.append("first")
        return {}

    @job(every=300, after=["first"])
    async def second(now, deps):
        ran.append("second")
        return {}

    return [first, second], ran, gate


async def test_a_job_waits_while_another_process_does_what_goes_first(db, monday, pair):
    jobs, ran, gate = pair
    one, two = clockwork(jobs, monday, "one"), clockwork(jobs, monday, "two")
    slow = asyncio.ensure_future(one.round(monday))
    while not await JobRun.exists():
        await asyncio.sleep(0.01)
    assert await two.round(monday) == {}
    gate.set()
    assert set(await slow) == {"first", "second"}
    assert ran == ["first", "second"]
    assert await two.round(monday) == {}


async def test_a_job_waits_for_what_goes_first_though_nobody_has_begun_it(db, monday, pair):
    jobs, ran, _ = pair
    assert await clockwork([jobs[1], jobs[0]], monday)._win(jobs[1], monday) is None
    assert ran == []


async def test_what_a_dead_process_left_unfinished_is_done_by_another_within_a_minute(db, monday, book):
    plan = book.daily()
    await JobRun.create(job="plan", fire_at=monday - HOUR, started_at=monday, holder="dead")
    assert await clockwork([plan], monday, "other").round(monday + timedelta(seconds=50)) == {}
    assert await clockwork([plan], monday, "other").round(monday + timedelta(seconds=61)) == {"plan": {"planned": 1}}
    assert await clockwork([plan], monday, "third").round(monday + timedelta(minutes=5)) == {}


async def test_what_kills_two_processes_is_left_to_the_next_knock(db, monday, book):
    plan = book.daily()
    await JobRun.create(job="plan", fire_at=monday - HOUR, started_at=monday, holder="dead")
    knock = await last_knock("plan")
    assert await take_over(knock, monday, "dead too")
    assert await clockwork([plan], monday, "other").round(monday + 2 * HOUR) == {}
    assert await clockwork([plan], monday, "other").round(monday + 24 * HOUR) == {"plan": {"planned": 1}}


async def test_a_living_process_is_left_to_finish(db, monday, book):
    plan = book.daily()
    real = datetime.now(UTC)
    await show_up("slow", real + timedelta(hours=1), real)
    await JobRun.create(job="plan", fire_at=monday - HOUR, started_at=monday, holder="slow")
    assert await clockwork([plan], monday, "other").round(monday + timedelta(minutes=30)) == {}


def test_jobs_follow_only_jobs_that_stand_before_them():
    names = [one.name for one in JOBS]
    for one in JOBS:
        assert all(first in names[: names.index(one.name)] for first in one.after), one.name


async def test_a_beat_that_is_rung_for_does_not_wait_for_its_time(db, monday):
    beats = []

    @job(every=50)
    async def beat(now, deps):
        beats.append(now)
        return {}

    work = clockwork([beat], monday)
    await work._beat_round()
    await work._beat_round()
    assert len(beats) == 1
    work.look_now("beat")
    await asyncio.gather(*work._running)
    assert len(beats) == 2
