"""Sheets on paper: slips for those not bound yet, with or without QR codes; a poster only with one."""

from __future__ import annotations

import re
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from furnished import furnished

from bot.commands import printing as commands
from bot.house import database
from delivery.outbox import Letter, post_many, to_person
from delivery.people import put_on_list
from kit import clock
from kit.settings import Settings
from models.database import transaction
from models.outreach.calls import Call
from models.outreach.notices import Broadcast, Notice
from models.people.accounts import BindingSlip
from models.people.members import Person
from models.people.organisation import Organisation
from services.outreach import printing

scenes: list[str] = []


@pytest.fixture
async def platform() -> AsyncIterator[str]:
    """A platform that gives a token and QR codes."""
    scenes.clear()

    async def token(_: web.Request) -> web.Response:
        return web.json_response({"access_token": "t" * 40, "expires_in": 7200})

    async def code(request: web.Request) -> web.Response:
        scenes.append((await request.json())["action_info"]["scene"]["scene_str"])
        return web.json_response({"ticket": "T", "url": f"http://weixin.qq.com/q/{len(scenes)}", "expire_seconds": 60})

    app = web.Application()
    app.add_routes([web.post("/cgi-bin/stable_token", token), web.post("/cgi-bin/qrcode/create", code)])
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
async def settings(tmp_path: Path, platform: str) -> Settings:
    said = {"wechat_app_id": "wx", "wechat_secret": "s", "wechat_api_base": platform}
    return await furnished(tmp_path / "data", **said)


async def test_each_member_without_an_account_gets_a_slip_of_their_community(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "slips.pdf"
    assert await commands.slips(settings, "county", file) == 0
    assert file.read_bytes().startswith(b"%PDF")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    async with database(settings):
        assert len(scenes) == await BindingSlip.all().count() > 0
    assert all(scene.startswith("slip:") for scene in scenes)


async def test_without_the_platform_the_digits_serve_alone(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    away = settings.model_copy(update={"wechat_api_base": "http://127.0.0.1:9"})
    assert await commands.slips(away, "county", tmp_path / "slips.pdf") == 0
    assert len(capsys.readouterr().err.splitlines()) == 1


async def test_the_poster_leads_to_its_community(settings: Settings, tmp_path: Path) -> None:
    assert await commands.poster(settings, "guihua", tmp_path / "poster.pdf") == 0
    assert scenes == ["community:guihua"]
    assert (tmp_path / "poster.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("at", "base"),
    [
        pytest.param("jinguihua", "", id="no community"),
        pytest.param("没有的地方", "", id="no such place"),
        pytest.param("guihua", "http://127.0.0.1:9", id="platform away"),
    ],
)
async def test_a_poster_that_would_lead_nowhere_is_not_made(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], at: str, base: str
) -> None:
    here = settings.model_copy(update={"wechat_api_base": base}) if base else settings
    assert await commands.poster(here, at, tmp_path / "poster.pdf") == 1
    assert not (tmp_path / "poster.pdf").exists()
    assert len(capsys.readouterr().err.splitlines()) == 1


async def test_an_older_file_stays_and_no_slip_becomes_void(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "slips.pdf").write_text("mine")
    assert await commands.slips(settings, "guihua", tmp_path / "slips.pdf") == 1
    assert (tmp_path / "slips.pdf").read_text() == "mine"
    async with database(settings):
        assert not await BindingSlip.all().exists()


async def _to_tell(settings: Settings, *, way: str = "paper") -> None:
    """A notice to everybody of the branch that is to be told on paper."""
    async with database(settings), transaction():
        now = clock.now()
        row = await Broadcast.create(author_id=1, organisation_id=1, text="停水", audience={}, created_at=now)
        letter = Letter("broadcasts.notice", {"place": "桂花社区", "message": "明天停水。"})
        people = await Person.filter(branch__name="金桂花园党支部")
        await post_many([to_person(one) for one in people], letter, once="b", now=now, broadcast_id=row.id)
        for notice in await Notice.all():
            await put_on_list(notice, now, way=way)


async def test_sheets_are_printed_by_building_with_the_communitys_code(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await _to_tell(settings)
    assert await commands.sheets(settings, "guihua", tmp_path / "sheets.pdf") == 0
    assert "已做好2张大字通知，共4人" in capsys.readouterr().out
    assert scenes == ["community:guihua"]
    printed = (tmp_path / "sheets.pdf").read_bytes()
    assert len(re.findall(rb"/Type /Page\b", printed)) == 2
    async with database(settings):
        assert {call.steps[-1]["result"] for call in await Call.all()} == {"printed"}


async def test_without_a_code_the_sheet_is_printed_all_the_same(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await _to_tell(settings)
    away = settings.model_copy(update={"wechat_api_base": "http://127.0.0.1:9"})
    assert await commands.sheets(away, "guihua", tmp_path / "sheets.pdf") == 0
    assert len(capsys.readouterr().err.splitlines()) == 1


async def test_whom_somebody_is_telling_is_on_no_sheet_unless_asked_for(settings: Settings, tmp_path: Path) -> None:
    await _to_tell(settings, way="liaison")
    assert await commands.sheets(settings, "guihua", tmp_path / "sheets.pdf") == 1
    assert await commands.sheets(settings, "guihua", tmp_path / "sheets.pdf", everybody=True) == 0


async def test_what_is_one_persons_own_stands_on_no_sheet(settings: Settings) -> None:
    await _to_tell(settings)
    async with database(settings):
        await Notice.all().update(broadcast_id=None)
        place = await Organisation.get(key="guihua")
        made = await printing.sheets_for(place, now=clock.now())
    assert {sheet.words for sheet in made} == {"您有一条社区通知，请在微信里看一看，或者打电话问社区。"}
