"""Loading and showing the state: seed and dump."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bot.commands.desk import command
from bot.house import county_of, database
from kit import clock
from kit.settings import Settings
from models.database import transaction
from services.county import dump as dumping
from services.county import seed as seeding
from texts import render


@command
async def seed(settings: Settings, /, file: Path) -> int:
    """Load a seed file whole or not at all; safe to repeat."""
    try:
        wanted = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as exc:
        print(render("running.file_unreadable", name=file.name, reason=type(exc).__name__), file=sys.stderr)
        return 1
    county = county_of(settings)
    async with database(settings), transaction():
        counted = await seeding.load(wanted, now=clock.now(), version=county.privacy_version)
    print(json.dumps(counted, ensure_ascii=False, sort_keys=True))
    return 0


@command
async def dump(settings: Settings, /, counters: bool) -> int:
    """The state as JSON lines, or the counters as one object."""
    async with database(settings):
        if counters:
            print(json.dumps(await dumping.counters(), sort_keys=True))
            return 0
        async for line in dumping.lines():
            sys.stdout.write(line + "\n")
    return 0
