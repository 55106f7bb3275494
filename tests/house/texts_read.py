"""How the tests of the house read its texts: longest values, sentences, and what the code says by which key."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import texts
from tests.house.code_read import FLOORS, HOUSE, modules

NOT_IN_THE_CHAT = {
    "console": "the pages of the desk, where a browser measures what is cut off",
    "commands": "one line each for whoever runs the house",
    "operations": "further pages of the desk",
    "pictures": "headings and numbers of the desk's charts",
    "demo": "printed by `make demo`; its county is made up",
    "paper": "drawn on paper, where `delivery/paper` measures every line",
    "roster": "row reports of an import, read beside the spreadsheet",
    "running": "what the service says to its operator",
    "seed": "why a seed file is refused, said to the operator",
    "staff": "said to whoever runs a command",
    "workdays": "said to the operator who loads a year",
}
"""Files whose sentences no member reads in the chat, and why."""

PER_SENTENCE, SENTENCES, LINES, SIGNS, BYTES = 60, 3, 7, 120, 2048
NOTICE_SIGNS = 200  # V1: the privacy notice


@dataclass(frozen=True)
class Rendered:
    """One sentence with its longest values; in `own` what other people wrote is left out."""

    text: str
    own: str

    @property
    def sentences(self) -> list[str]:
        """The sentences of all lines, lines that are choices or quoted lists left out."""
        lines = [line for line in self.own.split("\n") if not re.match(r"\d+ ", line)]
        return [part for line in lines for part in re.split(r"(?<=[。！？])(?![”’）])", line) if part.strip("… ")]


@cache
def plain_values() -> dict[str, str]:
    """The longest realistic value of every blank, the same for all sentences."""
    return tomllib.loads((texts.FOLDER / "longest.toml").read_text("utf-8"))


@cache
def special() -> dict[str, Any]:
    """What holds in one file or for one sentence only."""
    return tomllib.loads((Path(__file__).parent / "longest.toml").read_text("utf-8"))


def blanks(template: str) -> set[str]:
    """The names of a sentence's blanks."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def values_for(key: str) -> dict[str, str]:
    """The longest values for one sentence: the general ones, its file's, its own."""
    own = special()["own"]
    return plain_values() | own.get(key.partition(".")[0], {}) | own.get(key, {})


def rendered(key: str) -> Rendered:
    """The sentence filled with its longest values."""
    values = values_for(key)
    quoted = dict.fromkeys(special()["quoted"]["names"], "…")
    return Rendered(texts.render(key, **values), texts.render(key, **(values | quoted)))


def chat_keys() -> list[str]:
    """The keys of all sentences that are said in the chat."""
    unread = NOT_IN_THE_CHAT.keys() | special()["operator"].keys()
    return [key for key in texts.sentence_keys() if not {key, key.partition(".")[0]} & unread]


def too_long(key: str) -> list[str]:
    """What makes the sentence too long, in words; E9."""
    found = rendered(key)
    exempt, on_request = special()["exempt"], special()["on_request"]
    signs = NOTICE_SIGNS if key in on_request else SIGNS
    free = key in exempt or key in on_request
    faults = [one for one in found.sentences if len(one) > PER_SENTENCE]
    faults += ["too many sentences"] * (len(found.sentences) > SENTENCES and key not in on_request)
    faults += ["too many lines"] * (len(found.text.split("\n")) > LINES and not free)
    faults += ["too many signs"] * (len(found.text) > signs and key not in exempt)
    return faults + ["too many bytes"] * (len(found.text.encode()) > BYTES)


SPEAKING = {"say", "menu", "confirm", "render", "Refusal", "Letter", "sentence", "complain"}
LEADING = {"followed_by": 0, "undoable": 0, "confirm": 1, "Choice": 1, "Asked": 1}
"""What leads to an action, and at which place it names it."""


@dataclass(frozen=True)
class Use:
    """A place in the code that names a sentence or an action, and the facts it gives where all can be seen."""

    key: str
    where: str
    by: str = ""
    facts: frozenset[str] | None = None


def _calls() -> Iterator[tuple[str, ast.Call, str]]:
    for floor in FLOORS:
        for path in sorted((HOUSE / floor).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                    yield name, node, f"{path.relative_to(HOUSE)}:{node.lineno}"


def _key_at(node: ast.Call, place: int) -> str | None:
    """The key standing at this place of the call, where it is written out there."""
    if len(node.args) <= place or not isinstance(node.args[place], ast.Constant):
        return None
    key = str(node.args[place].value)  # type: ignore[attr-defined]
    return key if re.fullmatch(r"[a-z_]+\.[a-z_0-9]+", key) else None


def uses() -> list[Use]:
    """Every key of a sentence that the code writes out."""
    found = [(name, node, where, _key_at(node, 0)) for name, node, where in _calls() if name in SPEAKING]
    return [Use(key, where, name, _facts(name, node)) for name, node, where, key in found if key]


def actions_named() -> list[Use]:
    """Every action that a choice, a question or an undo leads to."""
    found = [(name, where, _key_at(node, LEADING[name])) for name, node, where in _calls() if name in LEADING]
    return [Use(key, where, name) for name, where, key in found if key]


def _facts(name: str, node: ast.Call) -> frozenset[str] | None:
    """The names of the facts given, or None where some come from elsewhere."""
    if name == "Letter":
        given = node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords if k.arg == "facts"), None)
        if given is None:
            return frozenset()
        if not isinstance(given, ast.Dict) or not all(isinstance(one, ast.Constant) for one in given.keys):
            return None
        return frozenset(str(one.value) for one in given.keys if isinstance(one, ast.Constant))
    if name not in {"say", "render", "Refusal", "confirm", "menu"} or any(one.arg is None for one in node.keywords):
        return None
    return frozenset(one.arg for one in node.keywords if one.arg)


def mentioned() -> tuple[set[str], list[re.Pattern[str]]]:
    """Every string of the code, and the strings it puts together, as patterns."""
    nodes = [node for tree in modules().values() for node in ast.walk(tree)]
    whole = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    pages = "".join(path.read_text("utf-8") for path in (HOUSE / "console").rglob("*.html"))
    whole |= set(re.findall(r"[\"']([a-z_]+\.[a-z_0-9]+)[\"']", pages))
    return whole, [_pattern(node) for node in nodes if isinstance(node, ast.JoinedStr)]


def _pattern(node: ast.JoinedStr) -> re.Pattern[str]:
    parts = [re.escape(str(one.value)) if isinstance(one, ast.Constant) else r"[a-z_0-9]+" for one in node.values]
    return re.compile("".join(parts))
