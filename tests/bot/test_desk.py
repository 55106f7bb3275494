"""What a command raises becomes one line and an exit code: 1 refused, 2 wrong use; what was typed wrongly, too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from furnished import furnished, settings_of

from bot.commands import desk, running, state
from wechat.errors import OutcomeUnknown, TokenUnavailable, Unreachable, WeChatError

ROOT = Path(__file__).parents[2]
DEMO = {
    "wechat_app_id": "wx5a17c0de5a17c0de",
    "wechat_secret": "s3cret",
    "wechat_token": "a-token",
    "wechat_aes_key": "jinqiu0demo0key0jinqiu0demo0key0jinqiu0demo",
    "wechat_original_id": "gh_5a17c0de0001",
}


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said
    return said


async def test_a_platform_that_is_away_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = await furnished(tmp_path / "data", wechat_api_base="http://127.0.0.1:9", **DEMO)
    assert await running.menu_push(settings) == 1
    said = one_line(capsys)
    assert "微信平台没有应答" in said
    assert "s3cret" not in said


@pytest.mark.parametrize(
    ("refusal", "key"),
    [
        (Unreachable("p"), "platform_away"),
        (OutcomeUnknown("p"), "platform_away"),
        (TokenUnavailable(12), "platform_no_token"),
        (WeChatError(40164, "p"), "platform_bad"),
    ],
)
def test_no_answer_and_an_answer_of_no_are_told_apart(refusal: WeChatError, key: str) -> None:
    assert desk.platform_trouble(refusal) == key


@pytest.mark.parametrize("name", ["dump", "coming", "tick", "serve"])
async def test_a_house_that_was_never_made_is_told_to_run_init(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    settings = settings_of(tmp_path, **DEMO)
    said = {
        "dump": lambda: state.dump(settings, False),
        "coming": lambda: running.coming(settings, 30, None, False),
        "tick": lambda: running.tick(settings, None),
        "serve": lambda: running.serve(settings, "all"),
    }
    assert await said[name]() == 1
    assert "init" in one_line(capsys)


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [("mysql://x", 2, "JINQIU_DATABASE_URL"), ("postgres://u:s3cret@127.0.0.1:9/x", 1, "连不上数据库")],
    ids=["unknown kind", "away"],
)
async def test_a_database_that_cannot_be_had_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str, code: int, words: str
) -> None:
    assert await state.dump(settings_of(tmp_path, database_url=url), False) == code
    said = one_line(capsys)
    assert words in said
    assert "s3cret" not in said


async def test_missing_settings_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await running.serve(settings_of(tmp_path), "all") == 1
    assert "JINQIU_WECHAT_TOKEN" in one_line(capsys)


@pytest.mark.parametrize(
    ("typed", "setting", "words"),
    [
        (["seed"], {}, "file"),
        (["nonsense"], {}, "nonsense"),
        (["serve", "--role", "x"], {}, "web"),
        (["dump"], {"JINQIU_PORT": "x"}, "JINQIU_PORT"),
    ],
    ids=["a word missing", "no such command", "no such role", "a wrong setting"],
)
def test_what_was_typed_wrongly_is_one_line(
    tmp_path: Path, typed: list[str], setting: dict[str, str], words: str
) -> None:
    known = {"PYTHONPATH": str(ROOT), "JINQIU_DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin", **setting}
    done = subprocess.run(
        [sys.executable, "-m", "bot", *typed], cwd=tmp_path, env=known, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
