"""Copies of the whole database: taken while it is in use, looked into, put into an empty one."""

from models.backup.crossing import restore_from_sqlite
from models.backup.empty import empty_out, is_empty, total_rows
from models.backup.portable import read_portable, restore_portable, write_portable
from models.backup.sqlite import copy_sqlite, look_into_sqlite, sealed_values_of_sqlite

__all__ = [
    "copy_sqlite",
    "empty_out",
    "is_empty",
    "look_into_sqlite",
    "read_portable",
    "restore_from_sqlite",
    "restore_portable",
    "sealed_values_of_sqlite",
    "total_rows",
    "write_portable",
]
