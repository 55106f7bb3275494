"""One cell of a workbook as the text its author meant: phones whole, dates as far as they were given."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from openpyxl.utils.datetime import from_excel

# Chinese Excel keeps these date formats by number alone (ECMA-376, 18.8.30, zh-cn);
# openpyxl takes their cells for plain numbers.
_MONTH_FORMATS = frozenset({27, 36, 50, 52, 57})
_YEARLESS_FORMATS = frozenset({28, 29, 51, 53, 54, 58})
_DAY_FORMATS = frozenset({30, 31})
_LAST_SERIAL = 2_958_465  # 9999-12-31
_DECORATION = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


def cell_text(cell: Any, epoch: datetime) -> str:
    """The cell as text: ISO dates cut to the given precision, whole numbers without point or exponent."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number_or_date(value, cell, epoch)
    if isinstance(value, datetime | date):
        return _date_text(value, _bare_format(cell.number_format))
    if isinstance(value, time | timedelta):
        return str(value)
    return str(value).replace("_x000D_", "").replace("\r\n", "\n").strip()


def _number_or_date(value: float, cell: Any, epoch: datetime) -> str:
    number = cell.style_array.numFmtId if cell.has_style else 0
    if number in _MONTH_FORMATS | _YEARLESS_FORMATS | _DAY_FORMATS and 1 <= value <= _LAST_SERIAL:
        shown = "ym" if number in _MONTH_FORMATS else "md" if number in _YEARLESS_FORMATS else "ymd"
        return _date_text(from_excel(int(value), epoch), shown)
    return _number_text(value, cell.number_format or "")


def _number_text(value: float, number_format: str) -> str:
    if not isfinite(value):
        return ""
    if value == int(value):
        width = len(number_format) if set(number_format) == {"0"} else 0
        return str(int(value)).zfill(width)
    text = format(Decimal(repr(value)), "f")
    # 1946.10 typed under the format 0.00 is October; without its zero it would turn into January.
    places = len(number_format.partition(".")[2]) if re.fullmatch(r"0\.0+", number_format) else 0
    return text + "0" * (places - len(text.partition(".")[2]))


def _bare_format(number_format: str | None) -> str:
    return _DECORATION.sub("", number_format or "").lower()


def _date_text(value: datetime | date, shown: str) -> str:
    """A date whose format hides the day was typed without one, and Excel made it the first of the month."""
    if "y" not in shown and "m" in shown and "d" in shown:
        return f"{value.month:02}-{value.day:02}"
    if "d" not in shown and "y" in shown and value.day == 1:
        return f"{value.year}-{value.month:02}" if "m" in shown else f"{value.year}"
    return f"{value.year}-{value.month:02}-{value.day:02}"
