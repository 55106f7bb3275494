"""Puts a branch's roster (名册) into the house, all or nothing, and takes the last one back."""

from services.roster.applying import apply
from services.roster.portions import Run
from services.roster.preparing import Prepared, PreparedRow, prepare
from services.roster.undoing import Kept, Undone, take_back_unfinished, undo_last

__all__ = ["Kept", "Prepared", "PreparedRow", "Run", "Undone", "apply", "prepare", "take_back_unfinished", "undo_last"]
