"""An xlsx file as tables: visible sheets, merged cells filled, formulas by their stored result."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import zip_longest
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from kit.errors import Refusal
from kit.spreadsheets.cells import cell_text
from kit.spreadsheets.container import unpack
from kit.spreadsheets.table import MOST_COLUMNS, MOST_ROWS, Budget, Filling, Table

LAST_ROW = 1_048_576
MOST_MERGED = 4_000
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s+ref=\"([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})\"")
_UNCOUNTED = re.compile(rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)(?:<(?:\w+:)?v\s*/>|<v></v>)?</(?:\w+:)?c>")


def read_xlsx(content: bytes) -> list[Table]:
    """The visible sheets in their order; a formula without a stored result stays as its own text."""
    parts = unpack(content)
    with warnings.catch_warnings():
        # openpyxl warns about styles and extensions that have no bearing on the texts.
        warnings.simplefilter("ignore")
        return list(_tables(content, parts))


def _tables(content: bytes, parts: Mapping[str, bytes]) -> Iterator[Table]:
    results = _open(content, results=True)
    formulas = _open(content, results=False) if _has_uncounted(parts) else None
    visible = [sheet for sheet in results.worksheets if sheet.sheet_state == "visible"]
    budget = Budget()
    for sheet in visible or results.worksheets:
        twin = formulas[sheet.title] if formulas else None
        rows = _rows(sheet, twin, budget, results.epoch)
        _fill_merged(rows, parts.get(sheet._worksheet_path, b""), budget)
        yield Table(sheet.title, rows)


def _open(content: bytes, *, results: bool) -> Any:
    return load_workbook(BytesIO(content), read_only=True, data_only=results, keep_links=False)


def _has_uncounted(parts: Mapping[str, bytes]) -> bool:
    return any(_UNCOUNTED.search(part) for name, part in parts.items() if name.startswith("xl/worksheets/"))


def _rows(sheet: Any, twin: Any, budget: Budget, epoch: Any) -> list[list[str]]:
    filling = Filling(budget)
    sheet.reset_dimensions()  # the size a file claims for itself may hide rows
    if twin is not None:
        twin.reset_dimensions()
    twins = twin.iter_rows() if twin is not None else ()
    for number, (row, other) in enumerate(zip_longest(sheet.iter_rows(), twins, fillvalue=()), start=1):
        if number > LAST_ROW:
            raise Refusal("roster.too_many_rows", limit=MOST_ROWS)
        if row:
            filling.put(number, [_text(*pair, epoch) for pair in zip_longest(row, other)])
    return filling.rows


def _text(cell: Any, formula: Any, epoch: Any) -> str:
    if cell is None or (cell.value is None and formula is None):
        return ""
    if cell.value is None and formula.data_type == "f":
        return str(formula.value)
    return cell_text(cell, epoch)


def _fill_merged(rows: list[list[str]], part: bytes, budget: Budget) -> None:
    """People merge a branch name over its thirty rows; each of the thirty means it."""
    ranges = _MERGED.findall(part)
    if len(ranges) > MOST_MERGED:
        raise Refusal("roster.too_much_text")
    for reference in ranges:
        left, top, right, bottom = range_boundaries(reference.decode())
        if top > len(rows) or left > len(rows[top - 1]) or right > MOST_COLUMNS:
            continue
        _spread(rows[top - 1 : bottom], rows[top - 1][left - 1], range(left - 1, right), budget)


def _spread(rows: list[list[str]], text: str, columns: range, budget: Budget) -> None:
    budget.spend(len(rows) * len(columns) * len(text))
    for row in rows if text else ():
        row.extend("" for _ in range(columns.stop - len(row)))
        for column in columns:
            row[column] = text
