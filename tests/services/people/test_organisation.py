"""The tree: places are found, moved with all beneath them, and offices have terms."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cast import arrange

import texts
from kit.clock import local_day
from kit.errors import Refusal
from models.people.members import Person
from models.people.organisation import Organisation, Role
from services.people import organisation

pytestmark = pytest.mark.usefixtures("db")


async def test_a_place_is_found_by_name_or_key(monday: datetime) -> None:
    cast = await arrange(monday)
    assert await organisation.find("guihua") == await organisation.find("桂花社区") == cast.community


async def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(Refusal, match=r"organisation\.unknown"):
        await organisation.find("没有的社区")


async def test_a_name_that_fits_two_is_refused_with_the_list(monday: datetime) -> None:
    cast = await arrange(monday)
    for above in (cast.branch, cast.other_branch):
        await organisation.add("1号楼党小组", "building_group", parent=above)
    with pytest.raises(Refusal) as refused:
        await organisation.find("1号楼党小组")
    assert refused.value.key == "organisation.ambiguous"
    assert "金桂花园党支部/1号楼党小组; 柳岸新村党支部/1号楼党小组" in str(refused.value.facts["names"])


async def test_part_of_a_name_finds_the_closest_fit_first(monday: datetime) -> None:
    cast = await arrange(monday)
    found = await organisation.named("金桂花园", beneath=cast.township.path)
    assert found == [cast.branch, cast.group]
    assert await organisation.named("金桂花园", tiers=("group",)) == [cast.group]


async def test_a_moved_subtree_carries_everything_beneath_it(monday: datetime) -> None:
    cast = await arrange(monday)
    await organisation.move(cast.branch, cast.other_community)
    group = await Organisation.get(id=cast.group.id)
    assert group.path == f"{cast.other_community.path}{cast.branch.id}/{group.id}/"
    assert await organisation.community_of(group) == cast.other_community


async def test_a_place_cannot_move_beneath_itself(monday: datetime) -> None:
    cast = await arrange(monday)
    with pytest.raises(Refusal, match=r"organisation\.own_subtree"):
        await organisation.move(cast.community, cast.group)


async def test_a_place_without_a_telephone_has_the_nearest_one_above(monday: datetime) -> None:
    cast = await arrange(monday)
    assert await organisation.phone_of(cast.group) == "19900000900"
    assert await organisation.phone_of(cast.other_branch) == "19900000100"


async def test_the_community_of_a_person_is_where_checked_in_else_where_the_branch_lies(
    monday: datetime,
) -> None:
    cast = await arrange(monday)
    assert await organisation.community_of(cast.zhao) == cast.community
    assert await organisation.community_of(cast.wang) is None
    person = Person(name="孙三木", branch_id=cast.other_branch.id)
    assert await organisation.community_of(person) == cast.other_community


async def test_offices_hold_from_their_first_to_their_last_day(monday: datetime) -> None:
    cast = await arrange(monday)
    today = local_day(monday)
    deputy = await organisation.appoint(cast.qian, "deputy_secretary", cast.branch, since=today)
    roles = organisation.SECRETARIES
    assert await organisation.holders(cast.branch, roles, today) == [cast.secretary, cast.qian]
    assert await organisation.holders(cast.branch, roles, today - timedelta(days=1)) == [cast.secretary]
    await organisation.end_office(deputy, today)
    assert cast.qian in await organisation.holders(cast.branch, roles, today)
    assert cast.qian not in await organisation.holders(cast.branch, roles, today + timedelta(days=1))


async def test_appointing_again_sets_the_term_of_the_same_office(monday: datetime) -> None:
    cast = await arrange(monday)
    await organisation.appoint(cast.secretary, "branch_secretary", cast.branch, since=local_day(monday))
    assert await Role.filter(person=cast.secretary, role="branch_secretary").count() == 1


@pytest.mark.parametrize(
    ("kind", "tier"),
    [
        pytest.param("county_work_committee", "county", id="county"),
        pytest.param("unit_branch", "branch", id="unit branch"),
        pytest.param("hub_household", "group", id="hub household"),
        pytest.param("chess_club", "other", id="unknown kind"),
    ],
)
def test_a_kind_stands_on_a_tier(kind: str, tier: str) -> None:
    assert organisation.tier_of(kind) == tier


def test_a_county_may_name_its_own_levels() -> None:
    known = dict(texts.section("organisation", "kinds"))
    texts.extend("organisation", "kinds", {"village_committee": ["村党委", "community"]})
    assert organisation.tier_of("village_committee") == "community"
    texts.section("organisation", "kinds").pop("village_committee")  # type: ignore[attr-defined]
    assert texts.section("organisation", "kinds") == known
