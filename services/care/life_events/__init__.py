"""What happens to a person and concerns every capability: hospital, hardship, a death, a withdrawal, a move.

Somebody reports it, one named person confirms it before anybody else is told, and then it has its effects at once; a
mistaken report or confirmation is undone whole.
"""

from services.care.life_events.confirming import (
    Confirmed,
    confirm,
    discharge,
    discharge_of,
    refute,
    take_back,
    visit_again,
    withdraw,
)
from services.care.life_events.ending import Stopped, died, moved_away, undo_death, withdrew
from services.care.life_events.looking import Seen, may_confirm, namesakes, one_of, waiting_for
from services.care.life_events.reporting import KINDS, Report, Reported, name_subject, release_holds, report
from services.care.life_events.rising import ReportRising

__all__ = [
    "KINDS",
    "Confirmed",
    "Report",
    "ReportRising",
    "Reported",
    "Seen",
    "Stopped",
    "confirm",
    "died",
    "discharge",
    "discharge_of",
    "may_confirm",
    "moved_away",
    "name_subject",
    "namesakes",
    "one_of",
    "refute",
    "release_holds",
    "report",
    "take_back",
    "undo_death",
    "visit_again",
    "waiting_for",
    "withdraw",
    "withdrew",
]
