"""`export DIR`: everything as CSV for people and JSON for programs, readable by this user alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.commands.desk import DONE, command, operator, say, write_private
from bot.house import database
from kit import clock
from kit.errors import Refusal
from kit.settings import Settings
from kit.spreadsheets import Cell, write_csv
from models.database import transaction
from services.county import export as exporting


@command
async def export(settings: Settings, /, folder: Path) -> int:
    """Write one CSV and one JSON file a kind of row into an empty folder, and enter it in the book."""
    if folder.exists() and any(folder.iterdir()):
        raise Refusal("commands.export_not_empty", folder=folder.name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = clock.now()
    counted: dict[str, int] = {}
    # No transaction over it all: on SQLite it would keep the running service from writing.
    async with database(settings):
        for table in exporting.tables():
            found = [row async for row in exporting.rows(table)]
            counted[table.name] = len(found)
            _write(folder, table.name, table.columns, found)
        async with transaction():
            await exporting.note_export(counted, by=operator(), now=now)
    contents = {"made_at": now.isoformat(), "rows": counted}
    write_private(folder / "contents.json", json.dumps(contents, indent=1).encode())
    say("export_done", folder=folder.name, kinds=len(counted), rows=sum(counted.values()))
    return DONE


def _write(folder: Path, name: str, columns: tuple[str, ...], found: list[dict[str, Any]]) -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in found]
    write_private(folder / f"{name}.json", ("[" + ",\n".join(lines) + "]\n").encode())
    cells = [[_cell(row[column]) for column in columns] for row in found]
    write_private(folder / f"{name}.csv", write_csv(columns, cells))


def _cell(value: Any) -> Cell:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
