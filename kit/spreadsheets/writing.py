"""Our own spreadsheets: every cell stays what it says, none becomes a formula (promise X19)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO, StringIO

import xlsxwriter

_FORMULA = re.compile(r"[\s\x00]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\x00]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_CELL_LIMIT = 32_767
_WIDEST = 40

Cell = str | int | float | date | None


def write_xlsx(headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str = "Sheet1") -> bytes:
    """A workbook of texts with a frozen heading row; numbers stay numbers, dates become ISO text."""
    target = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        page = book.add_worksheet(sheet)
        page.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for column, heading in enumerate(headings):
            page.write_string(0, column, _clean(heading), bold)
            page.set_column(column, column, min(_WIDEST, 2 * len(heading) + 4))
        for number, row in enumerate(rows, start=1):
            _write_row(page, number, row)
    return target.getvalue()


def _write_row(page: xlsxwriter.worksheet.Worksheet, number: int, row: Sequence[Cell]) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, int | float):
            page.write_number(number, column, cell)
        elif cell is not None and cell != "":
            page.write_string(number, column, _clean(str(cell)))


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with the mark Excel looks for; a text that could start a formula gets an apostrophe in front."""
    target = StringIO(newline="")
    writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in (headings, *rows):
        writer.writerow([_guarded(cell) if isinstance(cell, str) else cell for cell in row])
    return target.getvalue().encode("utf-8-sig")


def _guarded(text: str) -> str:
    return ("'" if _FORMULA.match(text) else "") + _clean(text)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)[:_CELL_LIMIT]
