"""Who may reach what (promise X15), and who is the named person for something now."""

from services.people.access.chains import Chains
from services.people.access.duty import Level, escalation_chain, keeper_for, on_duty, present, responsible
from services.people.access.reach import Grant, Reach, may, reach_of, require, visible
from services.people.access.rules import MAY, Action, Capacity, Scope

__all__ = [
    "MAY",
    "Action",
    "Capacity",
    "Chains",
    "Grant",
    "Level",
    "Reach",
    "Scope",
    "escalation_chain",
    "keeper_for",
    "may",
    "on_duty",
    "present",
    "reach_of",
    "require",
    "responsible",
    "visible",
]
