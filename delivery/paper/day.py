"""A day as it is printed: date and weekday (promise E11)."""

from __future__ import annotations

from datetime import date

import texts


def in_words(day: date) -> str:
    """For example 2026年11月22日 星期日."""
    weekday = texts.section("paper", "calendar")["weekdays"][day.weekday()]
    return texts.render("paper.day", year=day.year, month=day.month, day=day.day, weekday=weekday)
