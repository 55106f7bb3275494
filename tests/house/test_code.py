"""The code keeps the house rules that no linter knows."""

from __future__ import annotations

import ast
import re

import pytest
from house.code_read import FACES, FLOORS, HOUSE, functions, modules, name_of, strings, tracked

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

FUNCTION_LINES, FILE_LINES, PARAMETERS, PARAMETERS_BY_PLACE = 50, 500, 6, 5

EDGES = {
    "bot/inbox.py": "a bug in a handler, or a database that is away, harms one message or one batch",
    "bot/retry.py": "a message that breaks again is counted and waits",
    "scheduler/rounds.py": "a job that breaks leaves the others running",
    "scheduler/outbox.py": "a notice that breaks leaves the others going out",
    "scheduler/engine_inprocess.py": "a handler that breaks leaves its worker running",
    "scheduler/engine_procrastinate.py": "a worker that a database's absence ends has a successor",
    "scheduler/lease.py": "a lease that cannot be renewed ends by itself",
    "scheduler/care/emergency.py": "an alarm that breaks keeps no other alarm waiting",
    "console/guard.py": "a page that breaks is one page with a number",
}
"""Where `except Exception` stands, and what it keeps from spreading (style: only at the edges)."""

MODULES = modules()
floor = pytest.mark.parametrize("floor", FLOORS)


@floor
def test_a_module_says_what_its_job_is(floor: str) -> None:
    said = {name: ast.get_docstring(tree) or "" for name, tree in modules(floor).items()}
    assert not [name for name, words in said.items() if not words.split("\n")[0].endswith((".", ":", "]", "?"))]


@floor
def test_chinese_words_stand_in_the_texts(floor: str) -> None:
    written = [(name, one) for name, tree in modules(floor).items() for one in strings(tree)]
    assert not [(name, one.lineno, one.value) for name, one in written if HAN.search(str(one.value))]


def test_a_module_is_read_in_one_sitting() -> None:
    lengths = {name: len((HOUSE / name).read_text("utf-8").splitlines()) for name in MODULES}
    assert not {name: lines for name, lines in lengths.items() if lines > FILE_LINES}


def test_a_function_is_seen_whole() -> None:
    assert not [one for one in functions() if one.lines > FUNCTION_LINES]


def test_a_function_does_not_ask_for_too_much() -> None:
    """Five by place; a sixth only where its name must be written at the call."""
    assert not [one for one in functions() if one.parameters > PARAMETERS or one.by_place > PARAMETERS_BY_PLACE]


@floor
def test_only_an_edge_catches_everything(floor: str) -> None:
    for name, tree in modules(floor).items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, (name, node.lineno)
                assert not isinstance(node.body[0], ast.Pass), (name, node.lineno)
                assert not _catches_all(node) or _raises_again(node) or name in EDGES, (name, node.lineno)


def _catches_all(node: ast.ExceptHandler) -> bool:
    caught = {one.id for one in ast.walk(node.type or node) if isinstance(one, ast.Name)}
    return bool(caught & {"Exception", "BaseException"})


def _raises_again(node: ast.ExceptHandler) -> bool:
    last = node.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_every_edge_is_still_one() -> None:
    catching = {
        name
        for name in EDGES
        for node in ast.walk(MODULES[name])
        if isinstance(node, ast.ExceptHandler) and _catches_all(node)
    }
    assert catching == set(EDGES)


@pytest.mark.parametrize("floor", FACES)
def test_a_face_asks_services_and_never_rows(floor: str) -> None:
    for name, tree in modules(floor).items():
        asked = {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
        assert not asked & {"filter", "get_or_none", "select_for_update", "execute_query"}, name


def test_a_service_has_no_clock_no_environment_and_no_mouth() -> None:
    for name, tree in modules("services").items():
        imported = {one for node in ast.walk(tree) for one in _imported(node)}
        assert not imported & {"kit.clock.now", "kit.settings", "os", "aiohttp", "time", "wechat.client"}, name
        called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert not called & {"datetime.now", "date.today", "clock.now", "transaction", "database.transaction"}, name


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name.split(".")[0] for one in node.names] + [one.name for one in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module.split(".")[0], node.module, *(f"{node.module}.{one.name}" for one in node.names)]
    return []


PROMISED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")


@pytest.mark.parametrize("suffix", [".py", ".toml", ".js", ".css", ".html", ".sh", ".md"])
def test_nothing_is_put_off_without_a_number(suffix: str) -> None:
    found = [name_of(path) for path in tracked() if path.suffix == suffix and PROMISED.search(path.read_text("utf-8"))]
    assert found in ([], ["tests/house/test_code.py"])


@pytest.mark.parametrize("word", ["Manager", "Helper", "Util", "Base"])
def test_no_class_is_called_by_what_says_nothing(word: str) -> None:
    names = [node.name for tree in MODULES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert not [name for name in names if re.search(rf"{word}s?(?![a-z])", name)]


ALIEN = re.compile(
    r"/(?:home|Users|workspace)/\w|/work/(?:main|shared)|/root/|//(?:registry|mirrors?|artifactory|nexus|pypi)[.-]"
    r"|files\.pythonhosted|(?<!no-emit-)index-url|\b(?:10|172\.(?:1[6-9]|2\d|3[01])|192\.168)(?:\.\d{1,3}){2,3}\b"
)
SELF = "tests/house/"


def test_no_file_names_a_machine_or_a_registry() -> None:
    binary = {".woff", ".bin", ".png", ".jpg", ".gz", ".xlsx", ".ico"}
    readable = [path for path in tracked() if path.suffix not in binary and not name_of(path).startswith(SELF)]
    readable = [path for path in readable if "vendored" not in path.parts]
    found = [
        (name_of(path), number, line.strip()[:80])
        for path in readable
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        if ALIEN.search(line)
    ]
    assert not found
