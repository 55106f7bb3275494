"""How the tests of the house read its code: files, functions, strings."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).parents[2]
FLOORS = (
    "bot", "simulator", "handlers", "console", "scheduler", "services", "conversation", "delivery", "models", "texts",
    "wechat", "kit",
)  # fmt: skip
FACES = ("handlers", "console", "scheduler")
WRITTEN_BY_A_TOOL = "models/migrations/"


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that belongs to the house, as git sees it; all files on the floors where there is no git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False)
    names = found.stdout.splitlines() or [str(path.relative_to(HOUSE)) for path in HOUSE.rglob("*") if _is_ours(path)]
    return tuple(sorted(HOUSE / name for name in set(names) if (HOUSE / name).is_file()))


def _is_ours(path: Path) -> bool:
    parts = path.relative_to(HOUSE).parts
    hidden = any(part.startswith(".") and part != ".ci" for part in parts)
    return not hidden and "__pycache__" not in parts and parts[0] not in ("data", "demo")


def name_of(path: Path) -> str:
    """The path inside the house."""
    return str(path.relative_to(HOUSE))


@cache
def modules(*floors: str) -> dict[str, ast.Module]:
    """The hand-written modules of these floors (all floors where none is named), parsed."""
    paths = [path for floor in floors or FLOORS for path in sorted((HOUSE / floor).rglob("*.py"))]
    return {name_of(path): ast.parse(path.read_text("utf-8")) for path in paths if WRITTEN_BY_A_TOOL not in str(path)}


@dataclass(frozen=True)
class Function:
    """A function and its measures; its docstring does not count as length."""

    where: str
    lines: int
    parameters: int
    by_place: int


def functions() -> Iterator[Function]:
    """Every function of the house."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield Function(f"{name}:{node.name}", _length(node), *_parameters(node))


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    doc = first.end_lineno - first.lineno + 1 if ast.get_docstring(node) and first.end_lineno else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - doc


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int]:
    """How many a caller gives in all, and how many of them by place."""
    by_place = [one for one in [*node.args.posonlyargs, *node.args.args] if one.arg not in ("self", "cls")]
    return len(by_place) + len(node.args.kwonlyargs), len(by_place)


def strings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Every string of a module that is not a docstring (of a module, class, function or attribute)."""
    docs = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node
