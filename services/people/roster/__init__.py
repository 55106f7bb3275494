"""Puts a branch's roster (名册) into the house, all or nothing, and takes the last one back."""

from services.people.roster.applying import apply
from services.people.roster.portions import Run
from services.people.roster.preparing import Prepared, PreparedRow, prepare
from services.people.roster.undoing import Kept, Undone, take_back_unfinished, undo_last

__all__ = ["Kept", "Prepared", "PreparedRow", "Run", "Undone", "apply", "prepare", "take_back_unfinished", "undo_last"]
