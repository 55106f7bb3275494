"""What is beyond reach looks like what does not exist, and somebody is always responsible."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cast import Cast, arrange

from kit.clock import local_day
from kit.errors import Refusal
from models.people.access import DutyPerson
from models.people.accounts import Binding
from models.people.check_in import CheckIn
from models.people.members import Person
from models.people.organisation import Organisation, Role
from services.people import access, organisation
from services.people.access import Action

pytestmark = pytest.mark.usefixtures("db")


async def _reach(person: Person, now: datetime) -> access.Reach:
    return await access.reach_of(person, local_day(now))


# who, action, on whom → allowed: the lines of domain §2.22
TABLE: list[tuple[str, Action, str, bool]] = [
    ("zhao", "view", "zhao", True),
    ("zhao", "check_in", "zhao", True),
    ("zhao", "see_tags", "zhao", True),
    ("zhao", "view", "qian", False),
    ("zhao", "approve", "zhao", False),
    ("leader", "see_name", "zhao", True),
    ("leader", "check_in", "zhao", True),
    ("leader", "see_name", "qian", False),
    ("leader", "see_tags", "zhao", False),
    ("leader", "approve", "zhao", False),
    ("leader", "broadcast", "group", True),
    ("leader", "broadcast", "branch", False),
    ("secretary", "approve", "zhao", True),
    ("secretary", "see_tags", "zhao", True),
    ("secretary", "see_tags", "feng", False),
    ("secretary", "broadcast", "branch", True),
    ("secretary", "broadcast", "community", False),
    ("secretary", "manage_offices", "branch", False),
    ("worker", "approve", "zhao", True),
    ("worker", "dispatch", "branch", True),
    ("worker", "view", "feng", False),
    ("worker", "broadcast", "township", False),
    ("township_worker", "view", "feng", True),
    ("township_worker", "approve", "zhao", False),
    ("township_worker", "see_tags", "zhao", False),
    ("township_worker", "manage_offices", "branch", True),
    ("chief", "view", "wang", True),
    ("chief", "see_name", "zhao", False),
    ("chief", "broadcast", "county", True),
    ("chief", "approve_funds", "branch", False),
]


@pytest.mark.parametrize(("who", "action", "target", "allowed"), TABLE, ids=lambda value: str(value))
async def test_the_table_of_who_may_do_what(
    who: str, action: Action, target: str, allowed: bool, monday: datetime
) -> None:
    cast = await arrange(monday)
    reach = await _reach(getattr(cast, who), monday)
    assert await access.may(reach, action, getattr(cast, target)) is allowed


async def test_what_has_risen_to_a_level_may_be_settled_there(monday: datetime) -> None:
    cast = await arrange(monday)
    reach = await _reach(cast.township_worker, monday)
    assert await access.may(reach, "approve", cast.zhao, risen_to="township")
    assert not await access.may(reach, "approve", cast.wang, risen_to="township")
    assert not await access.may(reach, "approve", cast.zhao, risen_to="county")


async def test_beyond_reach_is_refused_as_if_it_did_not_exist(monday: datetime) -> None:
    cast = await arrange(monday)
    reach = await _reach(cast.secretary, monday)
    for target in (cast.feng, None):
        with pytest.raises(Refusal) as refused:
            await access.require(reach, "view", target)
        assert (refused.value.key, refused.value.facts) == ("access.unknown", {})


async def test_lists_and_counts_hold_only_what_is_in_reach(monday: datetime) -> None:
    cast = await arrange(monday)
    reach = await _reach(cast.worker, monday)
    assert {person.name for person in await access.visible(reach, Person.all())} == {
        "赵一禾", "钱二梅", "吴六合", "李四友", "周五常",
    }  # fmt: skip
    assert await access.visible(reach, CheckIn.all(), person="person").count() == 4
    assert await access.visible(reach, CheckIn.all(), organisation="community").count() == 4
    assert cast.other_community not in await access.visible(reach, Organisation.all())
    nobody = await _reach(cast.qian, monday)
    assert await access.visible(nobody, Organisation.all()) == []
    assert await access.visible(nobody, CheckIn.all(), "approve", person="person") == []


async def test_a_group_leader_sees_the_group_and_those_told_by_them(monday: datetime) -> None:
    cast = await arrange(monday)
    reach = await _reach(cast.leader, monday)
    await Person.filter(id=cast.qian.id).update(branch_id=cast.group.id)
    assert {person.key for person in await access.visible(reach, Person.all(), "see_name")} == {
        "zhao",
        "qian",
        "leader",
    }


async def test_moves_and_changed_offices_count_at_once(monday: datetime) -> None:
    cast = await arrange(monday)
    await organisation.move(cast.other_branch, cast.community)
    assert await access.may(await _reach(cast.worker, monday), "view", cast.feng)
    await Role.filter(person=cast.worker).update(until=local_day(monday) - timedelta(days=1))
    assert not (await _reach(cast.worker, monday)).is_staff
    assert not await access.may(await _reach(cast.worker, monday), "view", cast.zhao)


async def test_a_proxy_acts_for_the_principal_only_with_consent(monday: datetime) -> None:
    cast = await arrange(monday)
    tie = await Binding.create(openid="oQian", person=cast.zhao, relation="proxy", consent="", since=monday)
    assert not await access.may(await _reach(cast.qian, monday), "check_in", cast.zhao)
    tie.consent = "spoken"
    await tie.save()
    reach = await _reach(cast.qian, monday)
    assert await access.may(reach, "check_in", cast.zhao)
    assert not await access.may(reach, "unmask", cast.zhao)


OFFICE, NIGHT = timedelta(0), timedelta(hours=13)


async def test_in_office_hours_the_community_worker_is_responsible_and_at_night_who_is_on_duty(
    monday: datetime,
) -> None:
    cast = await arrange(monday)
    await DutyPerson.create(organisation=cast.township, person=cast.chief, hours="night")
    assert await access.responsible(cast.zhao, monday + OFFICE, True) == cast.worker
    assert await access.responsible(cast.zhao, monday + NIGHT, True) == cast.chief
    assert await access.responsible(cast.zhao, monday + OFFICE, False) == cast.worker


async def test_duty_climbs_to_the_nearest_place_that_names_somebody(monday: datetime) -> None:
    cast = await arrange(monday)
    assert await access.on_duty(cast.branch, monday, True) is None
    await DutyPerson.create(organisation=cast.county, person=cast.chief)
    await DutyPerson.create(organisation=cast.community, person=cast.worker, hours="holiday")
    assert await access.on_duty(cast.branch, monday, True) == cast.chief
    assert await access.on_duty(cast.branch, monday, False) == cast.worker


async def test_who_has_dates_is_on_duty_before_the_standing_one(monday: datetime) -> None:
    cast = await arrange(monday)
    today = local_day(monday)
    await DutyPerson.create(organisation=cast.community, person=cast.worker)
    await DutyPerson.create(organisation=cast.community, person=cast.secretary, since=today, until=today)
    assert await access.on_duty(cast.community, monday, True) == cast.secretary
    assert await access.on_duty(cast.community, monday + timedelta(days=1), True) == cast.worker


async def test_a_deputy_stands_in_for_somebody_away(monday: datetime) -> None:
    cast = await arrange(monday)
    today = local_day(monday)
    await DutyPerson.create(
        organisation=cast.community,
        person=cast.township_worker,
        stands_for_id=cast.worker.id,
        since=today,
        until=today,
    )
    assert await access.responsible(cast.zhao, monday, True) == cast.township_worker
    assert (await access.escalation_chain(cast.zhao, today))["community"] == [cast.township_worker]
    assert await access.responsible(cast.zhao, monday + timedelta(days=1), True) == cast.worker


@pytest.mark.parametrize(
    ("gone", "expected"),
    [
        pytest.param((), "leader", id="the liaison"),
        pytest.param(("leader",), "secretary", id="then the secretary"),
        pytest.param(("leader", "secretary"), "worker", id="then the community worker"),
        pytest.param(("leader", "secretary", "worker"), "township_worker", id="then the township"),
        pytest.param(("leader", "secretary", "worker", "township_worker"), "chief", id="then the county"),
    ],
)
async def test_somebody_always_keeps_what_a_member_wished(
    gone: tuple[str, ...], expected: str, monday: datetime
) -> None:
    cast = await arrange(monday)
    for part in gone:
        await Person.filter(id=getattr(cast, part).id).update(state="deceased")
    assert await access.keeper_for(cast.zhao, monday, True) == getattr(cast, expected)


async def test_nobody_keeps_their_own_wishes(monday: datetime) -> None:
    cast = await arrange(monday)
    assert await access.keeper_for(cast.secretary, monday, True) == cast.worker
    assert await access.keeper_for(cast.worker, monday, True) != cast.worker


async def test_a_stranger_is_the_countys(monday: datetime) -> None:
    cast = await arrange(monday)
    assert await access.responsible(None, monday, True) == cast.chief


async def test_nobody_is_responsible_only_in_an_empty_house(monday: datetime) -> None:
    assert await access.responsible(None, monday, True) is None


async def test_what_stays_undone_rises_level_by_level(monday: datetime) -> None:
    cast: Cast = await arrange(monday)
    chain = await access.escalation_chain(cast.zhao, local_day(monday))
    assert chain == {
        "secretary": [cast.secretary],
        "community": [cast.worker],
        "township": [cast.township_worker],
        "county": [cast.chief],
    }
