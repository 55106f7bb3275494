"""窗帘行动: whose sign is missed, who is told after how long, and what ends it."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cast import Cast, arrange

from kit.clock import SHANGHAI
from kit.county import County, CurtainNumbers
from kit.errors import Refusal
from models.care.curtain import CurtainResult, CurtainStep, CurtainSubscription
from models.care.life_events import LifeEvent
from models.care.safe import note_safe
from models.county.escalation import RiseStep
from models.database import connection, transaction
from models.outreach.notices import Notice
from models.people.accounts import Account, Binding
from models.people.members import Consent, Person
from scheduler.care.curtain import curtain as knock
from services.care import curtain, life_events
from services.care.curtain.rules import steps_due
from services.care.visit_rules import EventPolicy
from services.people import access, handover

POLICY = curtain.CurtainPolicy.of(CurtainNumbers())
DEPS: Any = SimpleNamespace(county=County(), transaction=transaction)
NINE = datetime(2026, 10, 13, 9, 0, tzinfo=SHANGHAI)

STEPS = [
    pytest.param("missing", 0, 0, ("self", "call"), id="at once the person is asked and the watcher calls"),
    pytest.param("missing", 9, 2, (), id="nothing more for ten minutes"),
    pytest.param("missing", 10, 2, ("knock",), id="two knock"),
    pytest.param("missing", 20, 3, ("family",), id="the family"),
    pytest.param("missing", 30, 4, ("duty",), id="duty"),
    pytest.param("missing", 45, 0, ("self", "call", "knock", "family", "duty"), id="all that an outage left undone"),
    pytest.param("missing", 600, 5, (), id="each once"),
    pytest.param("waiting", 0, 0, ("ask",), id="the watcher is asked to look"),
    pytest.param("waiting", 30, 1, ("backup",), id="the second watcher"),
    pytest.param("fine", 600, 0, (), id="settled"),
]


@pytest.mark.parametrize(("state", "minutes", "taken", "steps"), STEPS)
def test_the_first_steps(state: str, minutes: int, taken: int, steps: tuple[str, ...]) -> None:
    assert steps_due(state, NINE, taken, NINE + timedelta(minutes=minutes), POLICY) == steps


@pytest.fixture
async def cast(db: None, monday: datetime) -> Cast:
    return await arrange(monday)


async def agreed(cast: Cast, now: datetime, sign: str = "message", watcher: Person | None = None) -> None:
    by = await access.reach_of(cast.worker, now.date())
    terms = curtain.Terms(sign, (watcher or cast.leader).id, cast.qian.id, "09:00")
    await curtain.agree(cast.zhao, terms, by=by, version="2026-1", now=now, policy=POLICY)


async def at(minutes: int) -> dict[str, int]:
    return await knock.run(NINE + timedelta(minutes=minutes), DEPS)


async def told() -> list[tuple[str, str]]:
    steps = await CurtainStep.all().order_by("id")
    return [(one.capacity, one.recipient) for one in steps]


async def test_no_sign_goes_from_the_watcher_to_the_county(cast: Cast, monday: datetime) -> None:
    await agreed(cast, monday)
    for minutes in (-31, -1):
        await at(minutes)
    assert not await CurtainResult.exists()
    for minutes in (0, 10, 20, 30, 60, 120):
        await at(minutes)
    leader, qian = f"person:{cast.leader.id}", f"person:{cast.qian.id}"
    assert await told() == [
        ("call", leader),
        ("knock", leader),
        ("knock", qian),
        ("family", "openid:oDaughter"),
        ("duty", f"person:{cast.worker.id}"),
    ]
    rose = await RiseStep.all().order_by("id").values_list("level", "person_id")
    people = (cast.secretary, cast.worker, cast.township_worker, cast.chief)
    levels = ("secretary", "community", "township", "county")
    assert rose == [(level, one.id) for level, one in zip(levels, people, strict=True)]
    urgent = await Notice.filter(say__startswith="curtain.").exclude(say="curtain.hello")
    assert {one.topic for one in urgent} == {"missing_sign_of_life"}


async def test_knocking_twice_tells_nobody_twice(cast: Cast, monday: datetime) -> None:
    await agreed(cast, monday)
    for minutes in (0, 20):
        await at(minutes)
        before = await Notice.all().count()
        await at(minutes)
        assert await Notice.all().count() == before


SIGNED = ["any word of the own account", "the family says it", "an account for two says it"]


@pytest.mark.parametrize("sign", SIGNED)
async def test_a_sign_of_the_morning_is_enough(cast: Cast, monday: datetime, sign: str) -> None:
    await agreed(cast, monday)
    if sign == SIGNED[0]:
        await Account.filter(openid="oZhao").update(last_message_at=NINE - timedelta(hours=2))
    else:
        await note_safe(cast.zhao.id, NINE.date())
    await at(1)
    assert (await CurtainResult.get()).state == "fine"
    assert await told() == []


async def test_a_word_from_an_account_that_speaks_for_two_proves_nothing(cast: Cast, monday: datetime) -> None:
    await agreed(cast, monday)
    await Binding.create(openid="oZhao", person_id=cast.wang.id, since=monday)
    await Account.filter(openid="oZhao").update(last_message_at=NINE - timedelta(hours=2))
    await at(1)
    assert (await CurtainResult.get()).state == "missing"


async def test_a_late_sign_ends_it_and_everybody_told_hears_the_good_news(cast: Cast, monday: datetime) -> None:
    await agreed(cast, monday)
    for minutes in (0, 20):
        await at(minutes)
    await Account.filter(openid="oZhao").update(last_message_at=NINE + timedelta(minutes=21))
    await at(22)
    row = await CurtainResult.get()
    assert (row.state, row.how, row.was_missing) == ("fine", "message", True)
    glad = {one.recipient for one in await Notice.filter(say="curtain.found")}
    family = "openid:oDaughter"
    assert glad == {family, *(f"person:{one.id}" for one in (cast.leader, cast.qian, cast.secretary))}
    assert await at(60) == {"greeted": 0, "unseen": 0, "settled": 0, "told": 0, "risen": 0}


async def test_a_sign_of_the_next_day_ends_what_nobody_settled(cast: Cast, monday: datetime) -> None:
    await agreed(cast, monday)
    await at(0)
    await Account.filter(openid="oZhao").update(last_message_at=NINE + timedelta(hours=23))
    await at(24 * 60)
    assert set(await CurtainResult.all().values_list("state", flat=True)) == {"fine"}
    assert await Notice.filter(say="curtain.found", person_id=cast.leader.id).count() == 1


async def test_a_morning_for_many_takes_as_many_statements_as_for_few(cast: Cast, monday: datetime) -> None:
    asked = [await _statements(cast, people, day) for day, people in enumerate((1, 2, 40))]
    assert asked[1] == asked[2]


async def _statements(cast: Cast, people: int, day: int) -> int:
    """How many statements the morning takes when so many more are looked after."""
    for number in range(people):
        person = await Person.create(name=f"许十方{day}{number}", branch_id=cast.branch.id)
        await CurtainSubscription.create(
            person_id=person.id, watcher_id=cast.leader.id, sign="curtain", open_by="09:00", since=NINE.date()
        )
    database, counted = connection(), 0
    plain = database.execute_query

    async def counting(*args: object, **named: object) -> object:
        nonlocal counted
        counted += 1
        return await plain(*args, **named)  # type: ignore[arg-type]

    database.execute_query = counting  # type: ignore[method-assign,assignment]
    try:
        assert await curtain.look(POLICY, now=NINE + timedelta(days=day))
        await curtain.take_steps(POLICY, now=NINE + timedelta(days=day))
    finally:
        database.execute_query = plain  # type: ignore[method-assign]
    return counted


async def test_who_asked_for_a_look_is_not_settled_by_their_own_words(cast: Cast, monday: datetime) -> None:
    await agreed(cast, monday)
    await Account.filter(openid="oZhao").update(last_message_at=NINE)
    await curtain.asked_to_come(cast.zhao, now=NINE)
    await at(1)
    assert (await CurtainResult.get()).state == "missing"
    assert await told() == [("call", f"person:{cast.leader.id}")]


async def test_a_watcher_who_says_nothing_is_followed_by_the_second_and_the_community(
    cast: Cast, monday: datetime
) -> None:
    await agreed(cast, monday, "curtain")
    for minutes in (0, 30, 60):
        await at(minutes)
    assert await told() == [("ask", f"person:{cast.leader.id}"), ("backup", f"person:{cast.qian.id}")]
    assert [one.person_id for one in await RiseStep.all()] == [cast.worker.id]
    result, _ = await curtain.tick(cast.zhao.id, is_fine=True, by=cast.leader, now=NINE + timedelta(hours=1))
    assert (await CurtainResult.get(id=result)).how == "watcher"
    evening = NINE + timedelta(hours=11)
    await knock.run(evening, DEPS)
    assert [one.half for one in await CurtainResult.filter(state="waiting")] == ["close"]


async def test_a_watcher_who_sees_nothing_begins_the_ladder_of_a_missing_sign(cast: Cast, monday: datetime) -> None:
    await agreed(cast, monday, "curtain")
    await at(0)
    await curtain.tick(cast.zhao.id, is_fine=False, by=cast.leader, now=NINE + timedelta(minutes=5))
    for minutes in (6, 16):
        await at(minutes)
    assert [capacity for capacity, _ in await told()] == ["ask", "call", "knock", "knock"]
    assert await Notice.filter(say="curtain.call").count() == 0


async def test_a_watcher_who_is_gone_is_followed_by_whoever_is_there(cast: Cast, monday: datetime) -> None:
    await agreed(cast, monday)
    await Person.filter(id__in=[cast.leader.id, cast.qian.id]).update(state="deceased")
    await at(0)
    assert await told() == [("call", f"person:{cast.secretary.id}")]


async def test_of_who_can_t_write_any_more_no_word_is_missed_and_the_watcher_looks(
    cast: Cast, monday: datetime
) -> None:
    await agreed(cast, monday)
    await Account.filter(openid="oZhao").update(follows=False)
    await at(0)
    assert (await CurtainResult.get()).state == "waiting"
    assert await told() == [("ask", f"person:{cast.leader.id}")]


@pytest.mark.parametrize("state", ["deceased", "death_reported", "withdrawn"])
async def test_of_who_is_gone_nothing_is_asked(cast: Cast, monday: datetime, state: str) -> None:
    await agreed(cast, monday)
    await Person.filter(id=cast.zhao.id).update(state=state)
    await at(0)
    assert not await Notice.filter(say__startswith="curtain.").exists()


async def test_a_death_in_the_middle_of_the_search_stops_it(cast: Cast, monday: datetime) -> None:
    await agreed(cast, monday)
    await at(0)
    await life_events.died(cast.zhao, by=cast.worker, now=NINE + timedelta(minutes=5))
    await at(20)
    assert (await CurtainResult.get()).state == "excused"
    assert not await Notice.filter(say__in=["curtain.knock", "curtain.family", "curtain.rise_missing"]).exists()


async def test_nobody_looks_while_somebody_is_away_or_in_hospital(cast: Cast, monday: datetime) -> None:
    await agreed(cast, monday)
    reach = await access.reach_of(cast.zhao, monday.date())
    await curtain.pause(cast.zhao, NINE.date(), by=reach, now=monday)
    assert (await at(0))["unseen"] == 0
    assert (await knock.run(NINE + timedelta(days=1), DEPS))["unseen"] == 1
    later = NINE + timedelta(days=2)
    said = life_events.Report("hospital", "赵一禾", "oQian", reporter=cast.qian, subject=cast.zhao)
    report = await life_events.report(said, hold=timedelta(days=1), now=later)
    event = await LifeEvent.get(id=report.event_id)
    await life_events.confirm(event, by=cast.worker, now=later, policy=EventPolicy())
    assert (await knock.run(later + timedelta(days=3), DEPS))["unseen"] == 0
    home = later + timedelta(days=4)
    await life_events.discharge_of(cast.zhao.id, by=cast.worker, now=home, policy=EventPolicy())
    assert (await knock.run(home + timedelta(days=1), DEPS))["unseen"] == 1


async def test_it_rests_on_consent_and_ends_at_a_word(cast: Cast, monday: datetime) -> None:
    await agreed(cast, monday)
    assert (await Consent.get(purpose="safe_report")).how == "spoken"
    await curtain.end(cast.zhao, by=await access.reach_of(cast.zhao, monday.date()), now=monday)
    assert (await at(0))["unseen"] == 0
    assert (await Consent.get(purpose="safe_report")).withdrawn_at is not None


async def test_nobody_watches_themselves_or_more_than_the_county_allows(cast: Cast, monday: datetime) -> None:
    with pytest.raises(Refusal, match=r"curtain\.not_yourself"):
        await agreed(cast, monday, watcher=cast.zhao)
    rows = [Person(name=f"许十方{number}", branch_id=cast.branch.id) for number in range(10)]
    for row in rows:
        await row.save()
        await CurtainSubscription.create(
            person_id=row.id, watcher_id=cast.leader.id, sign="curtain", open_by="09:00", since=monday.date()
        )
    with pytest.raises(Refusal, match=r"curtain\.too_many"):
        await agreed(cast, monday)


async def test_only_the_person_and_those_who_care_for_them_set_it_up(cast: Cast, monday: datetime) -> None:
    for other in (cast.feng, cast.leader, cast.township_worker):
        reach = await access.reach_of(other, monday.date())
        with pytest.raises(Refusal, match=r"access\.unknown"):
            await curtain.agree(cast.zhao, curtain.Terms(), by=reach, version="2026-1", now=monday, policy=POLICY)


async def test_only_who_was_told_opens_it(cast: Cast, monday: datetime) -> None:
    await agreed(cast, monday)
    await at(0)
    row = await CurtainResult.get()
    assert (await curtain.opened(row.id, "oLeader", cast.leader, now=NINE)).person.id == cast.zhao.id
    with pytest.raises(Refusal, match=r"access\.unknown"):
        await curtain.opened(row.id, "oFeng", cast.feng, now=NINE)


async def test_the_sign_is_not_readable_in_the_database(cast: Cast, monday: datetime) -> None:
    await agreed(cast, monday, "flowerpot")
    rows = await connection().execute_query_dict("SELECT * FROM curtain_subscription")
    assert "flowerpot" not in str(rows)


async def test_a_watcher_s_round_is_handed_over_with_the_rest(cast: Cast, monday: datetime) -> None:
    await agreed(cast, monday)
    went = await handover.hand_over(cast.leader, cast.feng, by=cast.secretary, now=monday, most=60)
    assert went.people == 1
    assert (await CurtainSubscription.get()).watcher_id == cast.feng.id
