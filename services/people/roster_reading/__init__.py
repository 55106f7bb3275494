"""Reading a branch's own roster (名册): a foreign table in, drafts of members with a report per row out.

Pure: no row of the database, no clock. What is read here is applied by the capability that owns members.
"""

from services.people.roster_reading.drafts import (
    Column,
    Contact,
    Ignored,
    MemberDraft,
    Problem,
    RosterReading,
    RowReading,
)
from services.people.roster_reading.headings import heading_words
from services.people.roster_reading.matching import Change, KnownMember, Match, Plan, match
from services.people.roster_reading.mending import Cell, cells_to_mend, corrected, corrections, wants_mending
from services.people.roster_reading.reading import read_roster

__all__ = [
    "Cell",
    "Change",
    "Column",
    "Contact",
    "Ignored",
    "KnownMember",
    "Match",
    "MemberDraft",
    "Plan",
    "Problem",
    "RosterReading",
    "RowReading",
    "cells_to_mend",
    "corrected",
    "corrections",
    "heading_words",
    "match",
    "read_roster",
    "wants_mending",
]
