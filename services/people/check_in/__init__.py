"""报到: a person registers with the residential community, and the community worker answers within three workdays."""

from services.people.check_in.applying import (
    Application,
    accepted_of,
    latest_of,
    newcomer,
    open_one,
    submit,
    waiting_for,
    withdraw,
)
from services.people.check_in.certificates import (
    Certificate,
    certificate,
    certificates_of,
    send_certificate,
    verified,
)
from services.people.check_in.reminding import CheckInRising, remind
from services.people.check_in.reviewing import accept, reopen, return_to_sender, standing_before
from services.people.check_in.states import ACCEPTED, APPLICANT, MOVED_OUT, RETURNED, SUBMITTED, UNDER_REVIEW, WAITING

__all__ = [
    "ACCEPTED",
    "APPLICANT",
    "MOVED_OUT",
    "RETURNED",
    "SUBMITTED",
    "UNDER_REVIEW",
    "WAITING",
    "Application",
    "Certificate",
    "CheckInRising",
    "accept",
    "accepted_of",
    "certificate",
    "certificates_of",
    "latest_of",
    "newcomer",
    "open_one",
    "remind",
    "reopen",
    "return_to_sender",
    "send_certificate",
    "standing_before",
    "submit",
    "verified",
    "waiting_for",
    "withdraw",
]
