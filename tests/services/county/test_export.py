"""An export holds everything, opens nowhere as a formula, and shows no code that opens a door."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path

import pytest
from furnished import furnished

from bot.commands import export as commands
from bot.house import database
from kit.settings import Settings
from models.people.access import AuditEntry
from models.people.members import Person
from services.county import export


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    found = await furnished(tmp_path / "data")
    async with database(found):
        await Person.filter(name="冯九思").update(unit='=HYPERLINK("x")', estate="＝1+1")
    return found


async def test_every_row_is_there_as_csv_and_json(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert await commands.export(settings, folder) == 0
    people = json.loads((folder / "person.json").read_text("utf-8"))
    table = list(csv.DictReader((folder / "person.csv").read_text("utf-8-sig").splitlines()))
    contents = json.loads((folder / "contents.json").read_text("utf-8"))
    assert len(people) == len(table) == contents["rows"]["person"]
    assert next(row for row in people if row["name"] == "赵一禾")["phone"] == "19900000001"
    assert {path.stem for path in folder.iterdir()} == {*export.TABLES, "contents"}


async def test_no_cell_becomes_a_formula(settings: Settings, tmp_path: Path) -> None:
    await commands.export(settings, tmp_path / "out")
    table = csv.DictReader((tmp_path / "out" / "person.csv").read_text("utf-8-sig").splitlines())
    feng = next(row for row in table if row["name"] == "冯九思")
    assert (feng["unit"][:2], feng["estate"][:2]) == ("'=", "'＝")


async def test_only_this_user_reads_it_and_the_book_knows(settings: Settings, tmp_path: Path) -> None:
    await commands.export(settings, tmp_path / "out")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out").iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    async with database(settings):
        assert await AuditEntry.filter(action="exported").exists()


async def test_a_folder_with_something_in_it_is_left_alone(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "person.csv").write_text("mine")
    assert await commands.export(settings, tmp_path / "out") == 1
    assert (tmp_path / "out" / "person.csv").read_text() == "mine"


def test_nothing_that_opens_a_door_is_exported() -> None:
    columns = {column for table in export.tables() for column in table.columns}
    assert not columns & {"code_index", "scene", "token", "phone_index", "verify_code"}
