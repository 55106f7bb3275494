"""Duty and deputies: from a day until a day, for whoever may say so; the named person follows from it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from cast import Cast, arrange

from kit.clock import local_day
from kit.errors import Refusal
from models.people.access import AuditEntry, DutyPerson
from services.county import warnings
from services.people import access, duty_persons, members, organisation
from services.people.duty_persons import Term

CONSOLE = "console"


@pytest.fixture
async def cast(db: None, monday: datetime) -> Cast:
    return await arrange(monday)


async def test_a_community_with_somebody_on_duty_is_warned_about_no_more(cast: Cast, monday: datetime) -> None:
    assert await warnings.places_without_duty(monday) == ["桂花社区", "柳塘社区"]
    week = Term(date(2026, 10, 12), date(2026, 10, 18))
    await duty_persons.put_on_duty(cast.worker, cast.community, "night", week, by=CONSOLE, now=monday)
    assert await warnings.places_without_duty(monday) == ["柳塘社区"]
    assert await warnings.places_without_duty(monday + timedelta(days=7)) == ["桂花社区", "柳塘社区"]
    night = monday.replace(hour=14)  # ten in the evening in the county
    found = await access.on_duty(cast.branch, night, True)
    assert found == cast.worker
    assert (await AuditEntry.get(action="duty_put")).actor == CONSOLE


async def test_a_deputy_takes_what_would_go_to_who_is_away(cast: Cast, monday: datetime) -> None:
    deputy = await members.register("褚一石", branch=cast.branch)
    term = Term(local_day(monday), local_day(monday) + timedelta(days=7))
    with pytest.raises(Refusal, match=r"duty_persons\.no_office"):
        await duty_persons.put_deputy(deputy, cast.secretary, cast.branch, term, by=CONSOLE, now=monday)
    await organisation.appoint(deputy, "deputy_secretary", cast.branch, since=None)
    await duty_persons.put_deputy(deputy, cast.secretary, cast.branch, term, by=CONSOLE, now=monday)
    assert await access.present(cast.secretary, local_day(monday)) == deputy
    assert await access.present(cast.secretary, local_day(monday) + timedelta(days=8)) == cast.secretary


async def test_the_same_line_said_again_only_moves_its_end(cast: Cast, monday: datetime) -> None:
    for last in (date(2026, 10, 18), date(2026, 10, 20)):
        term = Term(date(2026, 10, 12), last)
        await duty_persons.put_on_duty(cast.worker, cast.community, "night", term, by=CONSOLE, now=monday)
    assert [row.until for row in await DutyPerson.all()] == [date(2026, 10, 20)]


WRONG = [
    ("unknown_hours", "noon", Term()),
    ("days_reversed", "night", Term(date(2026, 10, 18), date(2026, 10, 12))),
]


@pytest.mark.parametrize(("key", "hours", "term"), WRONG, ids=[row[0] for row in WRONG])
async def test_what_cannot_be_is_refused(cast: Cast, monday: datetime, key: str, hours: str, term: Term) -> None:
    with pytest.raises(Refusal, match=rf"duty_persons\.{key}"):
        await duty_persons.put_on_duty(cast.worker, cast.community, hours, term, by=CONSOLE, now=monday)


async def test_nobody_stands_in_for_themselves(cast: Cast, monday: datetime) -> None:
    with pytest.raises(Refusal, match=r"duty_persons\.is_oneself"):
        await duty_persons.put_deputy(cast.worker, cast.worker, cast.community, Term(), by=CONSOLE, now=monday)


MAY = [("worker", True), ("township_worker", True), ("chief", True), ("secretary", False), ("leader", False),
       ("feng", False)]  # fmt: skip


@pytest.mark.parametrize(("who", "may"), MAY, ids=[name for name, _ in MAY])
async def test_who_fills_offices_sets_duty_and_takes_it_off(cast: Cast, monday: datetime, who: str, may: bool) -> None:
    row = await duty_persons.put_on_duty(cast.worker, cast.community, "night", Term(), by=CONSOLE, now=monday)
    reach = await access.reach_of(getattr(cast, who), local_day(monday))
    assert await duty_persons.may_set(reach, cast.community) is may
    assert await duty_persons.lines(local_day(monday), reach=reach) == ([row] if may else [])
    if may:
        await duty_persons.end(row.id, by=CONSOLE, now=monday, reach=reach)
        assert await DutyPerson.all().count() == 0
    else:
        with pytest.raises(Refusal, match=r"duty_persons\.no_such_line"):
            await duty_persons.end(row.id, by=CONSOLE, now=monday, reach=reach)


async def test_everybody_in_office_ends_their_own_deputy(cast: Cast, monday: datetime) -> None:
    row = await duty_persons.put_deputy(cast.worker, cast.secretary, cast.branch, Term(), by=CONSOLE, now=monday)
    reach = await access.reach_of(cast.secretary, local_day(monday))
    assert await duty_persons.lines(local_day(monday), reach=reach) == [row]
    await duty_persons.end(row.id, by=CONSOLE, now=monday, reach=reach)


async def test_only_whom_one_may_know_is_found_by_name(cast: Cast, monday: datetime) -> None:
    reach = await access.reach_of(cast.worker, local_day(monday))
    assert await duty_persons.near("周五常", reach, local_day(monday)) == cast.worker
    assert await duty_persons.near("李四友", reach, local_day(monday)) == cast.secretary
    for name in ("冯九思", "郑七巧", "没有这人"):
        with pytest.raises(Refusal, match=r"duty_persons\.nobody_called"):
            await duty_persons.near(name, reach, local_day(monday))
    await members.register("李四友", branch=cast.branch)
    with pytest.raises(Refusal, match=r"duty_persons\.several_called"):
        await duty_persons.near("李四友", reach, local_day(monday))
