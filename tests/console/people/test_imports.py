"""A branch's own spreadsheet from the desk: looked at, applied, taken back, and never into another branch."""

from __future__ import annotations

import re
from pathlib import Path

import aiohttp
import pytest
from cast import Cast
from console_site import Browser, Shown, Site, with_code

from kit.spreadsheets.writing import write_xlsx
from models.people.members import Person

pytestmark = pytest.mark.usefixtures("db")

HEADINGS = ("姓名", "性别", "出生年月日", "联系电话", "所在党支部", "住址小区")


@pytest.fixture
async def desk(site: Site, cast: Cast) -> Browser:
    return await with_code(site, cast.secretary)


async def _upload(desk: Browser, *rows: tuple[str, ...], name: str = "名册.xlsx", content: bytes = b"") -> Shown:
    await desk.look("/console/imports")
    form = aiohttp.FormData()
    form.add_field("csrf", desk.token)
    form.add_field("file", content or write_xlsx(HEADINGS, rows), filename=name)
    headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in desk.cookies.items())}
    url = desk.site.make_url("/console/imports")
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
        http.post(url, data=form, headers=headers) as answer,
    ):
        return Shown(answer.status, await answer.text(), dict(answer.headers))


def _kept(page: Shown) -> str:
    found = re.search(r'name="kept" value="(\w+)"', page.text)
    assert found
    return found[1]


NEW = ("沈十二", "女", "1952-03-04", "19900000031", "金桂花园党支部", "金桂花园")


async def test_the_file_is_looked_at_before_anything_is_stored(desk: Browser) -> None:
    page = await _upload(desk, NEW)
    assert page.status == 200
    assert "沈十二" in page.text
    assert "新增" in page.text
    assert not await Person.filter(name="沈十二").exists()


async def test_it_is_applied_once_and_taken_back(desk: Browser) -> None:
    kept = _kept(await _upload(desk, NEW))
    assert "新增1人" in (await desk.send("/console/imports/apply", kept=kept)).text
    assert await Person.filter(name="沈十二").count() == 1
    assert (await desk.send("/console/imports/apply", kept=kept)).status == 422
    assert "去掉1人" in (await desk.send("/console/imports/undo")).text
    assert not await Person.filter(name="沈十二").exists()


async def test_a_row_with_an_error_holds_all_back_until_it_is_skipped(desk: Browser) -> None:
    bad = ("沈十三", "女", "1952-13-40", "", "金桂花园党支部", "金桂花园")
    page = await _upload(desk, NEW, bad)
    again = await desk.send("/console/imports/apply", kept=_kept(page))
    assert not await Person.filter(name="沈十二").exists()
    assert "还有1行要改" in again.text
    assert "新增1人" in (await desk.send("/console/imports/apply", kept=_kept(again), skip="3")).text


async def test_a_good_row_may_be_skipped_while_a_bad_one_waits(desk: Browser) -> None:
    page = await _upload(desk, NEW, ("沈十三", "女", "1952-13-40", "", "金桂花园党支部", "金桂花园"))
    again = await desk.send("/console/imports/apply", kept=_kept(page), skip="2")
    assert again.status == 200
    assert "跳过</td>" in again.text


async def test_a_wrong_cell_is_corrected_on_the_page_and_goes_in(desk: Browser) -> None:
    page = await _upload(desk, NEW, ("沈十三", "女", "1952-13-40", "", "金桂花园党支部", "金桂花园"))
    kept = _kept(page)
    assert re.findall(r'name="cell-(\w+)" value="([^"]*)"', page.text) == [("C3", "1952-13-40")]
    still = await desk.send("/console/imports/again", kept=kept, **{"cell-C3": "1952-14-01"})
    assert "1952-14-01" in still.text
    assert "还有1行要改" in still.text
    right = await desk.send("/console/imports/again", kept=kept, **{"cell-C3": "1952-12-04"})
    assert "这一行改好了" in right.text
    assert not await Person.filter(name="沈十三").exists()
    done = await desk.send("/console/imports/apply", kept=kept, **{"cell-C3": "1952-12-04"})
    assert "新增2人" in done.text
    assert (await Person.get(name="沈十三")).birth == "1952-12-04"
    assert "去掉2人" in (await desk.send("/console/imports/undo")).text


async def test_a_double_is_told_apart_by_one_more_word(desk: Browser) -> None:
    other = (*NEW[:3], "", *NEW[4:])
    page = await _upload(desk, NEW, other)
    assert "和第2行是同一个人" in page.text
    cells = {"cell-C3": "1949-05-06", "cell-D3": "19900000032"}
    right = await desk.send("/console/imports/apply", kept=_kept(page), **cells)
    assert "新增2人" in right.text


@pytest.mark.parametrize("address", ["C1", "C99999", "ZZ3", "A0", "c3", "C3;", "C-3"])
async def test_an_address_outside_of_the_table_changes_nothing(desk: Browser, address: str) -> None:
    kept = _kept(await _upload(desk, NEW))
    shown = await desk.send("/console/imports/again", kept=kept, **{f"cell-{address}": "出生年月日"})
    assert "都看明白了" in shown.text
    assert "新增1人" in (await desk.send("/console/imports/apply", kept=kept)).text


async def test_a_page_does_not_speak_of_a_commands_options(desk: Browser) -> None:
    page = await _upload(desk, ("沈十五", "女", "1952-03-04", "", "没有这个支部", "金桂花园"))
    assert "没有叫" in page.text
    assert "--at" not in page.text


async def test_what_lies_on_the_machine_meanwhile_is_sealed(desk: Browser, tmp_path: Path) -> None:
    kept = _kept(await _upload(desk, name="名册.csv", content="姓名,联系电话\n沈十六,19900000036\n".encode()))
    (place,) = tmp_path.iterdir()
    assert b"19900000036" not in place.read_bytes()
    assert kept not in place.name
    assert "新增1人" in (await desk.send("/console/imports/apply", kept=kept)).text


async def test_a_roster_may_name_the_community_its_branch_lies_in(site: Site, cast: Cast) -> None:
    desk, headings = await with_code(site, cast.secretary), (*HEADINGS, "社区")
    for place, status in (("桂花社区", 200), ("柳塘社区", 422)):
        page = await _upload(desk, content=write_xlsx(headings, [(*NEW, place)]))
        assert page.status == status, place


async def test_another_branch_is_not_written_to(desk: Browser) -> None:
    page = await _upload(desk, ("沈十四", "男", "1950-01-01", "", "柳岸新村党支部", ""))
    assert page.status == 422
    assert not await Person.filter(name="沈十四").exists()


async def test_what_is_no_spreadsheet_gets_one_clear_refusal(desk: Browser) -> None:
    page = await _upload(desk, name="名册.docx", content=b"PK\x03\x04 not a roster")
    assert page.status == 422
    assert "没有办成" in page.text
