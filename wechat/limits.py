"""Keeps every call within the platform's limits: buckets for second and minute, a ledger for the day (R12).

Non-urgent calls leave a tenth of each to the urgent ones: a broadcast can neither use up a day nor hold back
an alarm. Pace is measured by a monotonic clock, days are Asia/Shanghai's. What the platform itself says
closes an API: 45009 until midnight, 45011 for a minute, HTTP 429 for as long as it asks, and longer each time.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from kit.clock import local_day
from wechat.errors import QuotaSpent, seconds_to_midnight

RESERVED = 0.1
"""The share of every limit that only urgent calls may use."""
BURST = 0.2
"""The share of a limit that may be used at once."""
SHARE_UNKNOWN_SECONDS = 0.5
"""How soon a process that does not know its share of the pace asks again."""
LONGEST_REST = 600.0
"""Seconds that turnings-away one after the other may add up to."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one API takes: calls a second (and at once), a minute, a day; None is no limit of that kind."""

    per_second: float = 50
    per_minute: int | None = None
    per_day: int | None = None


RATES: dict[str, Rate] = {
    "/cgi-bin/message/custom/send": Rate(50, per_day=500_000),
    "/cgi-bin/message/custom/typing": Rate(20),
    "/cgi-bin/message/template/send": Rate(50, per_day=100_000),
    "/cgi-bin/message/subscribe/bizsend": Rate(50, per_day=100_000),
    "/cgi-bin/message/mass/send": Rate(2, per_minute=60, per_day=100),
    "/cgi-bin/message/mass/sendall": Rate(2, per_minute=60, per_day=100),
    "/cgi-bin/message/mass/preview": Rate(2, per_day=100),
    "/cgi-bin/user/info": Rate(50, per_day=500_000),
    "/cgi-bin/user/info/batchget": Rate(10, per_day=500_000),
    "/cgi-bin/user/get": Rate(5, per_day=500),
    "/cgi-bin/user/info/updateremark": Rate(10, per_day=10_000),
    "/cgi-bin/tags/create": Rate(5, per_day=1_000),
    "/cgi-bin/tags/get": Rate(5, per_day=1_000),
    "/cgi-bin/tags/update": Rate(5, per_day=1_000),
    "/cgi-bin/tags/members/batchtagging": Rate(10, per_day=100_000),
    "/cgi-bin/tags/members/batchuntagging": Rate(10, per_day=100_000),
    "/cgi-bin/menu/create": Rate(2, per_day=1_000),
    "/cgi-bin/menu/get": Rate(5, per_day=10_000),
    "/cgi-bin/menu/delete": Rate(2, per_day=1_000),
    "/cgi-bin/menu/addconditional": Rate(2, per_day=2_000),
    "/cgi-bin/menu/delconditional": Rate(2, per_day=2_000),
    "/cgi-bin/qrcode/create": Rate(20, per_day=100_000),
    "/cgi-bin/media/upload": Rate(10, per_day=5_000),
    "/cgi-bin/media/get": Rate(10, per_day=10_000),
    "/cgi-bin/getcallbackip": Rate(2, per_day=5_000),
}
"""The platform's table for an ordinary verified account (wechat.md §5.1); what is not here has `Rate()`."""

NAMES: dict[str, str] = {
    "customer": "/cgi-bin/message/custom/send",
    "template": "/cgi-bin/message/template/send",
    "subscription": "/cgi-bin/message/subscribe/bizsend",
    "mass": "/cgi-bin/message/mass/send",
    "user_info": "/cgi-bin/user/info",
    "followers": "/cgi-bin/user/get",
    "menu": "/cgi-bin/menu/create",
    "qr": "/cgi-bin/qrcode/create",
    "media_upload": "/cgi-bin/media/upload",
    "media_download": "/cgi-bin/media/get",
}
"""What an operator calls the APIs whose figures differ from account to account."""


def rates_with(daily: Mapping[str, int], per_second: Mapping[str, int]) -> dict[str, Rate]:
    """The table with an account's own figures; raises `ValueError` for a name nobody knows or a figure below 1."""
    rates = dict(RATES)
    for name, figure in [*daily.items(), *per_second.items()]:
        if name not in NAMES or figure < 1:
            raise ValueError(f"platform limits: {name} = {figure}")
    for name, figure in daily.items():
        rates[NAMES[name]] = replace(rates[NAMES[name]], per_day=figure)
    for name, figure in per_second.items():
        rates[NAMES[name]] = replace(rates[NAMES[name]], per_second=figure)
    return rates


class QuotaLedger(Protocol):
    """Counts the calls of all processes per API and day."""

    async def spend(self, api: str, day: date, n: int, ceiling: int) -> bool:
        """Adds `n` to the day's count if it stays within `ceiling`; one conditional update."""


class MemoryQuotaLedger:
    """The ledger of a single process (tools, tests)."""

    def __init__(self) -> None:
        self.spent: defaultdict[tuple[str, date], int] = defaultdict(int)

    async def spend(self, api: str, day: date, n: int, ceiling: int) -> bool:
        """Counts if there is room."""
        if self.spent[api, day] + n > ceiling:
            return False
        self.spent[api, day] += n
        return True


class Bucket:
    """At most `limit` takes in any `period` seconds: a fifth at once, the rest flowing in evenly.

    Only urgent takers may use the last tenth of what stands in it, and at least one.
    """

    def __init__(self, limit: float, period: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._period = period
        self._size = max(1.0, limit * BURST)
        self._flow = max(limit - self._size, limit / 2) / period
        self._level = self._size
        self._monotonic = monotonic
        self._seen = monotonic()

    def wait(self, *, urgent: bool) -> float:
        """Seconds until there is one to take; 0 is now."""
        now = self._monotonic()
        self._level = min(self._size, self._level + (now - self._seen) * self._flow)
        self._seen = now
        floor = 0.0 if urgent or self._size < 2 else max(1.0, self._size * RESERVED)
        missing = floor + 1 - self._level
        # A rest smaller than a clock can tell must not make the taker turn round and round.
        return missing / self._flow if missing > 1e-6 else 0.0

    def take(self) -> None:
        """Takes one."""
        self._level -= 1

    def resize(self, limit: float) -> None:
        """Another limit from now on; what stands in it shrinks along and never grows."""
        self.wait(urgent=True)
        self._size = max(1.0, limit * BURST)
        self._flow = max(limit - self._size, limit / 2) / self._period
        self._level = min(self._level, self._size)


class Limits:
    """The meter in front of the client: `admit` before each call, `heed` after a refusal.

    `share` tells this process's part of the pace (1/n where n processes send, 0 while that is not known); the day's
    ledger is common to all.
    """

    def __init__(
        self,
        ledger: QuotaLedger,
        now: Callable[[], datetime],
        rates: Mapping[str, Rate] = RATES,
        share: Callable[[], float] = lambda: 1.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger = ledger
        self._now = now
        self._rates = rates
        self._share = share
        self._monotonic = monotonic
        self._buckets: dict[str, list[Bucket]] = {}
        self._shares: dict[str, float] = {}
        self._lines: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._closed_until: dict[str, float] = {}
        self._closed_day: dict[str, date] = {}
        self._rests: dict[str, float] = {}

    async def admit(self, api: str, *, urgent: bool = False, patience: float = 10.0) -> None:
        """Returns when one call to `api` may leave. Raises `QuotaSpent` if not within `patience` seconds."""
        self._require_open(api)
        await self._pace(api, urgent, patience)
        await self._spend(api, urgent)

    def heed(self, api: str, code: int) -> None:
        """Closes `api` after the platform's own refusal: 45009 until midnight, 45011 for a minute."""
        if code == 45009:
            self._closed_day[api] = local_day(self._now())
        elif code == 45011:
            self._closed_until[api] = self._monotonic() + 60 + random.uniform(0, 5)

    def rest(self, api: str, seconds: float) -> None:
        """Closes `api` after HTTP 429: for `seconds`, twice as long when it was turned away right after a rest."""
        now, last = self._monotonic(), self._rests.get(api, 0.0)
        ended = self._closed_until.get(api, float("-inf"))
        if now < ended:
            # Calls that left side by side are one turning-away.
            return
        rested = min(max(seconds, 2 * last), LONGEST_REST) if now - ended < last else seconds
        self._rests[api] = rested
        self._closed_until[api] = now + rested * (1 + random.uniform(0, 0.25))

    def _require_open(self, api: str) -> None:
        left = self._closed_until.get(api, 0.0) - self._monotonic()
        if left > 0:
            raise QuotaSpent(api, wait=int(left) + 1)
        now = self._now()
        if self._closed_day.get(api) == local_day(now):
            raise QuotaSpent(api, wait=seconds_to_midnight(now))

    async def _pace(self, api: str, urgent: bool, patience: float) -> None:
        if urgent:
            await self._wait(api, urgent, patience)
            return
        # Those who can wait stand in line; the urgent ones pass beside it.
        try:
            async with asyncio.timeout(patience), self._lines[api]:
                await self._wait(api, urgent, patience)
        except TimeoutError:
            raise QuotaSpent(api, wait=int(patience) + 1) from None

    async def _wait(self, api: str, urgent: bool, patience: float) -> None:
        deadline = self._monotonic() + patience
        while (pause := self._pause(api, urgent)) > 0:
            if self._monotonic() + pause > deadline:
                raise QuotaSpent(api, wait=int(pause) + 1)
            await asyncio.sleep(pause)
        for bucket in self._buckets[api]:
            bucket.take()

    def _pause(self, api: str, urgent: bool) -> float:
        """Seconds until one call may leave, as far as can be told now; 0 is now."""
        share = self._share()
        if share <= 0:
            return SHARE_UNKNOWN_SECONDS
        return max(bucket.wait(urgent=urgent) for bucket in self._buckets_of(api, share))

    async def _spend(self, api: str, urgent: bool) -> None:
        per_day = self._rates.get(api, Rate()).per_day
        if per_day is None:
            return
        now = self._now()
        ceiling = per_day if urgent else int(per_day * (1 - RESERVED))
        if not await self._ledger.spend(api, local_day(now), 1, ceiling):
            raise QuotaSpent(api, wait=seconds_to_midnight(now))

    def _buckets_of(self, api: str, share: float) -> list[Bucket]:
        rate = self._rates.get(api, Rate())
        figures = [(rate.per_second, 1), (rate.per_minute, 60)]
        limits = [(figure * share, period) for figure, period in figures if figure is not None]
        if api not in self._buckets:
            self._buckets[api] = [Bucket(limit, period, self._monotonic) for limit, period in limits]
        elif share != self._shares[api]:
            for bucket, (limit, _) in zip(self._buckets[api], limits, strict=True):
                bucket.resize(limit)
        self._shares[api] = share
        return self._buckets[api]
