"""One knock of the visit jobs without the scheduler: plans, reminds, greets and lets rise at a moment."""

from __future__ import annotations

from datetime import datetime

from kit.clock import local_day
from services.care import visits
from services.care.visit_rules import VisitRules
from services.county import escalation

RULES = VisitRules()


async def plan(now: datetime, rules: VisitRules = RULES, page: int = 500) -> visits.Planned:
    """Everything the planning job does; the sums of its pages."""
    await visits.note_rules(rules, now)
    await visits.clear_up(now=now)
    keepers = visits.Keepers(local_day(now), rules.visits.most_open)
    await visits.hand_over(keepers, now=now)
    looked_at = made = changed = 0
    while True:
        done = await visits.plan_page(rules, keepers, now=now, page=page)
        looked_at, made, changed = looked_at + done.looked_at, made + done.made, changed + done.changed
        if not done.looked_at:
            return visits.Planned(looked_at, made, changed)


async def remind(now: datetime, rules: VisitRules = RULES) -> int:
    """The reminders that stand now; how many notices."""
    keepers = visits.Keepers(local_day(now))
    visitors: set[int] = set()
    after: int | None = 0
    while after is not None:
        page = await visits.visitors_to_remind(rules, keepers, now=now, after=after)
        visitors, after = visitors | page.visitors, page.last
    return sum([await visits.remind(one, rules, now=now) for one in sorted(visitors)])


async def rise(now: datetime, rules: VisitRules = RULES) -> int:
    """Everything that rises now, step after step; how many steps of how many duties."""
    kind, risen = visits.VisitRising(rules), 0
    while tellings := await escalation.due(kind, now=now):
        risen += sum([await escalation.tell(kind, one, now=now) for one in tellings])
    return risen
