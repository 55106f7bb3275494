"""The page for whoever runs the house names only what exists: commands, options, files, settings, numbers."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer
from house.code_read import HOUSE
from pydantic import BaseModel

import texts
from bot.__main__ import app
from delivery.policy import Template
from kit.county import County, read_county
from kit.settings import Settings
from services.county.seed.shape import SeedFile
from services.county.upkeep import KeepPolicy
from wechat.limits import RATES, rates_with

PAGE = (HOUSE / "docs" / "running.md").read_text("utf-8")
PRIVACY = (HOUSE / "docs" / "privacy.md").read_text("utf-8")
DEPLOY = HOUSE / "deploy"
COUNTY_FILE = DEPLOY / "county.example.toml"
SETTINGS = {f"JINQIU_{name.upper()}" for name in Settings.model_fields}
_BLOCKS = re.findall(r"^```\w*\n(.*?)^```", PAGE, re.M | re.S)
_INLINE = re.findall(r"`(jinqiu [^`]+)`", PAGE)
NEEDED = {"init", "seed", "import", "backup", "restore", "export", "doctor", "coming"}
NEEDED |= {"print slips", "print poster", "staff add", "menu push"}
LINES = [line for block in _BLOCKS for line in block.splitlines() if line.startswith("jinqiu ")] + _INLINE


def _command_of(words: list[str]) -> tuple[Any, list[str]]:
    """The command that `words` call, and what is left of them."""
    found: Any = typer.main.get_command(app)
    while words and hasattr(found, "commands"):
        found, words = found.commands[words[0]], words[1:]
    return found, words


@pytest.mark.parametrize("line", sorted(set(LINES)))
def test_a_command_of_the_page_is_understood_by_the_program(line: str) -> None:
    words = shlex.split(line)[1:]
    if "--help" not in words:
        command, rest = _command_of(words)
        command.make_context("jinqiu", rest)


def test_the_page_shows_every_command_an_operator_needs() -> None:
    shown = {" ".join(shlex.split(line)[1:]) for line in LINES}
    assert not [name for name in NEEDED if not any(one.startswith(name) for one in shown)]


def test_the_files_the_page_names_are_there() -> None:
    named = set(re.findall(r"\bdeploy/[A-Za-z@._-]*[A-Za-z]", PAGE))
    assert named
    assert not [name for name in named if not (HOUSE / name).exists()]
    assert {f"deploy/{path.name}" for path in DEPLOY.iterdir()} <= named


def test_the_settings_of_the_page_are_settings() -> None:
    assert set(re.findall(r"JINQIU_[A-Z_]*[A-Z]", PAGE)) <= SETTINGS | {"JINQIU_CLOCK_FILE"}


def test_the_example_of_the_environment_names_every_setting_and_no_other() -> None:
    named = re.findall(r"^(JINQIU_[A-Z_]+)=", (DEPLOY / "env.example").read_text("utf-8"), re.M)
    assert sorted(named) == sorted(SETTINGS)


def test_the_example_of_the_environment_lacks_only_the_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    settings = Settings(_env_file=DEPLOY / "env.example")  # type: ignore[call-arg]
    assert settings.missing() == [f"JINQIU_WECHAT_{name}" for name in ("SECRET", "TOKEN", "AES_KEY")]
    assert settings.is_sqlite


def _names(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _names(kind, f"{path}{name}.")
        else:
            yield path + name


def test_the_example_of_the_county_names_every_number() -> None:
    written = tomllib.loads(COUNTY_FILE.read_text("utf-8"))

    def has(path: str) -> bool:
        at: Any = written
        for step in path.split("."):
            if step not in at:
                return False
            at = at[step]
        return True

    assert not [path for path in _names(County) if not has(path)]


def test_the_numbers_of_the_example_are_the_defaults() -> None:
    own = {"name", "account_name", "phone", "kinds", "texts"}
    said, default = read_county(COUNTY_FILE).model_dump(), County().model_dump()
    limits = said["platform"].pop("daily"), said["platform"].pop("per_second")
    assert rates_with(*limits) == RATES
    del default["platform"]["daily"], default["platform"]["per_second"]
    assert {name: said[name] for name in said if name not in own} == {
        name: default[name] for name in default if name not in own
    }


def test_each_number_of_the_county_is_explained_above_it() -> None:
    lines = COUNTY_FILE.read_text("utf-8").splitlines()
    sections = [number for number, line in enumerate(lines) if line.startswith("[")]
    assert not [lines[number] for number in sections if not lines[number - 1].startswith("#")]


def test_the_templates_of_the_example_read_as_written() -> None:
    commented = re.findall(r'^# ("\S+" = ".+")$', COUNTY_FILE.read_text("utf-8"), re.M)
    on_the_page = re.findall(r'^("\S+" = ".+")$', PAGE, re.M)
    assert len(commented) == len(on_the_page) == 2
    values = {"title", "hint", "time"}
    for line in (*commented, *on_the_page):
        (written,) = tomllib.loads(line).values()
        assert set(Template.read(written).fields.values()) >= values


def test_the_sentences_the_example_replaces_are_there() -> None:
    assert not [key for key in read_county(COUNTY_FILE).texts if key not in set(texts.sentence_keys())]


def test_the_example_of_a_county_can_be_seeded() -> None:
    file = SeedFile.model_validate(json.loads((DEPLOY / "county.example.json").read_text("utf-8")))
    assert file.duties
    assert {duty.person for duty in file.duties} <= {one.key for one in file.staff}


@pytest.mark.parametrize("role", ["web", "worker"])
def test_the_units_differ_in_their_role_alone(role: str) -> None:
    alone = (DEPLOY / "jinqiu.service").read_text("utf-8").splitlines()
    many = (DEPLOY / f"jinqiu-{role}@.service").read_text("utf-8").splitlines()
    differing = [line for line in many if line not in alone and not line.startswith(("#", "Description=", "After="))]
    assert differing == [f"ExecStart=/opt/jinqiu/.venv/bin/python -m bot serve --role {role}"]


def test_the_image_takes_every_floor_along() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.M))
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))
    assert copied == set(project["tool"]["importlinter"]["root_packages"])


@pytest.mark.parametrize("file", ["Caddyfile", "Caddyfile.compose", "nginx.conf"])
def test_a_proxy_lets_no_watchers_page_out(file: str) -> None:
    rules = [line for line in (DEPLOY / file).read_text("utf-8").splitlines() if not line.strip().startswith("#")]
    assert any("wechat" in line and "MP_verify_" in line and "/m/" in line.replace("|m/", "/m/") for line in rules)
    assert not [line for line in rules if "metrics" in line or "readyz" in line]


@pytest.mark.parametrize("key", ["notice", "full_text"])
def test_the_privacy_page_quotes_what_members_read(key: str) -> None:
    assert texts.sentence(f"consents.{key}") in PRIVACY


@pytest.mark.parametrize("kind", [field.name for field in fields(KeepPolicy)])
def test_the_privacy_page_says_how_long_things_are_kept(kind: str) -> None:
    (days,) = re.findall(rf"^\|.*\| (\d+) 天 \| `{kind}` \|$", PRIVACY, re.M)
    assert int(days) == getattr(KeepPolicy(), kind)


def test_the_privacy_page_names_every_purpose() -> None:
    purposes = texts.section("consents", "purposes")
    assert not [name for name in purposes if f"`{name}`" not in PRIVACY]
