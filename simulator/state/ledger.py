"""The platform's own books: every call with its outcome, every send it accepted, every push it made."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from typing import Any

RECENT = 2_000


class Ledger:
    """Only ever added to, so that a test can compare it with the other side's books."""

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()
        self.refused: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self.lost: Counter[str] = Counter()
        self.unanswered: list[dict[str, str]] = []
        self.sent: list[dict[str, Any]] = []
        self.pushes: Counter[str] = Counter()
        self.recent_pushes: deque[dict[str, Any]] = deque(maxlen=RECENT)
        self.rids: dict[str, dict[str, Any]] = {}

    def refuse(self, path: str, code: int, rid: str, at: float) -> None:
        self.refused[path][code] += 1
        self.rids[rid] = {"invoke_time": int(at), "request_url": path, "errcode": code}
        while len(self.rids) > RECENT:
            del self.rids[next(iter(self.rids))]

    def calls(self) -> dict[str, Any]:
        """Counters per API path, as `GET /sim/calls` shows them."""
        paths = sorted({*self.accepted, *self.refused, *self.lost})
        return {path: self._call(path) for path in paths}

    def _call(self, path: str) -> dict[str, Any]:
        codes = {str(code): times for code, times in sorted(self.refused[path].items())}
        return {"accepted": self.accepted[path], "refused": codes, "lost": self.lost[path]}
