"""Names occasions and days in the words of the house, for notices and lists."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import texts
from kit.lunar import LunarDay, from_solar
from services.care.visits.settings import BLANKS
from texts.days import spoken_day

if TYPE_CHECKING:
    from services.care.visits.foreseeing import Change

_BY_MOON = ("spring_festival", "double_ninth")


def occasion_in_words(occasion: str) -> str:
    """What the visit is for: 80岁生日, 重阳节."""
    rule, _, number = occasion.partition(":")
    return texts.render(f"visits.occasion_{rule}", number=number)


def sentence_of(name: str, number: int) -> str:
    """A rule with its blank filled; offsets are said as years earlier."""
    words: str = texts.section("visits", "rules")[name]
    return words.format(number=abs(number))


def change_in_words(name: str, change: Change) -> str:
    """What another number in this rule does to one duty: whose, which, and the day it moves to."""
    who = change.name or texts.render("visits.somebody")
    if not change.occasion:
        return who
    known = {"name": who, "occasion": occasion_in_words(change.occasion)}
    if change.after is None:
        return texts.render("visits.rule_off", **known)
    return texts.render(f"visits.rule_{BLANKS[name].effect}", day=spoken_day(change.after), **known)


def day_in_words(day: date) -> str:
    """The day with its weekday: 10月18日(周日)."""
    return spoken_day(day)


def lunar_note(occasion: str, due_on: date, calendar: str) -> str | None:
    """The day by the moon where the occasion follows it, as kept that year: 农历二月初九; else None."""
    rule = occasion.partition(":")[0]
    if rule in _BY_MOON or (calendar == "lunar" and rule.endswith("birthday")):
        return _by_the_moon(from_solar(due_on))
    return None


def _by_the_moon(day: LunarDay) -> str:
    words = texts.section("visits", "lunar")
    month = words["months"][day.month - 1]
    month = texts.render("visits.leap_month", month=month) if day.leap else month
    return texts.render("visits.lunar", month=month, day=words["days"][day.day - 1])
