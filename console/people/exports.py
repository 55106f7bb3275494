"""People as a table of one's own: counted first, with a reason, after a fresh login or a second yes, in the book."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence

from aiohttp import web

import texts
from console.desk import Desk
from console.guard import staff
from console.pages import download
from kit.errors import Refusal
from kit.spreadsheets import Cell, write_csv, write_xlsx
from services.county import desk

PATH = "/console/exports"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def sheet(at: Desk) -> web.Response:
    """How many people it would be, which form, and why; and what was asked for already."""
    count = await desk.count_to_export(at.reach)
    private = await desk.count_to_export(at.reach, is_private=True)
    rows = await desk.exports_here(at.opened.person, at.reach, now=at.now)
    return at.show(
        "exports.html",
        count=count, private=private, forms=tuple(_FORMS), rows=rows, is_fresh=at.opened.is_fresh(at.now),
        minutes=at.doors.county.notices.cancel_minutes, now=at.now,
    )  # fmt: skip


async def ask(at: Desk) -> web.StreamResponse:
    """After a fresh login the window to cancel begins, without one a second person is asked."""
    form = await at.form()
    if (kind := form.get("form", "")) not in _FORMS:
        raise Refusal("console.form_wanted")
    wanted = desk.Wanted(kind, form.get("reason", ""), form.get("private") == "yes")
    is_fresh, numbers = at.opened.is_fresh(at.now), at.doors.county.notices
    row = await desk.ask_for_export(wanted, at.opened.person, at.reach, is_fresh=is_fresh, now=at.now, numbers=numbers)
    return at.back(PATH, f"export_{row.state}")


async def decide(at: Desk) -> web.StreamResponse:
    """The second person's `agree` or `refuse`, or `cancel` in time."""
    number, me, do = at.whole("number"), at.opened.person, (await at.form()).get("do", "")
    if do == "agree":
        await desk.agree_to_export(number, me, at.reach, now=at.now, numbers=at.doors.county.notices)
    elif do == "refuse":
        await desk.refuse_export(number, me, at.reach, now=at.now)
    else:
        await desk.cancel_export(number, me, now=at.now)
    return at.back(PATH, f"export_{do if do in ('agree', 'refuse') else 'cancel'}")


async def give(at: Desk) -> web.StreamResponse:
    """The file; what was read is entered in the book before it leaves."""
    async with at.doors.transaction():
        row = await desk.ready_export(at.whole("number"), at.opened.person, now=at.now)
        table = await desk.export_people(
            at.reach, row.reason, is_private=row.is_private, by=at.opened.person, now=at.now
        )
    write, content_type = _FORMS[row.form]
    content = await asyncio.to_thread(write, table)
    return download(content, f"people-{at.today:%Y%m%d}.{row.form}", content_type)


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
    """The question, its answers, and the file, which opens its own transaction."""
    return [
        web.get(PATH, staff(sheet)),
        web.post(PATH, staff(ask)),
        web.post(PATH + "/{number}", staff(decide)),
        web.post(PATH + "/{number}/file", staff(give, saves=False)),
    ]
