"""`heard list|means|export` on a house that runs or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands import heard as commands
from bot.commands import running
from bot.house import database
from kit import clock
from kit.settings import Settings
from models.database import transaction
from services.help import heard


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    own = Settings(_env_file=None, data_dir=tmp_path, database_url="")
    await running.init(own)
    async with database(own), transaction():
        for said in ("咕噜咕噜", "咕噜 咕噜", "哗啦啦一下"):
            await heard.keep("oSomebody", said, ["ask_points"], person=None, now=clock.now())
    return own


async def test_the_list_the_meaning_and_the_table(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert await commands.show(settings) == 0
    first, second = capsys.readouterr().out.splitlines()
    number = first.split("\t")[0]
    assert first == f"{number}\task_points\t2\t咕噜咕噜"
    assert second.endswith("哗啦啦一下")
    assert await commands.means(settings, int(number), "redeem_points") == 0
    assert capsys.readouterr().out == "记下了：“咕噜咕噜”是“用积分换东西”。\n"
    assert await commands.export(settings, tmp_path / "out.tsv") == 0
    assert (tmp_path / "out.tsv").read_text("utf-8") == "redeem_points\t咕噜咕噜\theard\n"


@pytest.mark.parametrize(("number", "intent"), [(99, "ask_points"), (1, "nothing_known"), (1, "approve")])
async def test_what_cannot_be_is_refused_in_one_line(
    settings: Settings, number: int, intent: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await commands.means(settings, number, intent) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
