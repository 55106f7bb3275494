"""Figures that the clock keeps are those that counting at once finds, and small houses never read a kept one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from cast import Cast, arrange

from kit import clock
from kit.clock import local_day
from models.care.visits import VisitTask
from models.county.tallies import Tally
from models.outreach.notices import Broadcast, Notice
from models.people.members import Person
from services.county import desk
from services.county.desk import figures, people_figures
from services.county.desk.visit_figures import month_of
from services.outreach import broadcasts
from services.outreach.broadcasts import counting
from services.people import access

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def cast(db: None) -> Cast:
    return await arrange(clock.now())


async def _reach(person: Person) -> access.Reach:
    return await access.reach_of(person, local_day(clock.now()))


async def _duty(person: Person, day: date, state: str) -> None:
    await VisitTask.create(
        kind="decade_birthday_visit", occasion=f"decade_birthday:{day}", subject=person, due_on=day,
        window_from=day, state=state, made_at=clock.now(),
    )  # fmt: skip


async def _told(cast: Cast, people: int) -> Broadcast:
    """A notice for that many, as far as its writer counted, with three people in it, two rounds for one of them."""
    now = clock.now()
    row = await Broadcast.create(author_id=cast.worker.id, organisation_id=cast.community.id, text="开会", audience={
        "paths": [cast.community.path], "round": 2}, state="spread", created_at=now, counted=people)  # fmt: skip
    for person, key, outcome in (
        (cast.zhao, f"broadcast:{row.id}", "sent"),
        (cast.zhao, f"broadcast:{row.id}:round:2", "confirmed"),
        (cast.qian, f"broadcast:{row.id}", "sent"),
        (cast.feng, f"broadcast:{row.id}", "told_by_phone"),
    ):
        await Notice.create(
            business_key=key, recipient=f"person:{person.id}", person_id=person.id, say="broadcasts.said", due_at=now,
            next_try_at=now, queued_at=now, state="accepted", outcome=outcome,
        )  # fmt: skip
    return row


@pytest.mark.parametrize("size", [1, 2, 5000])
async def test_a_notice_counted_in_pages_is_the_notice_counted_at_once(cast: Cast, size: int) -> None:
    row = await _told(cast, 3)
    at_once = await broadcasts.status(row)
    counted = await broadcasts.count(row.id, size=size)
    assert (counted.total(), at_once.total, at_once.confirmed, at_once.told) == (3, 3, 1, 1)
    await broadcasts.keep(row.id, counted, now=clock.now())
    large = await Broadcast.get(id=row.id)
    large.counted = counting.LIVE_UP_TO + 1
    assert await broadcasts.status(large) == at_once


@pytest.mark.parametrize(("people", "seen"), [(3, 0), (counting.LIVE_UP_TO + 1, 1)])
async def test_only_a_large_notice_stands_as_it_was_counted(cast: Cast, people: int, seen: int) -> None:
    row = await _told(cast, people)
    await broadcasts.keep(row.id, await broadcasts.count(row.id), now=clock.now())
    await Notice.filter(person_id=cast.qian.id).update(outcome="confirmed")
    assert (await broadcasts.status(await Broadcast.get(id=row.id))).sent == seen


async def test_a_notice_is_counted_often_while_it_is_young_and_then_each_night(cast: Cast) -> None:
    row, now = await _told(cast, 3), clock.now()
    assert await broadcasts.to_count(now) == [row.id]
    await broadcasts.keep(row.id, await broadcasts.count(row.id), now=now)
    for later, due in ((3, []), (5, [row.id])):
        assert await broadcasts.to_count(now + timedelta(minutes=later)) == due
    await Broadcast.filter(id=row.id).update(created_at=now - timedelta(days=9))
    assert await broadcasts.to_count(now + timedelta(hours=19)) == []
    assert await broadcasts.to_count(now + timedelta(hours=21)) == [row.id]
    await Broadcast.filter(id=row.id).update(created_at=now - timedelta(days=90))
    assert await broadcasts.to_count(now + timedelta(hours=21)) == []


async def test_the_funnel_is_the_same_before_and_after_the_clock_counted(cast: Cast) -> None:
    row, days = await _told(cast, 3), figures.days_of("month", local_day(clock.now()))
    before = [await figures.funnel(await _reach(one), days) for one in (cast.secretary, cast.worker, cast.chief)]
    await broadcasts.keep(row.id, await broadcasts.count(row.id), now=clock.now())
    after = [await figures.funnel(await _reach(one), days) for one in (cast.secretary, cast.worker, cast.chief)]
    assert after == before
    assert [(one.part, one.whole) for one in before[1]] == [(2, 2), (2, 2), (1, 2), (0, 2)]


async def test_past_months_of_visits_are_the_same_before_and_after_the_night(cast: Cast) -> None:
    first = desk.months_to_count(local_day(clock.now()))[0]
    for number, (person, state) in enumerate([(cast.zhao, "done"), (cast.qian, "overdue"), (cast.feng, "done")]):
        await _duty(person, first + timedelta(days=number), state)
    await _duty(cast.zhao, first + timedelta(days=9), "cancelled")
    reach, days = await _reach(cast.secretary), month_of(first)
    before = await figures.visits_by_branch(reach, days), await figures.visits_by_month(reach, first.year)
    assert figures.totals(before[0]) == figures.totals(before[1]) == (1, 2)
    assert await desk.count_month(first) == 3
    await VisitTask.filter(state="overdue").update(state="done")
    after = await figures.visits_by_branch(reach, days), await figures.visits_by_month(reach, first.year)
    assert after == before


async def test_a_month_without_visits_is_counted_too(cast: Cast) -> None:
    first = desk.months_to_count(local_day(clock.now()))[0]
    assert await desk.count_month(first) == 0
    assert await Tally.all().count() == 1
    assert await figures.visits_by_branch(await _reach(cast.chief), month_of(first)) == []


async def test_members_of_a_large_house_stand_as_they_were_counted(cast: Cast) -> None:
    chief, today = await _reach(cast.chief), local_day(clock.now())
    live = await people_figures.births(chief), await people_figures.by_home(chief)
    total = await desk.count_members(today, live_up_to=2)
    assert total == live[0].total() == sum(live[1][0].values())
    assert (await people_figures.births(chief), await people_figures.by_home(chief)) == live
    await Person.filter(id=cast.zhao.id).update(state="deceased")
    assert (await people_figures.births(chief), await people_figures.by_home(chief)) == live
    assert (await people_figures.births(await _reach(cast.secretary))).total() == 3
    assert await desk.count_members(today) == total - 1
    assert (await people_figures.births(chief)).total() == total - 1
