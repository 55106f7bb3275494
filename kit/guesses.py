"""Counts wrong tries at a secret by whoever makes them: slowed after five, stopped after ten (promise X11)."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

SLOWED_AFTER, STOPPED_AFTER = 5, 10
FORGOTTEN_SECONDS = 900.0
"""The rightful user is back within a quarter of an hour."""
SLOW_SECONDS = 1.0
_MOST = 10_000


@dataclass(slots=True)
class _Tries:
    many: int
    last: float


class Guesses:
    """The wrong tries of this process's callers; each process counts for itself, and a restart forgets."""

    def __init__(self, most: int = _MOST) -> None:
        self._tries: OrderedDict[str, _Tries] = OrderedDict()
        self._most = most

    def is_stopped(self, who: str, now: float) -> bool:
        """Whether another try is not even looked at. `now` is in monotonic seconds."""
        return self._standing(who, now) >= STOPPED_AFTER

    def wait(self, who: str, now: float) -> float:
        """How many seconds the next answer is held back."""
        return SLOW_SECONDS if self._standing(who, now) >= SLOWED_AFTER else 0.0

    def wrong(self, who: str, now: float) -> bool:
        """Count a wrong try; whether it is the one that stops them."""
        many = self._standing(who, now) + 1
        self._tries[who] = _Tries(many, now)
        self._tries.move_to_end(who)
        if len(self._tries) > self._most:
            self._tries.popitem(last=False)
        return many == STOPPED_AFTER

    def right(self, who: str) -> None:
        """The right secret forgives what was wrong before."""
        self._tries.pop(who, None)

    def _standing(self, who: str, now: float) -> int:
        found = self._tries.get(who)
        return found.many if found and now - found.last < FORGOTTEN_SECONDS else 0
