"""One visitor bears so many open duties; what is more goes to the next who is near, and stays there."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import visits_rounds as rounds
from cast import Cast, arrange

from kit.county import County, VisitNumbers
from models.care.visits import VisitTask
from models.people.members import Person
from services.care.visit_rules import rules_of


def bearing(most: int) -> rounds.VisitRules:
    return rules_of(County(visits=VisitNumbers(most_open=most)))


async def with_people(now: datetime, many: int) -> Cast:
    """`many` people of one branch whose liaison is 吴六合."""
    cast = await arrange(now)
    for number in range(many):
        await Person.create(
            name=f"许十方{number}", branch_id=cast.branch.id, community_id=cast.community.id, liaison_id=cast.leader.id
        )
    return cast


async def loads() -> Counter[int | None]:
    return Counter(await VisitTask.open_tasks().values_list("assignee_id", flat=True))


async def test_what_is_too_much_for_one_goes_to_the_secretary_then_the_community(db: None, monday: datetime) -> None:
    cast = await with_people(monday, 11)
    await rounds.plan(monday, bearing(5))
    found = await loads()
    assert [found[one.id] for one in (cast.leader, cast.secretary, cast.worker)] == [5, 5, 5]
    assert None not in found


async def test_where_all_have_too_many_everybody_still_has_a_named_visitor(db: None, monday: datetime) -> None:
    await with_people(monday, 12)
    await rounds.plan(monday, bearing(1))
    found = await loads()
    assert None not in found
    assert sum(found.values()) == await VisitTask.all().count()


async def test_a_second_planning_and_the_reminders_move_nobody(db: None, monday: datetime) -> None:
    await with_people(monday, 12)
    await rounds.plan(monday, bearing(5))
    before = await VisitTask.all().order_by("id").values_list("id", "assignee_id")
    await Person.all().update(next_occasions_from=None)
    await rounds.plan(monday + timedelta(minutes=10), bearing(5))
    await rounds.remind(monday + timedelta(days=3), bearing(5))
    assert await VisitTask.all().order_by("id").values_list("id", "assignee_id") == before


async def test_the_limit_of_a_county_leaves_plain_cases_alone(db: None, monday: datetime) -> None:
    cast = await with_people(monday, 12)
    await rounds.plan(monday)
    assert (await loads())[cast.leader.id] == 13
