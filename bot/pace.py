"""Counts what each account sends within a minute, so that one that floods is asked to rest (promise X17)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime


class Pace:
    """Remembers no more than the accounts of the minute that runs; each process counts for itself."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._minute = 0
        self._sent: Counter[str] = Counter()

    def is_hasty(self, openid: str, now: datetime) -> bool:
        """Count one message; whether this account has sent more than it may within this minute."""
        minute = int(now.timestamp()) // 60
        if minute != self._minute:
            self._minute = minute
            self._sent.clear()
        self._sent[openid] += 1
        return self._sent[openid] > self._per_minute
