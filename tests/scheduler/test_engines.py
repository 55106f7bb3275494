"""Both engines keep the same promises: each row once, a lane in order, urgent first, nothing before the commit."""

from __future__ import annotations

import asyncio
import os

import pytest

from kit.engine import Work
from models.database import transaction
from scheduler.engine_inprocess import InProcessEngine

POSTGRES = os.environ.get("JINQIU_TEST_DATABASE", "")
needs_postgres = pytest.mark.skipif(
    not POSTGRES.startswith("postgres"), reason="JINQIU_TEST_DATABASE names no PostgreSQL: its engine is not tested"
)


@pytest.fixture(params=["in process", pytest.param("procrastinate", marks=[needs_postgres, pytest.mark.postgres])])
async def engine(request, db):
    if request.param == "in process":
        made = InProcessEngine()
    else:
        from scheduler.engine_procrastinate import ProcrastinateEngine

        made = ProcrastinateEngine(POSTGRES)
        await made.prepare()
    yield made
    await made.stop()


async def until(condition, seconds=60.0):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def test_each_row_is_worked_on_once_though_handed_out_thrice(engine):
    done = []

    async def handler(row):
        done.append(row)

    engine.register("notice", handler)
    for _ in range(3):
        await engine.hand_out([Work("notice", number) for number in range(20)])
    await engine.start()
    await until(lambda: len(done) >= 20)
    await asyncio.sleep(0.2)
    assert sorted(done) == list(range(20))


async def test_a_lane_goes_one_after_the_other(engine):
    log = []

    async def handler(row):
        log.append(("begin", row))
        await asyncio.sleep(0.02)
        log.append(("end", row))

    engine.register("notice", handler)
    await engine.hand_out([Work("notice", number, lane="one") for number in range(6)])
    await engine.start()
    await until(lambda: len(log) == 12)
    assert log == [(word, row) for row in range(6) for word in ("begin", "end")]


async def test_an_urgent_row_overtakes_a_broadcast(engine):
    order = []

    async def handler(row):
        order.append(row)
        await asyncio.sleep(0.05)

    engine.register("notice", handler)
    await engine.hand_out([Work("notice", number, urgency=9) for number in range(1, 200)])
    await engine.start()
    await until(lambda: len(order) > 5)
    await engine.hand_out([Work("notice", 0, urgency=0)])
    await until(lambda: 0 in order)
    assert order.index(0) < 100


async def test_nothing_begins_before_the_commit(engine):
    if POSTGRES and isinstance(engine, InProcessEngine):
        pytest.skip("the engine in the process serves the embedded database")
    seen = []

    async def handler(row):
        async with transaction():
            seen.append((row, committed))

    committed = False
    engine.register("notice", handler)
    await engine.start()
    async with transaction():
        await engine.hand_out([Work("notice", 1)])
        await asyncio.sleep(0.1)
        assert seen == []
        committed = True
    await until(lambda: seen == [(1, True)])


async def test_stopping_finishes_what_is_under_way(engine):
    begun, ends = [], []

    async def handler(row):
        begun.append(row)
        await asyncio.sleep(0.3)
        ends.append(row)

    engine.register("notice", handler)
    await engine.hand_out([Work("notice", 1)])
    await engine.start()
    await until(lambda: begun)
    await engine.stop()
    assert ends == [1]


async def test_a_handler_that_is_missing_harms_nothing(engine):
    done = []

    async def handler(row):
        done.append(row)

    engine.register("notice", handler)
    await engine.hand_out([Work("strange", 1), Work("notice", 2)])
    await engine.start()
    await until(lambda: done == [2])


async def test_a_handler_that_breaks_leaves_its_worker_alive(db):
    done = []

    async def handler(row):
        if row < 20:
            raise RuntimeError("our bug")
        done.append(row)

    engine = InProcessEngine()
    engine.register("notice", handler)
    await engine.hand_out([Work("notice", number) for number in range(21)])
    await engine.start()
    await engine.drain()
    await engine.stop()
    assert done == [20]


async def test_a_flood_of_urgent_messages_to_one_person_holds_up_nobody_else(engine):
    done = []

    async def handler(row):
        done.append(row)
        await asyncio.sleep(0.02)

    engine.register("notice", handler)
    await engine.hand_out([Work("notice", number, urgency=0, lane="keeper") for number in range(1, 60)])
    await engine.hand_out([Work("notice", 100, urgency=5, lane="somebody else")])
    await engine.start()
    await until(lambda: 100 in done)
    assert done.index(100) < 20


@needs_postgres
@pytest.mark.postgres
async def test_a_worker_that_ends_with_the_database_has_a_successor(db, monkeypatch):
    from scheduler import engine_procrastinate

    monkeypatch.setattr(engine_procrastinate, "_AGAIN_SECONDS", 0.05)
    engine, done, falls = engine_procrastinate.ProcrastinateEngine(POSTGRES), [], [1, 2]
    work = engine._app.run_worker_async

    async def falling(**options):
        if falls:
            falls.pop()
            raise ConnectionError("the pool gave up")
        await work(**options)

    async def handler(row):
        done.append(row)

    monkeypatch.setattr(engine._app, "run_worker_async", falling)
    engine.register("notice", handler)
    await engine.prepare()
    await engine.start()
    await engine.hand_out([Work("notice", 7)])
    await until(lambda: done == [7])
    await engine.stop()
    assert falls == []
