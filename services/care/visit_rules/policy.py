"""The county's numbers for visits as policies: birthdays, windows, reminders, ladders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from hashlib import sha256
from typing import Literal

from kit.county import BirthdayNumbers, County, Period, VisitNumbers
from services.county.escalation import LEVELS, Ladder, Rung

FestivalKind = Literal["spring_festival", "july_first", "double_ninth"]
Counting = Literal["full", "nominal"]

OFFSETS = (0, -1, -2)
"""birthday_offset: completed years minus the round number (0: full 80; −1: nominal 80; −2: nominal 79)."""


@dataclass(frozen=True, slots=True)
class ExtraAge:
    """A birthday marked beside the round ones: "full" (周岁) 85, "nominal" (虚岁) 90."""

    age: int
    counting: Counting = "full"


@dataclass(frozen=True, slots=True)
class BirthdayPolicy:
    """Which birthdays (逢十生日) are marked: the tens from `from_age` on, moved by each sex's offset."""

    from_age: int = 60
    offset_men: int = 0
    offset_women: int = 0
    extra_ages: tuple[ExtraAge, ...] = ()

    def __post_init__(self) -> None:
        if self.offset_men not in OFFSETS or self.offset_women not in OFFSETS:
            raise ValueError(f"a birthday offset is one of {OFFSETS}")

    @classmethod
    def of(cls, numbers: BirthdayNumbers) -> BirthdayPolicy:
        """The county's numbers as a policy."""
        full = tuple(ExtraAge(age) for age in numbers.extra_full_ages)
        nominal = tuple(ExtraAge(age, "nominal") for age in numbers.extra_nominal_ages)
        return cls(numbers.first_age, numbers.offset_male, numbers.offset_female, full + nominal)

    def offset(self, sex: str) -> int:
        """The offset for "male" or "female"; unknown: the earlier one, since late is worse than early."""
        known = {"male": self.offset_men, "female": self.offset_women}
        return known.get(sex, min(known.values()))


@dataclass(frozen=True, slots=True)
class EventPolicy:
    """How soon somebody is visited after an event, and how often a bereaved household is called."""

    hospital_days: int = 3
    hospital_again_days: int = 30
    discharge_days: int = 7
    condolence_hours: int = 24
    hardship_days: int = 3
    hardship_urgent_hours: int = 24
    call_days: tuple[int, ...] = (7, 30, 100, 365)


def _rungs(after: tuple[int, int, int]) -> tuple[Rung, ...]:
    """The first step is the due moment itself; the three above follow after so long."""
    return tuple(Rung(many, level) for many, level in zip((0, *after), LEVELS, strict=True))


_IN_DAYS = Ladder(_rungs((1, 3, 7)))
_IN_ONE_LIST = Ladder((Rung(0, "secretary"),))
_IN_HOURS = Ladder(_rungs((12, 24, 48)), "hours")
_EVENTS = EventPolicy()


@dataclass(frozen=True, slots=True)
class VisitPolicy:
    """The county's numbers for visits; all times of day are Asia/Shanghai.

    `wellbeing` is how often somebody is visited with no, one, or two and more risks, `tiers` how often each tier does;
    `most_open` is how many open duties one visitor can bear. So long as `rhythm_ahead_days` before its first day a
    week's, month's or quarter's duty is made.
    """

    festivals: tuple[FestivalKind, ...] = ("spring_festival", "july_first", "double_ninth")
    festival_days_before: int = 14
    birthday_days_before: int = 3
    reminder_days: tuple[int, ...] = (7, 3, 1, 0)
    reminder_at: time = time(8, 30)
    ladder: Ladder = _IN_DAYS
    festival_ladder: Ladder = _IN_ONE_LIST
    event_ladder: Ladder = _IN_HOURS
    events: EventPolicy = _EVENTS
    plan_ahead_days: int = 60
    rhythm_ahead_days: int = 7
    greets: bool = True
    greet_at: time = time(8, 30)
    wellbeing: tuple[Period, ...] = ("quarter", "month", "week")
    tiers: tuple[tuple[str, Period], ...] = (("county", "year"), ("township", "half"), ("community", "quarter"))
    most_open: int = 60

    @classmethod
    def of(cls, numbers: VisitNumbers) -> VisitPolicy:
        """The county's numbers as a policy; the first step of each ladder is the due moment itself."""
        return cls(
            festivals=numbers.festivals,
            festival_days_before=numbers.festival_window_days,
            birthday_days_before=numbers.birthday_window_days,
            reminder_days=numbers.remind_days,
            reminder_at=numbers.remind_at,
            ladder=Ladder(_rungs(numbers.rise_days), at=numbers.overdue_at),
            festival_ladder=Ladder((Rung(0, "secretary"),), at=numbers.overdue_at),
            event_ladder=Ladder(_rungs(numbers.rise_hours), "hours"),
            events=_events(numbers),
            plan_ahead_days=numbers.plan_ahead_days,
            greets=numbers.greet,
            greet_at=numbers.greet_at,
            wellbeing=numbers.wellbeing,
            tiers=tuple((tier, getattr(numbers, f"tier_{tier}")) for tier in ("county", "township", "community")),
            most_open=numbers.most_open,
        )


def _events(numbers: VisitNumbers) -> EventPolicy:
    return EventPolicy(
        hospital_days=numbers.hospital_days,
        hospital_again_days=numbers.hospital_again_days,
        discharge_days=numbers.discharge_days,
        condolence_hours=numbers.condolence_hours,
        hardship_days=numbers.hardship_days,
        hardship_urgent_hours=numbers.hardship_urgent_hours,
        call_days=numbers.condolence_call_days,
    )


@dataclass(frozen=True, slots=True)
class VisitRules:
    """Everything a county decides about calendar visits; `local` are communities with numbers of their own."""

    birthdays: BirthdayPolicy = BirthdayPolicy()
    visits: VisitPolicy = VisitPolicy()
    local: Mapping[int, VisitPolicy] = field(default_factory=dict)

    def visits_at(self, community_id: int | None) -> VisitPolicy:
        """The numbers that hold for somebody who lives there: windows and reminders may differ, nothing else."""
        return self.local.get(community_id or 0, self.visits)

    @property
    def fingerprint(self) -> str:
        """Differs when a person's occasions or their windows may differ, so that all must be looked at anew."""
        policy = self.visits
        decisive = (
            self.birthdays,
            policy.festivals,
            policy.festival_days_before,
            policy.birthday_days_before,
            policy.wellbeing,
            policy.tiers,
            *((place, own.festival_days_before, own.birthday_days_before) for place, own in sorted(self.local.items())),
        )
        return sha256(repr(decisive).encode()).hexdigest()[:16]


def rules_of(county: County) -> VisitRules:
    """The rules of a county: the one place where its numbers become policies."""
    return VisitRules(BirthdayPolicy.of(county.birthdays), VisitPolicy.of(county.visits))
