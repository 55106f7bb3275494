"""The operations pages: what waits and what is used up, messages done again, guards, drills, and a successor."""

from __future__ import annotations

import ast
from datetime import timedelta

import pytest
from cast import Cast
from console_site import Browser, Site, with_code
from house.code_read import FLOORS, modules

import texts
from kit import clock
from kit.clock import local_day
from models.care.visits import VisitTask
from models.help.wishes import Alarm
from models.inbox import InboxMessage
from models.people.access import AuditEntry
from models.people.members import Person
from models.people.organisation import Role
from models.platform import QuotaUse
from services.care import alarms
from services.county import guards
from services.help import heard
from services.people import organisation

pytestmark = pytest.mark.usefixtures("db")
PATH = "/console/operations"


@pytest.fixture
async def desk(site: Site, cast: Cast) -> Browser:
    """The branch secretary at the desk."""
    return await with_code(site, cast.secretary)


async def _parked(openid: str) -> InboxMessage:
    return await InboxMessage.create(
        openid=openid, identity=f"one:{openid}", kind="text", created=clock.now(), received_at=clock.now(),
        state="parked", words="<xml/>", attempts=5, incident="123456",
    )  # fmt: skip


async def test_what_is_used_of_the_platform_is_shown_the_fullest_first(desk: Browser) -> None:
    span = local_day(clock.now()).isoformat()
    await QuotaUse.create(api="/cgi-bin/message/template/send", span=span, used=90_000)
    shown = await desk.look(PATH)
    assert "快用完了" in shown.text
    assert shown.text.index("模板消息") < shown.text.index("聊天消息")


async def test_a_parked_message_is_done_again_by_a_click(site: Site, desk: Browser, cast: Cast) -> None:
    mine, foreign = await _parked("oZhao"), await _parked("oFeng")
    shown = await desk.look(PATH)
    assert "编号123456" in shown.text
    assert f"parked/{foreign.id}" not in shown.text
    assert (await desk.send(f"{PATH}/parked/{mine.id}")).status == 303
    assert (await desk.send(f"{PATH}/parked/{foreign.id}")).status == 404
    assert site.done_again == [mine.id]


async def test_what_fell_through_is_given_its_meaning(desk: Browser, cast: Cast) -> None:
    assert await heard.keep("oZhao", "俺想寻个营生", ["browse_posts"], person=cast.zhao, now=clock.now())
    shown = await desk.look(f"{PATH}/heard")
    assert "俺想寻个营生" in shown.text
    (phrase,) = await heard.waiting(None)
    intent = next(iter(heard.meanings_known()))
    assert (await desk.send(f"{PATH}/heard/{phrase.id}", intent=intent)).status == 303
    assert await heard.meanings() == [(intent, "俺想寻个营生")]


async def test_the_book_of_deeds_is_read_in_words_and_by_ones_own(site: Site, desk: Browser, cast: Cast) -> None:
    await AuditEntry.create(at=clock.now(), actor=f"person:{cast.chief.id}", action="unmasked", reason="县里的事")
    own = await desk.look(f"{PATH}/deeds")
    assert "登录" in own.text
    assert "县里的事" not in own.text
    assert "县里的事" in (await (await with_code(site, cast.chief)).look(f"{PATH}/deeds")).text


async def test_a_guard_opens_only_by_two_people_and_closes_by_one(site: Site, desk: Browser, cast: Cast) -> None:
    number, chief = guards.GUARDS.index("tracks") + 1, await with_code(site, cast.chief)
    worker = await with_code(site, cast.worker)
    await desk.look(f"{PATH}/guards")
    assert (await desk.send(f"{PATH}/guards/{number}", do="ask", reason="要考勤")).status == 404
    for one in (chief, worker):
        await one.look(f"{PATH}/guards")
    assert (await chief.send(f"{PATH}/guards/{number}", do="ask", reason=" ")).status == 422
    assert (await chief.send(f"{PATH}/guards/{number}", do="ask", reason="救灾找人")).status == 303
    assert (await chief.send(f"{PATH}/guards/{number}", do="agree")).status == 422
    assert await guards.holds("tracks")
    assert (await worker.send(f"{PATH}/guards/{number}", do="agree")).status == 303
    assert not await guards.holds("tracks")
    assert "救灾找人" in (await desk.look(f"{PATH}/guards")).text
    assert (await worker.send(f"{PATH}/guards/{number}", do="restore")).status == 303
    assert await guards.holds("tracks")
    assert await AuditEntry.filter(action__startswith="guard_").count() == 3


async def test_two_of_a_community_cannot_open_a_guard(site: Site, cast: Cast) -> None:
    await organisation.appoint(cast.leader, "community_worker", cast.community, since=None)
    first, second = await with_code(site, cast.worker), await with_code(site, cast.leader)
    await first.look(f"{PATH}/guards")
    await second.look(f"{PATH}/guards")
    await first.send(f"{PATH}/guards/1", do="ask", reason="想评先进")
    assert (await second.send(f"{PATH}/guards/1", do="agree")).status == 422
    assert await guards.holds("ranking")


async def test_a_drill_runs_the_real_chain_and_tells_how_long_it_took(desk: Browser, cast: Cast) -> None:
    assert "现在演练：桂花社区" in (await desk.look(f"{PATH}/drills")).text
    assert (await desk.send(f"{PATH}/drills/{cast.other_community.id}")).status == 404
    assert (await desk.send(f"{PATH}/drills/{cast.community.id}")).status == 303
    alarm = await Alarm.get(danger=alarms.DRILL)
    assert "还没有人接手" in (await desk.look(f"{PATH}/drills")).text
    await alarms.take_over(alarm.id, by=cast.worker, now=alarm.raised_at + timedelta(seconds=42))
    assert "周五常，42秒接手" in (await desk.look(f"{PATH}/drills")).text


async def test_the_desk_goes_to_a_successor_in_one_step(site: Site, desk: Browser, cast: Cast) -> None:
    worker, day = await with_code(site, cast.worker), local_day(clock.now())
    await VisitTask.create(
        kind="decade_birthday_visit", occasion="decade_birthday:80", subject=cast.zhao, due_on=day,
        window_from=day, assignee_id=cast.secretary.id, state="assigned", made_at=clock.now(),
    )  # fmt: skip
    office = await Role.get(person_id=cast.secretary.id)
    assert "李四友" in (await worker.look(f"{PATH}/successor")).text
    done = await worker.send(f"{PATH}/successor/{office.id}", name="钱二梅")
    assert "钱二梅接任" in done.text
    heir = await Person.get(id=cast.qian.id)
    assert (await VisitTask.get()).assignee_id == heir.id
    assert (await desk.look("/console/")).status == 303
    assert await Role.held(day).filter(person_id=heir.id, role="branch_secretary").exists()


async def test_a_secretary_cannot_give_the_desk_away(desk: Browser, cast: Cast) -> None:
    office = await Role.get(person_id=cast.secretary.id)
    assert "没有可以换的职务" in (await desk.look(f"{PATH}/successor")).text
    assert (await desk.send(f"{PATH}/successor/{office.id}", name="钱二梅")).status == 404


def test_every_deed_of_the_code_has_a_name() -> None:
    named, said = set(texts.section("operations", "deeds")), set()
    for tree in (one for floor in FLOORS for one in modules(floor).values()):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("audit.note", "note") and len(node.args) > 1:
                said |= {str(one.value) for one in node.args[1:2] if isinstance(one, ast.Constant)}
    assert {"unmasked", "bound", "guard_opened"} <= said
    assert not {one for one in said if one.replace(".", "_") not in named}
