"""窗帘行动: a daily sign of life that somebody has agreed to, and who looks when it does not come.

Agreeing says who gives which sign by when and who looks; looking opens each half-day without a sign; answering says
how it was; rising tells the levels above while nobody has. Every sign ends it: the person's own words, the family's,
a watcher's tick, a call.
"""

from services.care.curtain.agreeing import (
    SIGNS,
    Terms,
    agree,
    end,
    pause,
    rest,
    resume,
    stop_for,
    subscription_of,
    wake,
    watcher_called,
)
from services.care.curtain.answering import (
    Opened,
    Watched,
    asked_to_come,
    away,
    no_sign,
    opened,
    round_of,
    said_fine,
    say_fine,
    tick,
    told_of,
)
from services.care.curtain.looking import greet, look, settle_by_signs
from services.care.curtain.rising import CurtainRising, risings
from services.care.curtain.rules import CurtainPolicy
from services.care.curtain.telling import take_steps

__all__ = [
    "SIGNS",
    "CurtainPolicy",
    "CurtainRising",
    "Opened",
    "Terms",
    "Watched",
    "agree",
    "asked_to_come",
    "away",
    "end",
    "greet",
    "look",
    "no_sign",
    "opened",
    "pause",
    "rest",
    "resume",
    "risings",
    "round_of",
    "said_fine",
    "say_fine",
    "settle_by_signs",
    "stop_for",
    "subscription_of",
    "take_steps",
    "tick",
    "told_of",
    "wake",
    "watcher_called",
]
