"""Says in words whom a broadcast is for, by which ways it goes, and when."""

from __future__ import annotations

from datetime import datetime

import texts
from delivery.quiet import QuietPolicy, next_allowed
from kit.clock import local
from services.outreach.audience import ALL_TOLD, Audience, Ways
from texts.days import spoken_moment


def audience_in_words(meant: Audience) -> str:
    """The audience as it was understood: 金桂花园3栋、75岁以上、女同志."""
    shown = texts.section("broadcasts", "shown")
    place = texts.render("words.comma").join(meant.names)
    if meant.building:
        place += str(shown["building"]).format(number=meant.building)
    parts = [
        place,
        _ages_in_words(meant),
        str(shown.get(meant.sex or "", "")),
        str(shown.get(meant.standing or "", "")),
    ]
    parts += [*meant.offices, *([shown["unchecked"]] if meant.is_unchecked else [])]
    if meant.earlier:
        parts.append(shown["same" if meant.standing_in_it == ALL_TOLD else "missed"])
    return texts.render("words.comma").join(part for part in parts if part)


def _ages_in_words(meant: Audience) -> str:
    lowest, highest = meant.from_age, meant.to_age
    if lowest is None and highest is None:
        return ""
    name = "between"
    if highest is None or lowest is None:
        name = "from" if highest is None else "to"
    elif lowest == highest:
        name = "exact"
    form = str(texts.section("broadcasts", "shown")[f"years_{name}"])
    return form.format(lowest=lowest, highest=highest)


def ways_in_words(ways: Ways) -> str:
    """154人在聊天里收、31人收模板消息、25人由6位联络员转告; ways nobody goes are left out."""
    parts = [
        texts.render(f"broadcasts.way_{name}", count=count, tellers=ways.tellers)
        for name, count in (
            ("chat", ways.chat),
            ("form", ways.form),
            ("mass", ways.mass),
            ("sms", ways.sms),
            ("told", ways.told),
        )
        if count
    ]
    return texts.render("words.comma").join(parts)


def clock_in_words(moment: datetime, now: datetime, quiet: QuietPolicy) -> str:
    """When something ready at `moment` goes out, after the quiet hours; with the day unless that is today."""
    return spoken_moment(local(next_allowed(moment, quiet)), local(now).date())
