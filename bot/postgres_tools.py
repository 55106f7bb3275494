"""PostgreSQL's own tools, where they are installed: pg_dump and pg_restore, with the password in their environment."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path
from urllib.parse import unquote, urlsplit

from kit.errors import Refusal
from models.backup import total_rows

_COPY = re.compile(r"COPY public\.(\w+) \((.+)\) FROM stdin;")
_LONGEST_ROW = 16 * 2**20
_SOME = 20
_OWN = ("--no-owner", "--no-privileges")


async def dump(url: str, target: Path) -> bool:
    """Write `target` in pg_dump's own format; False when the tool is missing or older than the server."""
    if not shutil.which("pg_dump") or not shutil.which("pg_restore"):
        return False
    code, _ = await _run("pg_dump", "--format=custom", *_OWN, f"--file={target}", url=url)
    return code == 0 and await is_whole(target)


async def is_whole(file: Path) -> bool:
    """Whether the list of contents reads and names our people."""
    if not shutil.which("pg_restore"):
        raise Refusal("commands.backup_tool", tool="pg_restore", code=127)
    code, listed = await _run("pg_restore", "--list", str(file))
    return code == 0 and b"TABLE DATA public person" in listed


async def read_through(file: Path) -> tuple[int, list[str]]:
    """Every row of the copy, without a database: how many, and some of the sealed telephones among them.

    Raises `commands.backup_tool` for a copy that cannot be read to its end.
    """
    child = await asyncio.create_subprocess_exec(
        "pg_restore",
        "--data-only",
        "--file=-",
        str(file),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,  # it may quote rows
        limit=_LONGEST_ROW,
    )
    rows, phones = await _counted(child.stdout) if child.stdout else (0, [])
    if code := await child.wait():
        raise Refusal("commands.backup_tool", tool="pg_restore", code=code)
    return rows, phones


async def _counted(lines: asyncio.StreamReader) -> tuple[int, list[str]]:
    """Rows stand between `COPY table (columns) FROM stdin;` and a line of `\\.`, columns parted by tabs."""
    rows, phones, is_inside, at = 0, list[str](), False, -1
    async for line in lines:
        if not is_inside:
            found = _COPY.match(line.decode())
            is_inside = found is not None
            at = found[2].split(", ").index("phone") if found and found[1] == "person" else -1
        elif line == b"\\.\n":
            is_inside = False
        else:
            rows += 1
            phones += _phone_in(line, at) if at >= 0 and len(phones) < _SOME else []
    return rows, phones


def _phone_in(line: bytes, at: int) -> list[str]:
    value = line.decode().rstrip("\n").split("\t")[at]
    return [] if value == "\\N" else [value]


async def restore(url: str, file: Path) -> None:
    """Put the copy into an empty database, all or nothing; raises `commands.backup_tool`."""
    name = urlsplit(url).path.lstrip("/")
    options = ("--exit-on-error", "--single-transaction", *_OWN, f"--dbname={name}")
    code, _ = await _run("pg_restore", *options, str(file), url=url)
    if code:
        raise Refusal("commands.backup_tool", tool="pg_restore", code=code)


async def row_count() -> int:
    """Rows of the open database."""
    return await total_rows()


async def _run(tool: str, *arguments: str, url: str = "") -> tuple[int, bytes]:
    child = await asyncio.create_subprocess_exec(
        tool,
        *arguments,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,  # it may quote rows
        env={"PATH": os.environ.get("PATH", ""), **_environment(url)},
    )
    output, _ = await child.communicate()
    return child.returncode or 0, output


def _environment(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    wanted = {
        "PGHOST": parts.hostname,
        "PGPORT": str(parts.port) if parts.port else None,
        "PGUSER": unquote(parts.username or "postgres"),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/"),
    }
    return {name: value for name, value in wanted.items() if value} if url else {}
