"""The operator's commands for offices, duty and the year's holidays: one line each, refused in one line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from furnished import furnished

from bot.commands import staff, workdays
from bot.house import database
from kit import clock
from kit.settings import Settings
from models.people.organisation import Role
from services.county import warnings

TODAY = clock.local_day(clock.now())
EXAMPLE = Path(__file__).parents[2] / "deploy" / "workdays.example.toml"


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    return await furnished(tmp_path / "data")


async def test_duty_is_added_listed_and_ended(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    last = (TODAY + timedelta(days=3)).isoformat()
    days = (TODAY.isoformat(), last)
    assert await staff.duty_add(settings, "周五常", at="桂花社区", hours="night", days=days) == 0
    assert await staff.duty_deputy(settings, "周五常", away="李四友", at="金桂花园党支部") == 0
    assert await staff.duty_list(settings) == 0
    lines = capsys.readouterr().out.splitlines()[2:]
    assert [line.split("\t")[1:] for line in lines] == [
        ["桂花社区", "周五常", "夜里", *days],
        ["金桂花园党支部", "周五常", "替李四友", "", ""],
    ]
    async with database(settings):
        assert await warnings.places_without_duty(clock.now()) == ["柳塘社区"]
    for line in lines:
        assert await staff.duty_end(settings, int(line.split("\t")[0])) == 0
    assert await staff.duty_list(settings, at="桂花社区") == 0
    assert "值班表是空的" in capsys.readouterr().out


async def test_what_is_wrong_is_one_line(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert await staff.duty_add(settings, "周五常", at="桂花社区", hours="noon") == 1
    assert await staff.duty_add(settings, "周五常", at="桂花社区", hours="night", days=("10月1日", None)) == 1
    assert await staff.duty_end(settings, 999) == 1
    assert await staff.end(settings, "钱二梅", role="branch_secretary", at="金桂花园党支部") == 1
    assert len(capsys.readouterr().err.splitlines()) == 4


async def test_an_office_has_a_term_and_an_end(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    last = TODAY + timedelta(days=90)
    days = (TODAY.isoformat(), last.isoformat())
    assert await staff.add(settings, "钱二梅", role="deputy_secretary", at="金桂花园党支部", days=days) == 0
    async with database(settings):
        assert (await Role.get(role="deputy_secretary")).until == last
    assert await staff.end(settings, "钱二梅", role="deputy_secretary", at="金桂花园党支部") == 0
    async with database(settings):
        assert (await Role.get(role="deputy_secretary")).until == TODAY
    assert "钱二梅 在金桂花园党支部的职务（副书记）" in capsys.readouterr().out


async def test_a_year_is_loaded_and_shown(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await workdays.show(settings, 2026) == 1
    assert await workdays.load(settings, EXAMPLE) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("2026年的放假安排已装入：")
    assert await workdays.show(settings, 2026) == 0
    assert "2026-10-10 上班" in capsys.readouterr().out.splitlines()
    other = tmp_path / "2027.xls"
    other.write_bytes(b"")
    assert await workdays.load(settings, other) == 1
    assert await workdays.load(settings, tmp_path / "none.toml") == 2
