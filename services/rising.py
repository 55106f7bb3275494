"""Everything of the house that rises when it stays undone, in the order in which it is looked at."""

from __future__ import annotations

from kit.county import County
from services.check_in import CheckInRising
from services.escalation import Rising
from services.life_events import ReportRising
from services.visit_rules import VisitRules
from services.visits import DoubtRising, VisitRising
from services.wishes import WishRising


def all_of(county: County, rules: VisitRules) -> tuple[Rising, ...]:
    """By this county's numbers."""
    return (
        ReportRising(county.visits.report_rise_hours),
        VisitRising(rules),
        DoubtRising(county.wishes.rise_hours),
        CheckInRising(county.check_in.tell_township_day),
        WishRising(county.wishes.rise_hours),
    )
