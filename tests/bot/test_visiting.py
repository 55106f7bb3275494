"""`print duties` and `print reading`: a list that adds up, a page for the door, and plain refusals."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
import visits_rounds as rounds
from furnished import furnished

from bot.commands import visiting as commands
from bot.house import database
from kit import clock
from kit.settings import Settings
from models.care.care_plans import CarePlan
from models.care.visits import VisitTask
from models.database import transaction
from models.people.members import Person


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """A house whose visits are planned; 赵一禾 has reading brought to her."""
    made = await furnished(tmp_path / "data")
    async with database(made), transaction():
        zhao = await Person.get(key="zhao")
        await CarePlan.create(person_id=zhao.id, home_study=True, tiers=["county"], written_at=clock.now())
        await Person.filter(id=zhao.id).update(next_occasions_from=None)
        await rounds.plan(clock.now())
    return made


async def test_the_list_adds_up_in_a_spreadsheet(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "duties.csv"
    assert await commands.duties(settings, "county", file, first="2020-01-01", last="2099-01-01") == 0
    rows = list(csv.reader(StringIO(file.read_bytes().decode("utf-8-sig"))))
    async with database(settings):
        assert len(rows) == 1 + await VisitTask.all().count() + 2
    assert rows[-1] == ["名册上的人，每个节日都有名字，没有漏掉的。三级联访：县里0/1"]
    assert rows[-2][0].startswith("要走访")


async def test_the_list_on_paper_is_for_its_owner_alone(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "duties.pdf"
    assert await commands.duties(settings, "county", file, first=None, last=None) == 0
    assert (file.read_bytes()[:5], file.stat().st_mode & 0o777) == (b"%PDF-", 0o600)


async def test_another_kind_of_file_is_refused(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await commands.duties(settings, "county", tmp_path / "duties.txt", first=None, last=None) == 1
    assert "pdf或csv" in capsys.readouterr().err


async def test_reading_is_printed_for_those_it_is_brought_to(settings: Settings, tmp_path: Path) -> None:
    words, file = tmp_path / "words.txt", tmp_path / "reading.pdf"
    words.write_text("本月学习\n一起读一读。", "utf-8")
    assert await commands.reading(settings, "guihua", words, file) == 0
    assert file.read_bytes()[:5] == b"%PDF-"


@pytest.mark.parametrize(
    ("at", "text", "said"),
    [
        ("guihua", "字" * 700, "不超过600字"),
        ("guihua", "", "不超过600字"),
        ("liutang", "标题\n正文", "没有要送学上门的人"),
    ],
    ids=["too long", "empty", "nobody"],
)
async def test_reading_that_can_t_be_printed_says_why(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], at: str, text: str, said: str
) -> None:
    words = tmp_path / "words.txt"
    words.write_text(text, "utf-8")
    assert await commands.reading(settings, at, words, tmp_path / "reading.pdf") == 1
    assert said in capsys.readouterr().err
