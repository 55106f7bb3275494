"""The one door for foreign spreadsheets: what the file is, decided by content and name together."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Collection
from pathlib import PurePath
from zipfile import BadZipFile

from kit.errors import Refusal
from kit.spreadsheets.delimited import read_csv
from kit.spreadsheets.table import MOST_BYTES, Table
from kit.spreadsheets.workbook import read_xlsx

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_HEADING_ROWS = 15
# What zipfile, expat and openpyxl raise over a damaged file: a zoo, not one error.
_DAMAGED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BadZipFile,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def read_table(content: bytes, filename: str, expecting: Collection[str] = ()) -> Table:
    """The sheet that looks most like a roster; raises `Refusal("roster.…")` for whatever is no plain table.

    `expecting` are words that stand in a heading row: with several sheets the one that shows most of them
    wins, then the fullest. Meant for the child process of `read_table_apart`; the limits are X18's.
    """
    if len(content) > MOST_BYTES:
        raise Refusal("roster.too_large", limit=MOST_BYTES // 2**20)
    suffix = PurePath(filename).suffix.lower()
    _require_kind(content, suffix)
    try:
        tables = read_xlsx(content) if suffix == ".xlsx" else [read_csv(content)]
    except _DAMAGED as error:
        raise Refusal("roster.unreadable") from error
    filled = [table for table in tables if table.rows]
    if not filled:
        raise Refusal("roster.empty")
    return max(filled, key=lambda table: _promise(table, frozenset(expecting)))


def _require_kind(content: bytes, suffix: str) -> None:
    if not content.strip():
        raise Refusal("roster.empty")
    if content.startswith(_OLE):
        raise Refusal("roster.locked" if _LOCKED in content else "roster.old_format")
    if suffix in (".xlsm", ".xltm", ".xlam"):
        raise Refusal("roster.macros")
    if suffix not in (".xlsx", ".csv"):
        raise Refusal("roster.old_format" if suffix in (".xls", ".et", ".xlsb") else "roster.wrong_kind")
    if content.lstrip()[:1] == b"<":
        raise Refusal("roster.web_page")
    if content.startswith(b"PK\x03\x04") != (suffix == ".xlsx"):
        raise Refusal("roster.wrong_kind")


def _promise(table: Table, expecting: frozenset[str]) -> tuple[int, int]:
    known = (len(expecting & {"".join(cell.split()) for cell in row}) for row in table.rows[:_HEADING_ROWS])
    return max(known, default=0), sum(map(len, table.rows))
