"""Everything of a sick or leaving visitor goes to somebody else in one step."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import visits_rounds as rounds
from cast import Cast, arrange

from delivery.wording import text_of
from kit.errors import Refusal
from models.care.care_plans import CareSeat
from models.care.visits import VisitTask
from models.help.wishes import Wish
from models.outreach.notices import Notice
from models.people.members import Person
from services.care import visits
from services.help import wishes
from services.people import access, handover

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    found = await arrange(monday)
    await rounds.plan(monday)
    await wishes.keep("order_service", wishes.Asking("oZhao", found.zhao, found.community), now=monday, words="修灯")
    await CareSeat.create(person_id=found.zhao.id, seat="former_unit", holder_id=found.leader.id)
    return found


async def test_for_good_everything_goes_over_and_stays(cast: Cast, monday: datetime) -> None:
    went = await handover.hand_over(cast.leader, cast.feng, by=cast.secretary, now=monday, most=60)
    assert (went.duties, went.people, went.wishes, went.seats) == (1, 1, 1, 1)
    await rounds.plan(monday)
    await rounds.remind(monday + timedelta(days=3))
    assert (await VisitTask.get(subject_id=cast.zhao.id)).assignee_id == cast.feng.id
    assert (await Person.get(id=cast.zhao.id)).liaison_id == cast.feng.id
    assert (await Wish.get()).keeper_id == cast.feng.id
    assert (await CareSeat.get()).holder_id == cast.feng.id
    told = await Notice.get(say="handover.yours_now")
    assert (told.person_id, text_of(told)) == (cast.feng.id, "吴六合的走访现在由您接手，有1次，请回复1看名单。")


async def test_for_a_while_the_other_stands_in_and_it_comes_back(cast: Cast, monday: datetime) -> None:
    until = date(2026, 11, 11)
    await handover.hand_over(cast.leader, cast.feng, by=cast.secretary, now=monday, most=60, until=until)
    for day, names in ((date(2026, 10, 12), ["赵一禾"]), (date(2026, 11, 12), [])):
        reach = await access.reach_of(cast.feng, day)
        shown = await visits.due_for(cast.feng, reach, today=day)
        assert [duty.name for duty in shown if duty.name == "赵一禾"] == names
    assert (await Person.get(id=cast.zhao.id)).liaison_id == cast.leader.id


async def test_nobody_is_to_visit_themselves(cast: Cast, monday: datetime) -> None:
    await handover.hand_over(cast.leader, cast.zhao, by=cast.secretary, now=monday, most=60)
    await rounds.plan(monday)
    assert (await VisitTask.get(subject_id=cast.zhao.id)).assignee_id not in (cast.zhao.id, None)


@pytest.mark.parametrize(("most", "key"), [(0, "too_many"), (60, "gone"), (60, "same")], ids=["load", "gone", "same"])
async def test_what_can_t_be_handed_over(cast: Cast, monday: datetime, most: int, key: str) -> None:
    taker = cast.leader if key == "same" else cast.feng
    if key == "gone":
        taker.state = "moved"
    with pytest.raises(Refusal, match=rf"handover\.{key}"):
        await handover.hand_over(cast.leader, taker, by=cast.secretary, now=monday, most=most)
    assert (await VisitTask.get(subject_id=cast.zhao.id)).assignee_id == cast.leader.id
