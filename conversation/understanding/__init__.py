"""Understands one message of a member: text in, `Reading` out; no clock, no rows, no network."""

from conversation.understanding.reading import Reading, counts_as, is_fraud, read, read_as
from conversation.understanding.short import is_escape, spoken_number, spoken_yes_no

__all__ = ["Reading", "counts_as", "is_escape", "is_fraud", "read", "read_as", "spoken_number", "spoken_yes_no"]
