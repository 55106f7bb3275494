"""A room has the same wing on every floor, and every room of the services stands on a step."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from house.code_read import HOUSE

WINGS = ("people", "care", "help", "outreach", "county")
FLOORS = ("services", "handlers", "console", "scheduler", "models", "texts")


def _rooms(floor: str, wing: str) -> set[str]:
    folder = HOUSE / floor / wing
    return {_room(path) for path in folder.iterdir() if not path.name.startswith("__")} if folder.is_dir() else set()


def _room(path: Path) -> str:
    return path.name if path.is_dir() else path.stem


def test_a_room_is_in_one_wing_on_every_floor() -> None:
    wings: dict[str, set[str]] = {}
    for floor in FLOORS:
        for wing in WINGS:
            for room in _rooms(floor, wing):
                wings.setdefault(room, set()).add(wing)
    assert not {room: found for room, found in wings.items() if len(found) > 1}


def test_every_room_of_the_services_is_on_a_step() -> None:
    contracts = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    steps = " ".join(next(one["layers"] for one in contracts if "steps" in one["name"]))
    standing = set(re.findall(r"services\.\w+\.\w+", steps))
    assert standing == {f"services.{wing}.{room}" for wing in WINGS for room in _rooms("services", wing)}


def test_nothing_lies_outside_the_wings_of_the_services() -> None:
    assert {path.name for path in (HOUSE / "services").iterdir()} - {*WINGS, "__pycache__"} == {"__init__.py"}
