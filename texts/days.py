"""Says a day and a time the way elders read them: 10月18日(周日)上午9点."""

from __future__ import annotations

from datetime import date, datetime

from texts import render, section


def spoken_day(day: date) -> str:
    """`10月18日(周日)`."""
    weekday = section("words", "names")["weekdays"][day.weekday()]
    return render("words.day", month=day.month, day=day.day, weekday=weekday)


_HALVES = ((12, "half_morning"), (14, "half_noon"), (18, "half_afternoon"), (24, "half_evening"))


def spoken_moment(moment: datetime, today: date) -> str:
    """`上午9点05分`, before it the day unless it is `today`; `moment` shows the county's wall clock."""
    half = next(name for until, name in _HALVES if moment.hour < until)
    hour = moment.hour - 12 if moment.hour > 12 else moment.hour
    said = render("words.clock", half=render(f"words.{half}"), hour=hour, minute=f"{moment.minute:02}")
    return said if moment.date() == today else spoken_day(moment.date()) + said
