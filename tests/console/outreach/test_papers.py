"""Tables and paper from the desk: scoped, in the book, safe in a spreadsheet, and as PDF."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from cast import Cast
from console_site import Browser, Shown, Site, with_code
from delivery_cast import post

from delivery.people import put_on_list
from kit import clock
from kit.county import CheckInNumbers
from models.outreach.notices import Notice
from models.people.access import AuditEntry
from models.people.accounts import BindingSlip
from models.people.console import ConsoleSession
from models.people.exports import ExportRequest
from models.people.members import Person
from models.people.organisation import Role
from services.people import check_in

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def desk(site: Site, cast: Cast) -> Browser:
    return await with_code(site, cast.secretary)


async def _asked(desk: Browser, **fields: str) -> Shown:
    await desk.look("/console/exports")
    return await desk.send("/console/exports", **{"form": "csv", "reason": "打印名册", **fields})


async def _exported(desk: Browser, **fields: str) -> Shown:
    """Asked for after a fresh login, and fetched when the window to cancel is over."""
    assert (await _asked(desk, **fields)).status == 303
    await ExportRequest.all().update(ready_at=clock.now())
    row = await ExportRequest.all().order_by("-id").first()
    assert row
    return await desk.send(f"/console/exports/{row.id}/file")


async def test_a_table_holds_the_own_people_and_nothing_private(desk: Browser) -> None:
    assert "归您管的有4人" in (await desk.look("/console/exports")).text
    sent = await _exported(desk)
    assert sent.headers["Content-Disposition"].startswith('attachment; filename="people-2')
    assert all(name in sent.text for name in ("赵一禾", "钱二梅", "联络员", "已绑定"))
    assert not any(other in sent.text for other in ("冯九思", "19900000001", "301", "1946-02-09"))
    entry = await AuditEntry.get(action="people_exported")
    assert (entry.reason, (entry.facts or {})["rows"]) == ("打印名册", 4)


async def test_each_private_row_is_a_look_in_the_book(desk: Browser, cast: Cast) -> None:
    sent = await _exported(desk, private="yes")
    assert all(private in sent.text for private in ("19900000001", "301", "1946-02-09"))
    looks = await AuditEntry.filter(action="unmasked", actor=f"person:{cast.secretary.id}")
    assert f"person:{cast.zhao.id}" in [row.subject for row in looks]
    assert {row.reason for row in looks} == {"打印名册"}


async def test_no_cell_becomes_a_formula_in_any_form(desk: Browser, cast: Cast) -> None:
    await Person.filter(id=cast.qian.id).update(estate="=1+2")
    assert '"\'=1+2"' in (await _exported(desk)).text
    book = openpyxl.load_workbook(BytesIO((await _exported(desk, form="xlsx")).body))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value == "=1+2"]
    assert [cell.data_type for cell in cells] == ["s"]
    rows = json.loads((await _exported(desk, form="json")).body)
    assert "=1+2" in [row["estate"] for row in rows]


async def test_an_export_wants_a_reason_and_a_form(desk: Browser) -> None:
    assert (await _asked(desk, reason=" ")).status == 422
    assert (await _asked(desk, form="exe")).status == 422
    assert not await ExportRequest.exists()


async def _not_fresh() -> None:
    await ConsoleSession.all().update(proven_at=clock.now() - timedelta(minutes=20))


async def test_nothing_leaves_before_the_window_is_over_and_it_can_be_cancelled(desk: Browser) -> None:
    assert (await _asked(desk)).status == 303
    row = await ExportRequest.get()
    assert (await desk.send(f"/console/exports/{row.id}/file")).status == 422
    assert "撤回" in (await desk.look("/console/exports")).text
    assert (await desk.send(f"/console/exports/{row.id}", do="cancel")).status == 303
    await ExportRequest.all().update(ready_at=clock.now())
    assert (await desk.send(f"/console/exports/{row.id}/file")).status == 404
    assert not await AuditEntry.filter(action="people_exported").exists()


async def test_without_a_fresh_login_a_second_person_is_asked(site: Site, desk: Browser, cast: Cast) -> None:
    await _not_fresh()
    assert "请第二个人同意" in (await desk.look("/console/exports")).text
    await _asked(desk, private="yes")
    row = await ExportRequest.get()
    assert (row.state, row.asked) == ("needs_second", [cast.worker.id])
    assert await Notice.filter(person_id=cast.worker.id, say="exports.to_approve_private").exists()
    assert (await desk.send(f"/console/exports/{row.id}", do="agree")).status == 404
    assert (await desk.send(f"/console/exports/{row.id}/file")).status == 404
    worker = await with_code(site, cast.worker)
    assert "同意导出" in (await worker.look("/console/exports")).text
    assert (await worker.send(f"/console/exports/{row.id}", do="agree")).status == 303
    assert (await worker.send(f"/console/exports/{row.id}", do="refuse")).status == 422
    await ExportRequest.all().update(ready_at=clock.now())
    assert (await worker.send(f"/console/exports/{row.id}/file")).status == 404
    await desk.look("/console/exports")
    assert "19900000001" in (await desk.send(f"/console/exports/{row.id}/file")).text


async def test_the_second_persons_no_is_told_by_name(site: Site, desk: Browser, cast: Cast) -> None:
    await _not_fresh()
    await _asked(desk)
    row, worker = await ExportRequest.get(), await with_code(site, cast.worker)
    await worker.look("/console/exports")
    assert (await worker.send(f"/console/exports/{row.id}", do="refuse")).status == 303
    assert (await Notice.get(say="exports.refused")).person_id == cast.secretary.id
    assert (await ExportRequest.get()).state == "cancelled"


async def test_nobody_else_may_agree_cancel_or_fetch(site: Site, desk: Browser, cast: Cast) -> None:
    await _not_fresh()
    await _asked(desk)
    await Role.create(person=cast.feng, role="branch_secretary", organisation=cast.other_branch)
    row, other = await ExportRequest.get(), await with_code(site, cast.feng)
    await other.look("/console/exports")
    for path in ("", "/file"):
        assert (await other.send(f"/console/exports/{row.id}{path}", do="agree")).status == 404
        assert (await other.send(f"/console/exports/{row.id}{path}")).status == 404


async def test_five_exports_are_enough_for_a_day_and_a_table_is_there_for_one(desk: Browser) -> None:
    for _ in range(5):
        assert (await _asked(desk)).status == 303
    refused = await _asked(desk)
    assert (refused.status, "一天最多导出5次" in refused.text) == (422, True)
    await ExportRequest.all().update(ready_at=clock.now() - timedelta(hours=25))
    await desk.look("/console/exports")
    row = await ExportRequest.all().first()
    assert row
    assert "过了一天" in (await desk.send(f"/console/exports/{row.id}/file")).text


async def test_the_county_exports_nobody(site: Site, cast: Cast) -> None:
    chief = await with_code(site, cast.chief)
    assert (await _asked(chief)).status == 404


async def _printed(desk: Browser, kind: str, place: int, **fields: str) -> Shown:
    await desk.look("/console/printing")
    return await desk.send(f"/console/printing/{kind}", place=str(place), **fields)


@pytest.mark.parametrize("is_away", [False, True], ids=["with codes", "without"])
async def test_slips_for_those_not_bound(site: Site, desk: Browser, cast: Cast, is_away: bool) -> None:
    person = await Person.create(name="何十三", branch=cast.branch, community=cast.community)
    site.is_away = is_away
    sent = await _printed(desk, "slips", cast.branch.id)
    assert sent.body.startswith(b"%PDF")
    assert [row.person_id for row in await BindingSlip.all()] == [person.id]
    assert await AuditEntry.filter(action="slips_printed", actor=f"person:{cast.secretary.id}").exists()


async def test_where_everybody_is_bound_no_slip_is_made(desk: Browser, cast: Cast) -> None:
    assert (await _printed(desk, "slips", cast.branch.id)).status == 422


async def test_sheets_by_building_for_those_still_to_be_told(desk: Browser, cast: Cast) -> None:
    assert (await _printed(desk, "sheets", cast.branch.id)).status == 422
    now = clock.now()
    notice = await Notice.get(id=await post(cast.zhao, now))
    await put_on_list(notice, now, why="delivery.why_no_window")
    assert (await _printed(desk, "sheets", cast.branch.id)).body.startswith(b"%PDF")


async def test_a_door_sheet_and_a_leaflet(desk: Browser, cast: Cast) -> None:
    assert (await _printed(desk, "door", cast.branch.id, title=" ", words="开会")).status == 422
    sent = await _printed(desk, "door", cast.branch.id, title="周三开会", words="上午九点在党群服务站")
    assert (sent.headers["Content-Type"], sent.body[:4]) == ("application/pdf", b"%PDF")
    assert (await _printed(desk, "leaflet", cast.branch.id)).body.startswith(b"%PDF")


async def test_the_first_page_goes_onto_one_sheet(desk: Browser) -> None:
    assert "/console/sheet" in (await desk.look("/console/")).text
    sent = await desk.look("/console/sheet")
    assert (sent.headers["Content-Type"], sent.body[:4]) == ("application/pdf", b"%PDF")
    assert sent.body.count(b"/Type /Page\n") == 1


async def test_certificates_of_the_community(site: Site, cast: Cast) -> None:
    worker = await with_code(site, cast.worker)
    assert (await _printed(worker, "certificates", cast.community.id)).status == 422
    application = check_in.Application(community_id=cast.community.id)
    row, _ = await check_in.submit(cast.wang, application, now=clock.now(), numbers=CheckInNumbers())
    await check_in.accept(row, by=cast.worker, now=clock.now())
    assert (await _printed(worker, "certificates", cast.community.id)).body.startswith(b"%PDF")


@pytest.mark.parametrize("kind", ["slips", "sheets", "door", "certificates", "leaflet"])
async def test_a_foreign_place_prints_nothing(desk: Browser, cast: Cast, kind: str) -> None:
    for place in (cast.other_branch.id, 99999, 0):
        shown = await _printed(desk, kind, place, title="题目", words="内容")
        assert shown.status == 404
    assert not await BindingSlip.exists()
