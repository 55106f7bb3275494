"""A seed file is loaded whole or not at all, and the same file again changes nothing."""

from __future__ import annotations

import copy
from datetime import date, datetime
from typing import Any

import pytest
from cast import SEED, arrange

from kit.errors import Refusal
from models.help.posts import ServicePost
from models.people.accounts import Account, Binding
from models.people.check_in import CheckIn
from models.people.members import Consent, EmergencyContact, Person
from models.people.organisation import Organisation, Role
from services.county import seed

pytestmark = pytest.mark.usefixtures("db")


async def test_everything_a_file_says_arrives(monday: datetime) -> None:
    cast = await arrange(monday)
    zhao = await Person.get(key="zhao")
    assert (zhao.birth, zhao.birth_calendar, zhao.phone) == ("1946-02-09", "lunar", "19900000001")
    assert (zhao.lives_alone, zhao.skills, zhao.liaison_id) == ("yes", ["haircut"], cast.leader.id)
    assert {row.purpose for row in await Consent.filter(person_id=zhao.id)} == {"basic", "health"}
    assert (await EmergencyContact.get(person_id=zhao.id)).name == "赵小禾"
    assert (await Binding.get(openid="oZhao")).person_id == zhao.id
    assert (await CheckIn.get(person_id=zhao.id)).state == "accepted"
    assert (await Role.get(person_id=cast.secretary.id)).since == date(2026, 1, 1)
    assert cast.worker.standing == "staff"


async def test_who_has_no_community_has_yet_to_check_in(monday: datetime) -> None:
    cast = await arrange(monday)
    assert not await CheckIn.filter(person_id=cast.wang.id).exists()
    assert cast.wang.community_id is None


async def test_the_same_file_again_changes_nothing(monday: datetime) -> None:
    await arrange(monday)
    before = await _counts()
    assert set((await seed.load(SEED, now=monday)).values()) == {0}
    assert await _counts() == before


async def test_the_same_file_again_leaves_alone_what_people_have_done_since(monday: datetime) -> None:
    cast = await arrange(monday)
    cast.zhao.set_phone("19900000099")
    await cast.zhao.save()
    await Binding.filter(openid="oQian").update(until=monday)
    await seed.load(SEED, now=monday)
    assert (await Person.get(key="zhao")).phone == "19900000099"
    assert not await Binding.current().filter(openid="oQian").exists()


async def test_a_changed_row_is_applied_and_nothing_else(monday: datetime) -> None:
    cast = await arrange(monday)
    changed = copy.deepcopy(SEED)
    changed["members"][0] |= {"phone": "19900000077", "liaison": "qian", "community": "liutang"}
    changed["organisations"][4]["parent"] = "liuan"
    counted = await seed.load(changed, now=monday)
    assert counted == {
        "organisations": 1,
        "members": 1,
        "staff": 0,
        "roles": 0,
        "posts": 0,
        "duties": 0,
        "care_plans": 0,
    }
    zhao = await Person.get(key="zhao")
    assert (zhao.phone, zhao.liaison_id, zhao.community_id) == (
        "19900000077",
        cast.qian.id,
        cast.other_community.id,
    )
    assert {row.state for row in await CheckIn.filter(person_id=zhao.id)} == {"moved_out", "accepted"}
    moved = await Organisation.get(key="jinguihua-1")
    assert moved.path == f"{cast.other_branch.path}{moved.id}/"
    assert await EmergencyContact.filter(person_id=zhao.id).count() == 1


def _with(group: str, **fields: Any) -> dict[str, Any]:
    changed = copy.deepcopy(SEED)
    changed[group][0] |= fields
    return changed


UNKNOWN, REFUSED = "seed.unknown_fields", "seed.refused"
BAD = [
    pytest.param(_with("members", colour="red"), UNKNOWN, "members[0].colour", id="unknown field"),
    pytest.param({"people": []}, UNKNOWN, "people", id="unknown group"),
    pytest.param(_with("members", birth="1946-02-31", birth_calendar="lunar"), REFUSED, "members[0].birth",
                 id="no such lunar day"),
    pytest.param(_with("members", branch="nowhere"), REFUSED, "nowhere", id="unknown branch"),
    pytest.param(_with("members", liaison="nobody"), REFUSED, "nobody", id="unknown liaison"),
    pytest.param(_with("members", consents=["all"]), REFUSED, "members[0].consents", id="unknown purpose"),
    pytest.param(_with("organisations", parent="jinguihua"), REFUSED, "county", id="circle"),
    pytest.param(_with("members", key="qian"), REFUSED, "qian", id="key twice"),
    pytest.param({"members": [{"key": "a"}]}, REFUSED, "members[0].name", id="no name"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "key", "named"), BAD)
async def test_a_wrong_file_is_refused_by_name_and_nothing_is_loaded(
    file: dict[str, Any], key: str, named: str, monday: datetime
) -> None:
    with pytest.raises(Refusal) as refused:
        await seed.load(file, now=monday)
    assert refused.value.key == key
    assert named in " ".join(map(str, refused.value.facts.values()))
    assert not await Organisation.exists()
    assert not await Person.exists()


async def test_a_lunar_thirtieth_of_the_second_month_is_a_birthday(monday: datetime) -> None:
    member = {"key": "m", "name": "孙三木", "birth": "1950-02-30", "birth_calendar": "lunar"}
    await seed.load({"members": [member]}, now=monday)
    assert (await Person.get(key="m")).birth == "1950-02-30"


async def _counts() -> list[int]:
    tables = (Organisation, Person, Role, ServicePost, Account, Binding, Consent, CheckIn, EmergencyContact)
    return [await table.all().count() for table in tables]
