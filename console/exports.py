"""People as a table for a spreadsheet of one's own: looked at first, with a reason, soon after a login, in the book."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence

from aiohttp import web

import texts
from console.desk import Desk
from console.guard import require_fresh, staff
from console.pages import download
from kit.errors import Refusal
from kit.spreadsheets import Cell, write_csv, write_xlsx
from services import desk

PATH = "/console/exports"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def ask(at: Desk) -> web.Response:
    """How many people it would be, which form, and why."""
    count = await desk.count_to_export(at.reach)
    private = await desk.count_to_export(at.reach, is_private=True)
    return at.show("exports.html", count=count, private=private, forms=tuple(_FORMS))


async def give(at: Desk) -> web.StreamResponse:
    """The file; what was read is entered in the book before it leaves."""
    require_fresh(at)
    form = await at.form()
    if (kind := form.get("form", "")) not in _FORMS:
        raise Refusal("console.form_wanted")
    is_private = form.get("private") == "yes"
    async with at.doors.transaction():
        table = await desk.export_people(
            at.reach, form.get("reason", ""), is_private=is_private, by=at.opened.person, now=at.now
        )
    write, content_type = _FORMS[kind]
    content = await asyncio.to_thread(write, table)
    return download(content, f"people-{at.today:%Y%m%d}.{kind}", content_type)


def _headings(table: desk.Exported) -> list[str]:
    names: Mapping[str, str] = texts.section("console", "export_columns")
    return [names[name] for name in table.columns]


def _in_words(table: desk.Exported) -> list[Sequence[Cell]]:
    """Words of our own bookkeeping as people read them; everything else as it stands."""
    words: Mapping[str, Mapping[str, str]] = texts.section("console", "export_words")
    return [
        [words.get(name, {}).get(str(cell), cell) for name, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]


def _xlsx(table: desk.Exported) -> bytes:
    return write_xlsx(_headings(table), _in_words(table))


def _csv(table: desk.Exported) -> bytes:
    return write_csv(_headings(table), _in_words(table))


def _json(table: desk.Exported) -> bytes:
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return json.dumps(rows, ensure_ascii=False, indent=1).encode()


_FORMS: Mapping[str, tuple[Callable[[desk.Exported], bytes], str]] = {
    "xlsx": (_xlsx, _XLSX),
    "csv": (_csv, "text/csv"),
    "json": (_json, "application/json"),
}


def routes() -> list[web.AbstractRouteDef]:
    """The question and the file; it opens its own transaction."""
    return [web.get(PATH, staff(ask)), web.post(PATH, staff(give, saves=False))]
