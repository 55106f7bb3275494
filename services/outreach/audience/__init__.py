"""Who is meant by an audience in words, and by which way each of them is reached."""

from services.outreach.audience.people import (
    ACTIVITY_KINDS,
    ALL_TOLD,
    MISSED,
    PAGE,
    TOPIC,
    UNANSWERED,
    Audience,
    Found,
    audience_of,
    count_of,
    is_anybody,
    page_of,
    pages,
)
from services.outreach.audience.places import understood
from services.outreach.audience.ways import Ways, policy_of, quiet_of, way_of_each, ways_to
from services.outreach.audience.wording import Said, read_said

__all__ = [
    "ACTIVITY_KINDS",
    "ALL_TOLD",
    "MISSED",
    "PAGE",
    "TOPIC",
    "UNANSWERED",
    "Audience",
    "Found",
    "Said",
    "Ways",
    "audience_of",
    "count_of",
    "is_anybody",
    "page_of",
    "pages",
    "policy_of",
    "quiet_of",
    "read_said",
    "understood",
    "way_of_each",
    "ways_to",
]
