"""A csv file as a table: the encodings and delimiters that Excel, WPS and phones write."""

from __future__ import annotations

import csv
import re
from io import StringIO

from kit.errors import Refusal
from kit.spreadsheets.table import Budget, Filling, Table

_DELIMITERS = ",;\t"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"\s*<(!doctype|html|table|\?xml|meta|head|style)", re.IGNORECASE)
_FIRST_LINES = 20


def read_csv(content: bytes) -> Table:
    """UTF-8 with or without mark, or GB18030; comma, semicolon or tab, whichever most lines hold."""
    text = _decode(content)
    if _MARKUP.match(text):
        raise Refusal("roster.web_page")
    if _CONTROL.search(text):
        raise Refusal("roster.wrong_kind")
    filling = Filling(Budget())
    try:
        for number, cells in enumerate(csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text)), start=1):
            filling.put(number, [cell.strip() for cell in cells])
    except csv.Error as error:
        raise Refusal("roster.unreadable") from error
    return Table("", filling.rows)


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal("roster.encoding")


def _delimiter(text: str) -> str:
    """The one that occurs on most of the first lines; a comma inside an address does not win over tabs."""
    lines = [line for line in text.splitlines()[: _FIRST_LINES * 2] if line.strip()][:_FIRST_LINES]
    return max(_DELIMITERS, key=lambda mark: sum(mark in line for line in lines))
