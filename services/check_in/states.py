"""The states of a registration, and of somebody who is on no roster yet."""

SUBMITTED, UNDER_REVIEW, ACCEPTED = "submitted", "under_review", "accepted"
RETURNED, MOVED_OUT = "returned", "moved_out"
WAITING = (SUBMITTED, UNDER_REVIEW)
APPLICANT = "applicant"
"""The state of a person who stands on no roster and has asked to be taken in."""
