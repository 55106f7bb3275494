"""What the pages promise is what the code has, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from aiohttp import web
from house.code_read import FLOORS, HOUSE, name_of, tracked

import texts
from bot import health, proof, webhook
from bot.__main__ import app
from console import pages
from console.people import members
from kit.settings import Settings
from services.county.dump import COUNTERS

PAGE = (HOUSE / "docs" / "operations.md").read_text("utf-8")
README = (HOUSE / "README.md").read_text("utf-8")
_, ENVIRONMENT, _, COMMANDS, HTTP, *_ = re.split(r"^## ", PAGE, flags=re.M)
ROWS = re.findall(r"^\| `(.+?)` \|", COMMANDS, re.M)


def _commands(group: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if not hasattr(group, "commands"):
        yield path.strip(), group
        return
    for name, command in group.commands.items():
        yield from _commands(command, f"{path} {name}")


CLI = dict(_commands(typer.main.get_command(app)))


def _rows_of(command: str) -> list[str]:
    return [row for row in ROWS if re.match(rf"{command}(?![\w-])", row)]


@pytest.mark.parametrize("command", CLI)
def test_a_command_and_its_options_stand_on_the_page(command: str) -> None:
    rows = " ".join(_rows_of(command))
    options = [name for one in CLI[command].params for name in one.opts if name.startswith("--") and name != "--help"]
    assert rows
    assert not [name for name in options if name not in rows]


@pytest.mark.parametrize("row", ROWS)
def test_what_the_page_lists_is_a_command(row: str) -> None:
    command = next((name for name in CLI if row in _rows_of(name)), None)
    assert command
    known = {name for one in CLI[command].params for name in one.opts}
    assert set(re.findall(r"--[a-z-]+", row)) <= known


def test_the_sentences_of_commands_name_only_options_there_are() -> None:
    known = {name for command in CLI.values() for one in command.params for name in one.opts}
    said = set(re.findall(r"--[a-z-]+", " ".join(texts.sentence(key) for key in texts.sentence_keys())))
    assert said <= known


SETTINGS = {f"JINQIU_{name.upper()}" for name in Settings.model_fields} | {"JINQIU_CLOCK_FILE"}


def test_every_setting_stands_on_the_page_and_no_other() -> None:
    assert set(re.findall(r"`(JINQIU_[A-Z_]+)`", ENVIRONMENT)) == SETTINGS


def test_the_code_reads_no_other_setting() -> None:
    paths = [path for path in tracked() if name_of(path).split("/")[0] in FLOORS and path.suffix in (".py", ".toml")]
    named = {name for path in paths for name in re.findall(r"\bJINQIU_[A-Z_]*[A-Z]\b", path.read_text("utf-8"))}
    assert named - SETTINGS <= {"JINQIU_WECHAT"}


@pytest.mark.parametrize("name", [name for name, one in Settings.model_fields.items() if one.default not in ("", None)])
def test_a_default_is_the_one_on_the_page(name: str) -> None:
    row = next(line for line in ENVIRONMENT.splitlines() if f"`JINQIU_{name.upper()}`" in line)
    assert str(Settings.model_fields[name].default) in row


def test_every_path_stands_on_the_page() -> None:
    tables = [webhook.routes(), health.routes(), members.routes(), pages.routes(), proof.routes(Settings())]
    paths = [one for table in tables for one in table if isinstance(one, web.RouteDef)]
    missing = [one.path for one in paths if one.path.split("{")[0].rstrip("_") not in HTTP]
    assert paths
    assert not missing


def test_every_counter_stands_on_the_page() -> None:
    assert not [name for name in COUNTERS if f"`{name}`" not in PAGE]


TARGETS = set(re.findall(r"^([a-z]+):", (HOUSE / "Makefile").read_text("utf-8"), re.M))


@pytest.mark.parametrize("page", [path for path in tracked() if path.suffix == ".md"], ids=name_of)
def test_a_page_leads_nowhere_that_does_not_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    links: list[str] = re.findall(r"\]\(([^)#:]+)\)", text)
    assert not [link for link in links if not (page.parent / link).exists()]
    assert set(re.findall(r"`make ([a-z]+)`", text)) <= TARGETS


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(path.name[:4]) for path in (HOUSE / "docs" / "decisions").glob("0*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
