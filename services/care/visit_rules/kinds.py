"""The kinds of visits and what differs between them: the ladder, what a push may say, what a death leaves standing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from services.care.visit_rules.policy import VisitPolicy
from services.county.escalation import Ladder

VisitKind = Literal[
    "festival_visit",
    "decade_birthday_visit",
    "hospital_visit",
    "condolence_visit",
    "condolence_call",
    "hardship_visit",
    "wellbeing_visit",
    "tier_visit",
    "home_round",
    "home_study_delivery",
]
Source = Literal["calendar", "event", "rhythm"]
Climb = Literal["days", "festival", "hours"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of visit.

    `source` is what makes its duties, `climb` which ladder it rises by. One that is `discreet` tells of illness,
    death or need, so that no push names it (promise V12). One that is `for_family` stands when its subject has died.
    """

    source: Source
    climb: Climb = "days"
    discreet: bool = False
    for_family: bool = False


KINDS: Mapping[VisitKind, Kind] = MappingProxyType(
    {
        "festival_visit": Kind("calendar", "festival"),
        "decade_birthday_visit": Kind("calendar"),
        "hospital_visit": Kind("event", "hours", discreet=True),
        "condolence_visit": Kind("event", "hours", discreet=True, for_family=True),
        "condolence_call": Kind("event", discreet=True, for_family=True),
        "hardship_visit": Kind("event", "hours", discreet=True),
        "wellbeing_visit": Kind("rhythm"),
        "tier_visit": Kind("rhythm"),
        "home_round": Kind("rhythm", discreet=True),
        "home_study_delivery": Kind("rhythm"),
    }
)

DISCREET = frozenset(name for name, kind in KINDS.items() if kind.discreet)
FOR_FAMILY = frozenset(name for name, kind in KINDS.items() if kind.for_family)
FROM_RHYTHMS = frozenset(name for name, kind in KINDS.items() if kind.source == "rhythm")
FROM_EVENTS = frozenset(name for name, kind in KINDS.items() if kind.source == "event")


def ladder_of(kind: VisitKind, policy: VisitPolicy) -> Ladder:
    """By which steps an undone visit of this kind rises."""
    ladders = {"days": policy.ladder, "festival": policy.festival_ladder, "hours": policy.event_ladder}
    return ladders[KINDS[kind].climb]
