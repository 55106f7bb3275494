"""Keeps this process's knowledge of learned phrases fresh, and a copy of them as a table in the data folder."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from conversation import learned
from delivery.courier import DATABASE_AWAY
from services.help import heard

log = structlog.get_logger()

EVERY_SECONDS = 20.0
FILE = "meanings.tsv"
AUTHOR = "heard"


async def learn(data_dir: Path) -> int:
    """Know what was given by now, in this process or another; how many phrases."""
    meanings = await heard.meanings()
    learned.load(meanings)
    _write(data_dir / FILE, table(meanings))
    return len(meanings)


def table(meanings: list[tuple[str, str]]) -> str:
    """`intent<TAB>phrase<TAB>author`, as the tables the classifier is trained with."""
    return "".join(f"{intent}\t{phrase}\t{AUTHOR}\n" for intent, phrase in meanings)


def _write(path: Path, text: str) -> None:
    """The copy is only written when something changed: a whole file, never half of one."""
    if path.exists() and path.read_text("utf-8") == text:
        return
    fresh = path.with_suffix(".new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)


async def go_on_learning(data_dir: Path) -> None:
    """Learn again and again until cancelled; a database that is away is asked later."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            await learn(data_dir)
        except DATABASE_AWAY:
            log.warning("learning.database_away")
