"""Holds the account's access token for all processes: one fetch at a time, few of them in any fault.

The platform's `stable_token` gives every caller the same token, so a lost race costs nothing; what costs is a
storm. Rules (R13, wechat.md §3.2, §6): the row in the store is the truth and a process keeps only a copy of
it; a refusal renews only the token it was about; the old token serves until its successor is stored; the
store itself counts the fetches of all processes, so no fault can pass 5 a minute or 100 a day.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from wechat.errors import TokenUnavailable, WeChatError

log = structlog.get_logger()

FETCH_LEASE = 10.0
"""Seconds after which a fetch that never ended counts as dead; its HTTP time-out is shorter."""
FETCHES_A_MINUTE, FETCHES_A_DAY = 5, 100
FORCE_SPACING, FORCES_A_DAY = 30.0, 15
"""The platform ignores a forced refresh within 30 s of another, and after 20 a day."""
EARLY = 300.0
"""Seconds before its end at which a token is renewed (a little less by chance, so processes do not meet)."""
RENEW_SPACING = 30.0


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token with its times (seconds since 1970), always stored together. The repr does not show it."""

    value: str = field(repr=False)
    expires_at: float
    fetched_at: float


@dataclass(frozen=True, slots=True)
class Fetch:
    """A fetch that was begun: when, and whether it was a forced refresh."""

    at: float
    forced: bool = False


class TokenStore(Protocol):
    """Where all processes keep the token, and count their fetches."""

    async def get(self) -> StoredToken | None:
        """The token as stored, valid or not."""

    async def swap(self, old: str | None, new: StoredToken) -> bool:
        """Stores `new` if the stored value is still `old`; ends the fetch under way in any case."""

    async def may_fetch(self, now: float, *, force: bool = False) -> bool:
        """Records that a fetch begins, if `is_fetch_allowed`; atomic over all processes."""


def is_fetch_allowed(begun: Sequence[Fetch], running_since: float | None, now: float, *, force: bool) -> bool:
    """Whether one more fetch may begin: none is under way, and minute, day and forced refreshes leave room.

    `begun` needs to hold the last day only. Fetches "of the future" (the clock was set back) count for the
    day but not for the minute: else one step of the clock would leave the account without a token (R16).
    """
    if running_since is not None and 0 <= now - running_since < FETCH_LEASE:
        return False
    day = [fetch for fetch in begun if now - fetch.at < 86_400]
    minute = [fetch for fetch in day if 0 <= now - fetch.at < 60]
    if len(day) >= FETCHES_A_DAY or len(minute) >= FETCHES_A_MINUTE:
        return False
    forced = [fetch for fetch in day if fetch.forced]
    is_too_soon = any(0 <= now - fetch.at < FORCE_SPACING for fetch in forced)
    return not force or (len(forced) < FORCES_A_DAY and not is_too_soon)


class MemoryTokenStore:
    """The store of a single process (tools, tests). Nothing runs inside its steps, so it needs no lock."""

    def __init__(self) -> None:
        self.token: StoredToken | None = None
        self.begun: list[Fetch] = []
        self.running_since: float | None = None

    async def get(self) -> StoredToken | None:
        """The token as stored."""
        return self.token

    async def swap(self, old: str | None, new: StoredToken) -> bool:
        """Compare and swap; ends the running fetch."""
        self.running_since = None
        if (self.token.value if self.token else None) != old:
            return False
        self.token = new
        return True

    async def may_fetch(self, now: float, *, force: bool = False) -> bool:
        """Records a fetch if the limits leave room."""
        self.begun = [fetch for fetch in self.begun if now - fetch.at < 86_400]
        if not is_fetch_allowed(self.begun, self.running_since, now, force=force):
            return False
        self.begun.append(Fetch(now, force))
        self.running_since = now
        return True


FetchToken = Callable[[bool], Awaitable[tuple[str, int]]]
"""Asks the platform, forced or not: the token and the seconds it is good for. Raises WeChatError."""


class TokenHolder:
    """Gives out the token, and renews it when it runs out or is refused.

    `clock` gives seconds since 1970; `patience` is how many seconds a caller waits for a fetch under way
    elsewhere.
    """

    def __init__(self, store: TokenStore, fetch: FetchToken, clock: Callable[[], float], patience: float = 4.0) -> None:
        self._store = store
        self._fetch = fetch
        self._clock = clock
        self._patience = patience
        self._lock = asyncio.Lock()
        self._copy: StoredToken | None = None
        self._early = EARLY - random.uniform(0, 60)
        self._tried_at = float("-inf")

    async def get(self) -> str:
        """A token that is good for now. Raises `TokenUnavailable`, or the platform's own WeChatError."""
        if self._copy and not self._is_due(self._copy):
            return self._copy.value
        async with self._lock:
            self._copy = await self._store.get()
            if self._copy and not self._is_due(self._copy):
                return self._copy.value
            self._copy = await self._renewed(self._copy)
            return self._copy.value

    async def renew(self, failing: str) -> str:
        """The token to try after the platform refused `failing`. Raises like `get`.

        Fetches only if `failing` is the stored one; forces only if an ordinary fetch gives the same token
        again.
        """
        async with self._lock:
            stored = await self._store.get()
            if stored and stored.value == failing:
                stored = await self._replaced(stored)
            elif stored is None or self._clock() >= stored.expires_at:
                stored = await self._renewed(stored)
            self._copy = stored
            return stored.value

    def _is_due(self, token: StoredToken) -> bool:
        """Whether it is time for a new one; a look just had (the platform gave the same again) is enough."""
        now = self._clock()
        if now >= token.expires_at:
            return True
        has_looked = 0 <= now - max(token.fetched_at, self._tried_at) < RENEW_SPACING
        return now >= token.expires_at - self._early and not has_looked

    async def _renewed(self, stored: StoredToken | None) -> StoredToken:
        """A token in place of one that runs out; while that lives, nobody waits, no failure matters."""
        if stored is None or self._clock() >= stored.expires_at:
            return await self._fetched(stored)
        self._tried_at = now = self._clock()
        try:
            if await self._store.may_fetch(now):
                return await self._fetched_now(stored, now)
        except WeChatError as refusal:
            log.warning("token.renewal_failed", code=refusal.code, verdict=refusal.verdict)
        return stored

    async def _replaced(self, failing: StoredToken) -> StoredToken:
        """Another token in place of one that was refused."""
        found = await self._fetched(failing)
        if found.value != failing.value:
            return found
        log.warning("token.force_refresh")
        return await self._fetched(found, force=True)

    async def _fetched(self, stored: StoredToken | None, *, force: bool = False) -> StoredToken:
        """Fetches and stores one; or waits for the one that somebody else is fetching."""
        now = self._clock()
        if await self._store.may_fetch(now, force=force):
            return await self._fetched_now(stored, now, force=force)
        return await self._awaited(stored)

    async def _fetched_now(self, stored: StoredToken | None, now: float, *, force: bool = False) -> StoredToken:
        value, lifetime = await self._fetch(force)
        new = StoredToken(value, now + lifetime, now)
        if not await self._store.swap(stored.value if stored else None, new):
            return await self._store.get() or new
        log.info("token.fetched", forced=force, lifetime=lifetime)
        return new

    async def _awaited(self, stored: StoredToken | None) -> StoredToken:
        waited = 0.0
        while waited < self._patience:
            found = await self._store.get()
            if found and found != stored:
                return found
            pause = random.uniform(0.1, 0.3)
            await asyncio.sleep(pause)
            waited += pause
        raise TokenUnavailable(wait=int(FETCH_LEASE) + 2)
