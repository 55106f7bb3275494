"""The words and patterns of the understanding can be read by people, and are all of use."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import texts
from conversation.understanding.composed import LINES, composed
from conversation.understanding.lexicon import table

FILES = [texts.FOLDER / "understanding.toml", texts.FOLDER / "lexicon.toml", texts.FOLDER / "utterances/composed.toml"]
WIDEST = 200
NAME = re.compile(r"\{([a-z_]{2,})\}")


def strings(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        for value in found.values():
            yield from strings(value)
    elif isinstance(found, list):
        for value in found:
            yield from strings(value)
    elif isinstance(found, str):
        yield found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_line_is_too_wide_to_read(path: Path) -> None:
    wide = [number for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if len(line) > WIDEST]
    assert wide == []


def test_every_part_is_used_and_every_part_used_is_there() -> None:
    content = tomllib.loads(FILES[0].read_text("utf-8"))
    parts = content.pop("parts")
    used = {name for text in strings(content) for name in NAME.findall(text)}
    assert used == set(parts)


def test_a_pattern_over_several_lines_comes_in_one_piece() -> None:
    pattern: str = table("understanding", "danger.kinds.fire")
    assert "\n" not in pattern
    assert not NAME.search(pattern)


def test_a_word_stands_in_one_class_only() -> None:
    classes: dict[str, list[str]] = table("lexicon", "classes")
    words = [word for words in classes.values() for word in words]
    assert len(words) == len(set(words))


def test_the_composed_lines_are_those_of_their_blocks() -> None:
    assert LINES.read_text("utf-8").splitlines() == composed()
