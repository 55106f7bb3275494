"""The demo makes its folder anew each time, but only one that is its own."""

from __future__ import annotations

from pathlib import Path

from bot.demo import may_empty


def test_only_a_new_an_empty_or_the_demos_own_folder_is_wiped(tmp_path: Path) -> None:
    assert may_empty(tmp_path / "new")
    assert may_empty(tmp_path)
    (tmp_path / "letters.txt").write_text("mine")
    assert not may_empty(tmp_path)
    (tmp_path / "phones.json").write_text("[]")
    assert may_empty(tmp_path)
