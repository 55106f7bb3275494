"""The manual (使用手册) has a section for every capability, and every picture it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from handlers.routers import ROUTERS
from tests.stories.test_walk import IN_THE_MANUAL

MANUAL = Path(__file__).parents[2] / "docs" / "manual" / "使用手册.md"
PICTURES = MANUAL.parent / "pictures"
HEAVIEST = 200 * 1024
TEXT = MANUAL.read_text("utf-8")
SHOWN = sorted(set(re.findall(r"!\[[^\]]+\]\((pictures/[^)]+)\)", TEXT)))


@pytest.mark.parametrize("name", sorted(router.name for router in ROUTERS))
def test_every_capability_has_a_section(name: str) -> None:
    assert f'<a id="{name}"></a>' in TEXT


@pytest.mark.parametrize("shown", SHOWN)
def test_every_picture_exists_and_is_light(shown: str) -> None:
    assert 0 < (MANUAL.parent / shown).stat().st_size <= HEAVIEST


def test_every_picture_taken_is_shown() -> None:
    assert {f"pictures/{file.name}" for file in PICTURES.glob("*.png")} == {*SHOWN}


def test_every_picture_can_be_taken_again() -> None:
    scenes = (Path(__file__).parents[1] / "manual" / "scenes.txt").read_text("utf-8")
    taken = set(re.findall(r"^= (\S+)", scenes, re.MULTILINE)) | {"slip", "poster"}
    taken |= {f"large-{name}" for name in IN_THE_MANUAL}
    desk = (Path(__file__).parents[1] / "manual" / "desk_pictures.py").read_text("utf-8")
    taken |= set(re.findall(r"\bdesk-\w+", desk))
    walk = "".join(path.read_text("utf-8") for path in (Path(__file__).parents[1] / "walk").glob("*.py"))
    taken |= set(re.findall(r'(?:photograph\(|picture=)"([\w-]+)"', walk))
    assert {f"pictures/{name}.png" for name in taken} == {*SHOWN}
