"""Lets what stays undone rise: secretary, community, township, county, each a named person; one engine for all.

A capability brings its matters, its ladder and its words (`Rising`); who is told, when, and that each hears once is
settled here.
"""

from services.county.escalation.ladders import LEVELS, Ladder, Level, Rung, step_reached
from services.county.escalation.rising import (
    Matter,
    Rising,
    Step,
    Telling,
    due,
    has_heard,
    heard_by,
    steps_of,
    story_of,
    tell,
)

__all__ = [
    "LEVELS",
    "Ladder",
    "Level",
    "Matter",
    "Rising",
    "Rung",
    "Step",
    "Telling",
    "due",
    "has_heard",
    "heard_by",
    "step_reached",
    "steps_of",
    "story_of",
    "tell",
]
