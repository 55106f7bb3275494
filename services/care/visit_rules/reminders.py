"""When a visitor is reminded of a visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kit.clock import at_local
from services.care.visit_rules.policy import VisitPolicy


@dataclass(frozen=True, slots=True)
class Reminder:
    """A moment (UTC) at which the assignee is reminded, so many days before the due day."""

    at: datetime
    days_before: int


def reminders_due(due_on: date, policy: VisitPolicy) -> list[Reminder]:
    """All reminders of one visit, earliest first."""
    days = sorted(set(policy.reminder_days), reverse=True)
    return [Reminder(at_local(due_on - timedelta(days=n), policy.reminder_at), n) for n in days]


def reminder_step(due_on: date, now: datetime, policy: VisitPolicy) -> Reminder | None:
    """The reminder that stands at `now`, the latest one reached; None before the first and after the due day.

    After an outage this is one reminder, not all that were missed.
    """
    if now >= at_local(due_on + timedelta(days=1), time()):
        return None
    reached = [reminder for reminder in reminders_due(due_on, policy) if reminder.at <= now]
    return reached[-1] if reached else None
