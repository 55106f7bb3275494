"""The tree at the desk: drawn within reach, changed by those who fill offices, with what is missing in it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cast import Cast
from console_site import Browser, Site, with_code

from kit import clock
from kit.clock import local_day
from models.care.visits import VisitTask
from models.people.access import AuditEntry, LoginCode
from models.people.console import ConsoleSession
from models.people.members import Person
from models.people.organisation import Organisation, Role
from services.people import organisation

pytestmark = pytest.mark.usefixtures("db")

PATH = "/console/organisation"


@pytest.fixture
async def worker(site: Site, cast: Cast) -> Browser:
    """The community worker, who fills offices."""
    return await with_code(site, cast.worker)


@pytest.fixture
async def secretary(site: Site, cast: Cast) -> Browser:
    return await with_code(site, cast.secretary)


async def test_the_tree_is_drawn_with_offices_and_counts(worker: Browser, cast: Cast) -> None:
    page = await worker.look(PATH)
    assert "桂花社区" in page.text
    assert "金桂花园党支部" in page.text
    assert "金桂花园1号楼党小组" in page.text
    assert "支部书记 李四友" in page.text
    assert "柳塘社区" not in page.text


async def test_the_county_goes_down_level_by_level(site: Site, cast: Cast) -> None:
    chief = await with_code(site, cast.chief)
    assert "柳塘社区" in (await chief.look(PATH)).text
    below = await chief.look(f"{PATH}/{cast.other_community.id}")
    assert "柳岸新村党支部" in below.text
    assert "东禾县离退休干部党工委" in below.text


async def test_a_place_is_added_renamed_and_closed(worker: Browser, cast: Cast) -> None:
    await worker.look(PATH)
    sent = await worker.send(f"{PATH}/{cast.community.id}/add", name="丹桂苑党支部", kind="estate_branch")
    assert sent.status == 303
    place = await Organisation.get(name="丹桂苑党支部")
    assert place.path == f"{cast.community.path}{place.id}/"
    await worker.send(f"{PATH}/{place.id}/rename", name="丹桂苑第一党支部")
    assert "丹桂苑第一党支部" in (await worker.look(PATH)).text
    await worker.send(f"{PATH}/{place.id}/close")
    assert (await Organisation.get(id=place.id)).closed_on == local_day(clock.now())
    assert "丹桂苑" not in (await worker.look(PATH)).text
    assert (await worker.look(f"{PATH}/{place.id}")).status == 404
    actions = (
        await AuditEntry.filter(subject=f"organisation:{place.id}").order_by("id").values_list("action", flat=True)
    )
    assert list(actions) == ["place_added", "place_renamed", "place_closed"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "桂", "kind": "estate_branch"}, "2到40个字"),
        ({"name": "新街道", "kind": "township_committee"}, "请选一种"),
        ({"name": "金桂花园党支部", "kind": "estate_branch"}, "已经有"),
    ],
)
async def test_what_does_not_fit_is_refused_in_words(
    worker: Browser, cast: Cast, fields: dict[str, str], said: str
) -> None:
    await worker.look(PATH)
    refused = await worker.send(f"{PATH}/{cast.community.id}/add", **fields)
    assert refused.status == 422
    assert said in refused.text


async def test_a_place_with_members_is_not_closed(worker: Browser, cast: Cast) -> None:
    await worker.look(PATH)
    assert (await worker.send(f"{PATH}/{cast.branch.id}/close")).status == 422
    assert (await Organisation.get(id=cast.branch.id)).closed_on is None


async def test_a_branch_secretary_sees_the_tree_and_changes_nothing(secretary: Browser, cast: Cast) -> None:
    page = await secretary.look(PATH)
    assert "增加下级" not in page.text
    assert (await secretary.send(f"{PATH}/{cast.branch.id}/rename", name="别的名字")).status == 404


async def test_an_office_is_given_with_a_term_and_ends_at_once(worker: Browser, cast: Cast) -> None:
    await worker.look(PATH)
    fields = {"name": "钱二梅", "role": "deputy_secretary", "since": "2026-01-01", "until": "2029-12-31"}
    await worker.send(f"{PATH}/{cast.branch.id}/offices", **fields)
    office = await Role.get(person_id=cast.qian.id)
    assert (office.role, str(office.until)) == ("deputy_secretary", "2029-12-31")
    assert "副书记" in (await worker.look(f"{PATH}/{cast.branch.id}")).text
    await worker.send(f"/console/offices/{office.id}/end")
    assert not await Role.held(local_day(clock.now())).filter(id=office.id).exists()


async def test_nobody_ends_the_own_office(worker: Browser, cast: Cast) -> None:
    office = await Role.get(person_id=cast.worker.id)
    await worker.look(PATH)
    assert (await worker.send(f"/console/offices/{office.id}/end")).status == 422
    assert (await worker.look(PATH)).status == 200


async def test_somebody_new_is_entered_by_name_and_telephone(worker: Browser, cast: Cast) -> None:
    await worker.look(PATH)
    fields = {"name": "何十一", "role": "community_worker"}
    assert (await worker.send(f"{PATH}/{cast.community.id}/offices", **fields)).status == 422
    await worker.send(f"{PATH}/{cast.community.id}/offices", **fields, phone="19900000055")
    assert (await Person.get(name="何十一")).standing == "staff"


async def test_a_login_code_is_shown_once_and_only_soon_after_the_own_login(worker: Browser, cast: Cast) -> None:
    office = await Role.get(person_id=cast.secretary.id)
    await worker.look(PATH)
    assert "登录码" in (await worker.send(f"/console/offices/{office.id}/code")).text
    assert await LoginCode.filter(person_id=cast.secretary.id).count() == 1
    await ConsoleSession.all().update(proven_at=clock.now() - timedelta(minutes=20))
    refused = await worker.send(f"/console/offices/{office.id}/code")
    assert refused.status == 422
    assert "重新登录" in refused.text


async def test_members_without_a_liaison_are_given_to_somebody(secretary: Browser, cast: Cast) -> None:
    page = await secretary.look(f"{PATH}/gaps")
    assert "钱二梅" in page.text
    assert "赵一禾" not in page.text
    assert (await secretary.send(f"{PATH}/gaps", name="吴六合")).status == 422
    await secretary.send(f"{PATH}/gaps", name="吴六合", person=str(cast.qian.id))
    assert (await Person.get(id=cast.qian.id)).liaison_id == cast.leader.id
    assert await AuditEntry.filter(action="liaison_given", subject=f"person:{cast.qian.id}").count() == 1


async def test_nobody_of_another_branch_gets_a_liaison_from_here(secretary: Browser, cast: Cast) -> None:
    await secretary.look(f"{PATH}/gaps")
    await secretary.send(f"{PATH}/gaps", name="吴六合", person=str(cast.feng.id))
    assert (await Person.get(id=cast.feng.id)).liaison_id is None


async def test_an_estate_without_a_branch_is_named(worker: Browser, cast: Cast) -> None:
    await Person.filter(id=cast.qian.id).update(estate="丹桂苑")
    page = await worker.look(f"{PATH}/gaps")
    assert "丹桂苑" in page.text
    estates = page.text.partition("还没有支部的小区")[2]
    assert "金桂花园</td>" not in estates


async def test_the_county_reads_no_small_count_and_no_name(site: Site, cast: Cast) -> None:
    await Person.filter(id=cast.qian.id).update(estate="丹桂苑")
    page = await (await with_code(site, cast.chief)).look(f"{PATH}/gaps")
    assert "不足5人" in page.text
    assert "钱二梅" not in page.text


async def test_a_load_goes_over_in_one_step(secretary: Browser, cast: Cast) -> None:
    today = local_day(clock.now())
    await VisitTask.create(
        kind="decade_birthday_visit", occasion="decade_birthday:80", subject=cast.zhao, due_on=today,
        window_from=today, assignee_id=cast.leader.id, state="assigned", made_at=clock.now(),
    )  # fmt: skip
    path = f"/console/people/{cast.leader.id}/hand-over"
    assert "1次走访、1位老同志" in (await secretary.look(path)).text
    assert (await secretary.send(path, name="钱二梅", until="2020-01-01")).status == 422
    assert (await secretary.send(path, name="钱二梅")).status == 303
    assert (await VisitTask.get()).assignee_id == cast.qian.id
    assert (await Person.get(id=cast.zhao.id)).liaison_id == cast.qian.id


@pytest.mark.parametrize(
    ("kind", "lower", "not_lower"),
    [
        ("county_work_committee", "township_committee", "county_work_committee"),
        ("community_committee", "estate_branch", "township_committee"),
        ("estate_branch", "building_group", "estate_branch"),
        ("building_group", "service_team", "estate_branch"),
        ("grid", "service_team", "building_group"),
    ],
)
def test_what_may_hang_beneath(kind: str, lower: str, not_lower: str) -> None:
    offered = organisation.kinds_beneath(kind)
    assert lower in offered
    assert not_lower not in offered
