"""Counts calls per API, day and minute, and says when the platform would have had enough (wechat.md §5.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from simulator.errors import Refused
from simulator.state.clock import Clock

DAILY: dict[str, int] = {
    "/cgi-bin/token": 2_000,
    "/cgi-bin/stable_token": 500_000,
    "/cgi-bin/menu/create": 1_000,
    "/cgi-bin/menu/get": 10_000,
    "/cgi-bin/menu/delete": 1_000,
    "/cgi-bin/menu/addconditional": 2_000,
    "/cgi-bin/menu/delconditional": 2_000,
    "/cgi-bin/menu/trymatch": 20_000,
    "/cgi-bin/tags/create": 1_000,
    "/cgi-bin/tags/get": 1_000,
    "/cgi-bin/tags/update": 1_000,
    "/cgi-bin/tags/members/batchtagging": 100_000,
    "/cgi-bin/tags/members/batchuntagging": 100_000,
    "/cgi-bin/media/upload": 5_000,
    "/cgi-bin/media/get": 10_000,
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/message/mass/sendall": 100,
    "/cgi-bin/message/mass/send": 100,
    "/cgi-bin/message/mass/preview": 100,
    "/cgi-bin/message/template/send": 100_000,
    "/cgi-bin/qrcode/create": 100_000,
    "/cgi-bin/user/get": 500,
    "/cgi-bin/user/info": 5_000_000,
    "/cgi-bin/user/info/updateremark": 10_000,
    "/cgi-bin/getcallbackip": 5_000,
}
EACH_MINUTE: dict[str, int] = {
    "/cgi-bin/stable_token": 10_000,
    "/cgi-bin/message/mass/sendall": 60,
    "/cgi-bin/message/mass/send": 60,
    "/sns/oauth2/access_token": 50_000,
    "/sns/userinfo": 50_000,
}
DEFAULT_DAILY = 100_000
CLEARS_PER_MONTH = 10
SINGLE_CLEARS_PER_MONTH = 50


class Quotas:
    """Daily counters turn over at midnight in Beijing, minute counters with the clock's minute."""

    def __init__(self, clock: Clock, daily: Mapping[str, int]) -> None:
        self._clock = clock
        self._daily = {**DAILY, **daily}
        self._used: Counter[str] = Counter()
        self._minute_used: Counter[str] = Counter()
        self._day = clock.day()
        self._minute = 0
        self._clears: Counter[str] = Counter()

    def set_daily(self, path: str, limit: int) -> None:
        self._daily[path] = limit

    def limit(self, path: str) -> int:
        return self._daily.get(path, DEFAULT_DAILY)

    def require_room(self, path: str) -> None:
        """Count one call, or refuse it with the daily (45009) or the minute limit (45011)."""
        self._turn_over()
        if self._used[path] >= self.limit(path):
            raise Refused(45009)
        if path in EACH_MINUTE and self._minute_used[path] >= EACH_MINUTE[path]:
            raise Refused(45011)
        self._used[path] += 1
        self._minute_used[path] += 1

    def standing(self, path: str) -> dict[str, object]:
        """What `openapi/quota/get` tells about one API."""
        self._turn_over()
        limit, used = self.limit(path), self._used[path]
        standing: dict[str, object] = {"quota": {"daily_limit": limit, "used": used, "remain": max(0, limit - used)}}
        if path in EACH_MINUTE:
            standing["rate_limit"] = {"call_count": EACH_MINUTE[path], "refresh_second": 60}
        return standing

    def clear(self, path: str | None = None) -> None:
        """Reset all daily counters (10 a month) or one (50 a month); beyond that 48006."""
        kind, most = ("all", CLEARS_PER_MONTH) if path is None else ("one", SINGLE_CLEARS_PER_MONTH)
        key = f"{kind} {self._clock.month()}"
        if self._clears[key] >= most:
            raise Refused(48006)
        self._clears[key] += 1
        if path is None:
            self._used.clear()
        else:
            self._used[path] = 0

    def _turn_over(self) -> None:
        now = self._clock.now()
        if int(now // 60) == self._minute:
            return
        self._minute = int(now // 60)
        self._minute_used.clear()
        today = self._clock.day()
        if today != self._day:
            self._day = today
            self._used.clear()
