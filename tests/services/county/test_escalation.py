"""What stays undone rises to the same people whether asked one by one or for a whole county, and is told once."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
import visits_rounds as rounds
from cast import Cast, arrange

from bot.demo_county import seed as demo_seed
from delivery.wording import text_of
from models.care.visits import VisitTask
from models.database import connection
from models.help.wishes import Wish
from models.outreach.notices import Notice
from models.people.access import DutyPerson
from models.people.members import Person
from services.care import visits
from services.county import escalation, seed
from services.help import wishes
from services.help.wishes import WishRising
from services.people import access

pytestmark = pytest.mark.usefixtures("db")
HOURS = (24, 48, 96, 168)


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    return await arrange(monday)


async def risen(kind: escalation.Rising, now: datetime) -> int:
    told = 0
    while tellings := await escalation.due(kind, now=now):
        told += sum([await escalation.tell(kind, one, now=now) for one in tellings])
    return told


async def test_the_chains_of_many_places_are_those_of_each_person(monday: datetime) -> None:
    today = date(2026, 10, 12)
    await seed.load(demo_seed(today), now=monday)
    people = await Person.filter(standing="retiree").order_by("id").limit(60)
    secretary = await Person.get(key="secretary")
    deputy = people[-1]
    away = {"organisation_id": secretary.branch_id, "person_id": deputy.id, "stands_for_id": secretary.id}
    await DutyPerson.create(**away, since=today, until=today)
    chains = access.Chains(today)
    await chains.learn({(one.branch_id, one.community_id) for one in people})
    for person in people:
        chain = await access.escalation_chain(person, today)
        for level in escalation.LEVELS:
            assert chains.heads((person.branch_id, person.community_id), level) == [one.id for one in chain[level]]


async def test_finding_who_to_tell_costs_the_same_for_few_and_for_many(cast: Cast, monday: datetime) -> None:
    """The heads of all places are looked up together: not again for every branch."""
    await rounds.plan(monday)
    evening = datetime(2026, 10, 18, 10, 30, tzinfo=monday.tzinfo)
    asked = await _statements(visits.VisitRising(rounds.RULES), evening)
    for number in range(300):
        await Person.create(name=f"许{number}方", branch_id=cast.branch.id, community_id=cast.community.id)
    await rounds.plan(monday)
    assert await _statements(visits.VisitRising(rounds.RULES), evening) == asked


async def _statements(kind: escalation.Rising, now: datetime) -> int:
    """How many statements finding who to tell takes."""
    database, counted = connection(), 0
    plain = database.execute_query

    async def counting(*args: object, **named: object) -> object:
        nonlocal counted
        counted += 1
        return await plain(*args, **named)  # type: ignore[arg-type]

    database.execute_query = counting  # type: ignore[method-assign,assignment]
    try:
        assert await escalation.due(kind, now=now)
    finally:
        database.execute_query = plain  # type: ignore[method-assign]
    return counted


async def test_whoever_had_it_sees_that_it_rose_and_why(cast: Cast, monday: datetime) -> None:
    await rounds.plan(monday)
    await risen(visits.VisitRising(rounds.RULES), datetime(2026, 10, 18, 10, 30, tzinfo=monday.tzinfo))
    (told,) = await Notice.filter(say="visits.rose", person_id=cast.leader.id)
    assert text_of(told) == (
        "赵一禾的重阳慰问（10月18日(周日)）没有看望的登记，已经请支部书记一起过问。您去过了，回复1补记。"
    )
    task = await VisitTask.get(subject_id=cast.zhao.id)
    reach = await access.reach_of(cast.leader, date(2026, 10, 18))
    opened = await visits.details(task.id, cast.leader, reach, now=monday)
    assert [(step.level, step.name) for step in opened.told] == [("secretary", "李四友")]


async def test_what_rose_is_taken_over_and_stays_with_whoever_took_it(cast: Cast, monday: datetime) -> None:
    await rounds.plan(monday)
    evening = datetime(2026, 10, 18, 10, 30, tzinfo=monday.tzinfo)
    await risen(visits.VisitRising(rounds.RULES), evening)
    task = await VisitTask.get(subject_id=cast.zhao.id)
    reach = await access.reach_of(cast.secretary, date(2026, 10, 18))
    await visits.take_over(task.id, by=cast.secretary, reach=reach, now=evening)
    await visits.look_again([cast.zhao.id])
    await rounds.plan(evening)
    assert (await VisitTask.get(id=task.id)).assignee_id == cast.secretary.id
    await Person.filter(id=cast.secretary.id).update(state="deceased")
    await rounds.plan(evening)
    assert (await VisitTask.get(id=task.id)).assignee_id == cast.leader.id


async def test_a_wish_nobody_settles_rises_and_can_be_settled_above(cast: Cast, monday: datetime) -> None:
    asking = wishes.Asking("oZhao", cast.zhao, cast.community)
    kept = await wishes.keep("order_service", asking, now=monday, words="水龙头滴水")
    for hours, level in ((23, 0), (24, 1), (47, 1), (48, 2), (200, 4)):
        await risen(WishRising(HOURS), monday + timedelta(hours=hours))
        assert (await Wish.get(id=kept.wish.id)).risen_to == level
    story = await escalation.story_of(f"wish:{kept.wish.id}")
    assert [step.person_id for step in story] == [
        one.id for one in (cast.secretary, cast.worker, cast.township_worker, cast.chief)
    ]
    assert [one.id for one in await wishes.list_of(cast.chief)] == [kept.wish.id]
    await wishes.settle(await wishes.one_of(kept.wish.id, cast.chief), by=cast.chief, result="done", now=monday)
    said = [json.loads(one.facts or "{}") for one in await Notice.filter(say="wishes.overdue")]
    assert not [facts for facts in said if "水" in str(facts)]
    assert await risen(WishRising(HOURS), monday + timedelta(days=30)) == 0


async def test_a_knock_that_comes_twice_tells_once(cast: Cast, monday: datetime) -> None:
    await rounds.plan(monday)
    evening = datetime(2026, 10, 18, 10, 30, tzinfo=monday.tzinfo)
    kind = visits.VisitRising(rounds.RULES)
    tellings = await escalation.due(kind, now=evening)
    assert sum([await escalation.tell(kind, one, now=evening) for one in tellings]) == 6
    assert sum([await escalation.tell(kind, one, now=evening) for one in tellings]) == 0
