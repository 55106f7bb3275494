"""Parsing away from the service: a short-lived child reads the file, and a bomb takes only the child."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Collection
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from kit.errors import Refusal
from kit.spreadsheets.table import MOST_BYTES, Table

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60.0


async def read_table_apart(
    content: bytes, filename: str, expecting: Collection[str] = (), *, seconds: float = SECONDS
) -> Table:
    """`read_table` in a child process; `Refusal("roster.too_heavy")` if that dies or dawdles."""
    if len(content) > MOST_BYTES:
        raise Refusal("roster.too_large", limit=MOST_BYTES // 2**20)
    order = json.dumps({"filename": filename, "expecting": sorted(expecting)}).encode()
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-B", "-m", "kit.spreadsheets"),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,  # a traceback may quote the file
        cwd=ROOT,
        env={},  # the child has no use for our secrets
    )
    answer = await _answer(child, order + b"\n" + content, seconds)
    if "refusal" in answer:
        raise Refusal(answer["refusal"], **answer["facts"])
    return Table(answer["sheet"], answer["rows"])


async def _answer(child: Process, order: bytes, seconds: float) -> dict[str, Any]:
    try:
        async with asyncio.timeout(seconds):
            output, _ = await child.communicate(order)
    except TimeoutError as error:
        raise Refusal("roster.too_heavy") from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise Refusal("roster.too_heavy")
    answer: dict[str, Any] = json.loads(output)
    return answer
