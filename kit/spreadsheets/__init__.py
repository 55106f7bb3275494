"""Spreadsheets in and out: foreign files read within limits, our own written so that nothing in them runs."""

from kit.spreadsheets.apart import read_table_apart
from kit.spreadsheets.reading import read_table
from kit.spreadsheets.table import MOST_COLUMNS, Table
from kit.spreadsheets.writing import Cell, write_csv, write_xlsx

__all__ = ["MOST_COLUMNS", "Cell", "Table", "read_table", "read_table_apart", "write_csv", "write_xlsx"]
