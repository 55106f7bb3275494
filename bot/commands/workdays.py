"""`workdays load` and `workdays show`: the year's holidays and swap days, from a file the operator wrote."""

from __future__ import annotations

from pathlib import Path

from bot.commands.desk import DONE, REFUSED, command, operator
from bot.house import database
from kit import clock
from kit.errors import Refusal
from kit.settings import Settings
from models.database import transaction
from services.county import workdays
from services.people import audit
from texts import render

KINDS = ("toml", "csv")


@command
async def load(settings: Settings, /, file: Path) -> int:
    """`workdays load FILE.toml|csv`: the whole year, instead of what was loaded for it."""
    kind = file.suffix.lower().lstrip(".")
    if kind not in KINDS:
        raise Refusal("workdays.wrong_kind", file=file.name)
    arrangement = workdays.read_arrangement(file.read_bytes(), kind, source=file.name)
    async with database(settings), transaction():
        await workdays.put(arrangement)
        await audit.note(operator(), "workdays_loaded", now=clock.now(), year=arrangement.year)
        stored = await workdays.days_of(arrangement.year)
    worked = sum(works for _, works, _ in stored)
    print(render("workdays.loaded", year=arrangement.year, free=len(stored) - worked, worked=worked))
    return DONE


@command
async def show(settings: Settings, /, year: int) -> int:
    """`workdays show YEAR`: the days that differ from Monday to Friday; exit code 1 while none are loaded."""
    async with database(settings):
        stored = await workdays.days_of(year)
    for day, works, _ in stored:
        print(render("workdays.day_worked" if works else "workdays.day_free", day=day.isoformat()))
    if not stored:
        print(render("workdays.not_loaded", year=year))
    return DONE if stored else REFUSED
