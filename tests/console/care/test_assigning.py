"""派人 and 走访规矩 at the desk: who could go and why, and rules as sentences that are looked at before they count."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cast import Cast
from console_site import Browser, Site, with_code

from kit import clock
from kit.clock import local_day
from models.care.visit_settings import VisitSetting
from models.care.visits import VisitRecord, VisitTask
from models.outreach.notices import Notice
from models.people.access import AuditEntry
from models.people.members import Person
from services.care import visits

pytestmark = pytest.mark.usefixtures("db")
PATH = "/console/visits"


@pytest.fixture
async def desk(site: Site, cast: Cast) -> Browser:
    return await with_code(site, cast.secretary)


async def _duty(person: Person, assignee: Person | None) -> VisitTask:
    day = local_day(clock.now()) + timedelta(days=3)
    return await VisitTask.create(
        kind="decade_birthday_visit", occasion=f"decade_birthday:{day.year}:80", subject=person, due_on=day,
        window_from=day, assignee_id=assignee.id if assignee else None, state="assigned", made_at=clock.now(),
    )  # fmt: skip


async def test_who_could_go_stands_there_with_the_reason_and_the_load(desk: Browser, cast: Cast) -> None:
    task = await _duty(cast.zhao, cast.secretary)
    await _duty(cast.qian, cast.leader)
    await VisitRecord.create(task=task, visitors=[cast.qian.id], at=clock.now())
    page = (await desk.look(f"{PATH}/{task.id}/assign")).text
    assert "吴六合</b> 是联络员，手上有1次走访" in page
    assert "钱二梅</b> 上次就是这位去的，手上有0次走访" in page
    assert "周五常</b> 是社区的工作人员" in page
    assert "李四友</b>" not in page


async def test_the_chosen_one_goes_and_is_told(desk: Browser, cast: Cast) -> None:
    task = await _duty(cast.zhao, cast.secretary)
    await desk.look(f"{PATH}/{task.id}/assign")
    assert (await desk.send(f"{PATH}/{task.id}/assign", visitor=str(cast.leader.id))).status == 303
    await task.refresh_from_db()
    assert (task.assignee_id, task.is_given, task.state) == (cast.leader.id, True, "assigned")
    assert await Notice.filter(person_id=cast.leader.id, say="visits.new").exists()
    assert (await AuditEntry.get(action="visit.assigned")).facts == {"to": cast.leader.id}


async def test_somebody_else_is_named(desk: Browser, cast: Cast) -> None:
    task = await _duty(cast.zhao, None)
    await desk.look(f"{PATH}/{task.id}/assign")
    assert (await desk.send(f"{PATH}/{task.id}/assign", name="钱二梅")).status == 303
    assert (await VisitTask.get(id=task.id)).assignee_id == cast.qian.id


@pytest.mark.parametrize(
    "fields", [{}, {"visitor": "99999"}, {"visitor": "x"}, {"name": "谁也不是"}, {"name": "赵一禾"}]
)
async def test_nobody_nobody_knows_and_not_the_person_visited(
    desk: Browser, cast: Cast, fields: dict[str, str]
) -> None:
    task = await _duty(cast.zhao, cast.secretary)
    await desk.look(f"{PATH}/{task.id}/assign")
    assert (await desk.send(f"{PATH}/{task.id}/assign", **fields)).status == 422
    assert (await VisitTask.get(id=task.id)).assignee_id == cast.secretary.id


async def test_a_foreign_duty_is_not_there(desk: Browser, cast: Cast) -> None:
    task = await _duty(cast.feng, None)
    assert "没有找到" not in (await desk.look(PATH)).text
    foreign, missing = await desk.look(f"{PATH}/{task.id}/assign"), await desk.look(f"{PATH}/99999/assign")
    assert (foreign.status, foreign.text) == (missing.status, missing.text)
    assert foreign.status in (404, 422)
    assert (await desk.send(f"{PATH}/{task.id}/assign", name="钱二梅")).status == foreign.status


def _rule(name: str) -> str:
    return f"{PATH}/rules/{list(visits.BLANKS).index(name) + 1}"


@pytest.mark.parametrize("number", ["7", "", "-80", "eighty", "99999"])
async def test_no_other_number_is_taken(site: Site, cast: Cast, number: str) -> None:
    chief = await with_code(site, cast.chief)
    assert (await chief.look(f"{_rule('first_age')}?to={number}")).status == 422
    await chief.look(f"{PATH}/rules")
    assert (await chief.send(_rule("first_age"), to=number)).status == 422
    assert not await VisitSetting.exists()


async def test_a_rule_that_is_none_is_not_there(site: Site, cast: Cast) -> None:
    chief = await with_code(site, cast.chief)
    assert (await chief.look(f"{PATH}/rules/99?to=5")).status == 404


async def test_the_countys_rules_are_not_the_branchs_to_change(desk: Browser) -> None:
    assert "由县里定" in (await desk.look(f"{_rule('first_age')}?to=90")).text
    assert (await desk.send(_rule("first_age"), to="90")).status == 422


async def test_a_community_changes_what_it_may_set_for_itself(site: Site, cast: Cast) -> None:
    worker = await with_code(site, cast.worker)
    page = (await worker.look(f"{PATH}/rules")).text
    assert page.count("由县里定") == len(visits.BLANKS) - len(visits.LOCAL)
    assert (await worker.send(_rule("remind_first"), to="9")).status == 303
    assert (await VisitSetting.get(name="remind_first")).community_id == cast.community.id
