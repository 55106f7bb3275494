"""The states of a registration, and of somebody who is on no roster yet."""

from models.people.check_in import ACCEPTED as ACCEPTED  # again: a face asks services for it

SUBMITTED, UNDER_REVIEW = "submitted", "under_review"
RETURNED, MOVED_OUT = "returned", "moved_out"
WITHDRAWN = "withdrawn"
"""Taken back by whoever handed it in, before anybody had answered."""
WAITING = (SUBMITTED, UNDER_REVIEW)
APPLICANT = "applicant"
"""The state of a person who stands on no roster and has asked to be taken in."""
