"""Which duties stand: towards who is there, and towards the family of who has died."""

from __future__ import annotations

from tortoise.expressions import Q

from services.care.visit_rules import FOR_FAMILY
from services.people.members import ACTIVE, DECEASED


def towards_the_present() -> Q:
    """Duties that are to be done now; a reported, unconfirmed death holds the others back but cancels nothing."""
    return Q(subject__state=ACTIVE) | Q(kind__in=list(FOR_FAMILY), subject__state=DECEASED)
