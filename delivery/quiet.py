"""Quiet hours: when a person may be sent something, and how much in one day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kit.clock import at_local, local, local_day

_MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class QuietSpan:
    """A span of the wall clock from `starts` up to, not including, `ends`; it may pass midnight."""

    starts: time
    ends: time

    def covers(self, clock: time) -> bool:
        """Whether the wall-clock time lies inside; a span that ends where it starts is empty."""
        if self.starts <= self.ends:
            return self.starts <= clock < self.ends
        return clock >= self.starts or clock < self.ends


@dataclass(frozen=True, slots=True)
class QuietPolicy:
    """The county's quiet hours in Asia/Shanghai, the pushes a person gets a day, and what neither binds."""

    spans: tuple[QuietSpan, ...] = (QuietSpan(time(21), time(7, 30)), QuietSpan(time(12), time(14)))
    daily_cap: int = 3
    exempt: frozenset[str] = frozenset({"emergency", "missing_sign_of_life", "same_day_shift"})

    def __post_init__(self) -> None:
        openings = {span.ends for span in self.spans} | {_MIDNIGHT}
        if all(any(span.covers(clock) for span in self.spans) for clock in openings):
            raise ValueError("the quiet hours leave no time of the day")
        if self.daily_cap < 1:
            raise ValueError("the daily cap leaves no notice at all")


def is_quiet(moment: datetime, policy: QuietPolicy) -> bool:
    """Whether the aware `moment` lies in the county's quiet hours."""
    return any(span.covers(local(moment).time()) for span in policy.spans)


def next_allowed(moment: datetime, policy: QuietPolicy) -> datetime:
    """`moment` itself, or the end of the quiet hours it lies in; aware, shown in Asia/Shanghai."""
    moment = local(moment)
    while (span := _span_at(moment, policy)) is not None:
        day = moment.date() + timedelta(days=span.ends <= moment.time())
        moment = local(at_local(day, span.ends))
    return moment


def has_room(pushes: Collection[datetime], day: date, policy: QuietPolicy) -> bool:
    """Whether the person, pushed to at these moments so far, may get one more on `day` (Asia/Shanghai)."""
    return sum(local_day(moment) == day for moment in pushes) < policy.daily_cap


def earliest_push(moment: datetime, topic: str, pushes: Collection[datetime], policy: QuietPolicy) -> datetime:
    """When a notice of `topic` ready at `moment` may go: outside quiet hours, on a day with room.

    Exempt topics go at once. `pushes` are the moments of the capped notices the person was or will be sent;
    an answer to what the person has just done is no push and not asked here. Aware, in Asia/Shanghai.
    """
    if topic in policy.exempt:
        return local(moment)
    allowed = next_allowed(moment, policy)
    while not has_room(pushes, allowed.date(), policy):
        allowed = next_allowed(at_local(allowed.date() + timedelta(days=1), _MIDNIGHT), policy)
    return allowed


def _span_at(moment: datetime, policy: QuietPolicy) -> QuietSpan | None:
    return next((span for span in policy.spans if span.covers(moment.time())), None)
