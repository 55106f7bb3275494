"""The parts of a day as facts, for sentences that are rendered later."""

from __future__ import annotations

from datetime import date

from texts.days import spoken_day


def day_facts(day: date) -> dict[str, str]:
    """`{"day": …}` as elders read it."""
    return {"day": spoken_day(day)}
