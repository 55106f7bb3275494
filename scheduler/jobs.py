"""All timed jobs of the house, in the order in which they run when several are due."""

from __future__ import annotations

from scheduler.care.care_plans import care_plans
from scheduler.care.curtain import curtain
from scheduler.care.emergency import emergency
from scheduler.care.life_events import life_events
from scheduler.care.visits import ask_about_visits, greet_members, plan_visits, remind_visits
from scheduler.county.desk import count_members, count_past_months, monday_lines
from scheduler.county.escalation import rise
from scheduler.county.upkeep import after_outage, heartbeat, retention, token_care, unfinished_imports
from scheduler.help.posts import JOBS as POST_JOBS
from scheduler.job import Job
from scheduler.outbox import outbox, stalled
from scheduler.outreach.broadcasts import count_standings, mass_jobs, spread_broadcasts
from scheduler.outreach.calls import announce_calls, move_calls
from scheduler.people.check_in import check_in
from scheduler.people.erasure import erasure, erasure_journal
from scheduler.people.looks import JOBS as LOOK_JOBS

JOBS: list[Job] = [
    emergency,
    heartbeat,
    after_outage,
    token_care,
    retention,
    unfinished_imports,
    erasure,
    erasure_journal,
    curtain,
    check_in,
    *POST_JOBS,
    *LOOK_JOBS,
    spread_broadcasts,
    count_standings,
    mass_jobs,
    move_calls,
    announce_calls,
    plan_visits,
    remind_visits,
    greet_members,
    monday_lines,
    count_past_months,
    count_members,
    ask_about_visits,
    life_events,
    care_plans,
    rise,
    stalled,
    outbox,
]
