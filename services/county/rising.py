"""Everything of the house that rises when it stays undone, in the order in which it is looked at."""

from __future__ import annotations

from kit.county import County
from services.care.life_events import ReportRising
from services.care.visit_rules import VisitRules
from services.care.visits import DoubtRising, VisitRising
from services.county.escalation import Rising
from services.help.wishes import WishRising
from services.people.check_in import CheckInRising


def all_of(county: County, rules: VisitRules) -> tuple[Rising, ...]:
    """By this county's numbers."""
    return (
        ReportRising(county.visits.report_rise_hours),
        VisitRising(rules),
        DoubtRising(county.wishes.rise_hours),
        CheckInRising(county.check_in.tell_township_day),
        WishRising(county.wishes.rise_hours),
    )
