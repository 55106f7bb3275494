"""Keeps in rows what all processes share with the platform: the token, the day's quotas, windows and grants."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import Any

from tortoise.expressions import F

from models.ledger import spend_quota
from models.people.accounts import Account, Grant
from models.platform import PlatformToken
from wechat.token import Fetch, StoredToken, is_fetch_allowed

_DAY = 86_400
_TRIES = 20


class RowTokenStore:
    """The token of one account as a row: what `wechat.token.TokenStore` asks for, over all processes (R13)."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id

    async def get(self) -> StoredToken | None:
        """The token as stored, valid or not."""
        return _token_of(await PlatformToken.get_or_none(app_id=self._app_id))

    async def swap(self, old: str | None, new: StoredToken) -> bool:
        """Store `new` if the stored value is still `old`; the fetch under way is over in any case."""
        for _ in range(_TRIES):
            row = await self._row()
            stored = _token_of(row)
            if (stored.value if stored else None) != old:
                await PlatformToken.filter(id=row.id).update(running_since=None)
                return False
            if await _put(row, token=new.value, expires_at=_moment(new.expires_at),
                          fetched_at=_moment(new.fetched_at), running_since=None):  # fmt: skip
                return True
        return False

    async def may_fetch(self, now: float, *, force: bool = False) -> bool:
        """Record that a fetch begins, if the limits of all processes together leave room."""
        for _ in range(_TRIES):
            row = await self._row()
            begun = [Fetch(float(at), bool(forced)) for at, forced in row.begun if now - at < _DAY]
            if not is_fetch_allowed(begun, row.running_since, now, force=force):
                return False
            fetches = [[fetch.at, fetch.forced] for fetch in (*begun, Fetch(now, force))]
            if await _put(row, begun=fetches, running_since=now):
                return True
        return False

    async def _row(self) -> PlatformToken:
        row, _ = await PlatformToken.get_or_create(app_id=self._app_id)
        return row


async def _put(row: PlatformToken, **values: Any) -> bool:
    """Change the row if nobody else has since it was read."""
    changed = await PlatformToken.filter(id=row.id, serial=row.serial).update(serial=row.serial + 1, **values)
    return bool(changed)


def _token_of(row: PlatformToken | None) -> StoredToken | None:
    if row is None or not row.token or row.expires_at is None or row.fetched_at is None:
        return None
    return StoredToken(row.token, row.expires_at.timestamp(), row.fetched_at.timestamp())


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class RowQuotaLedger:
    """The day's calls as rows, taken in blocks so that not every send pays for a flush to disk.

    What a process has taken and not used when it ends is lost to the day: never more is used than allowed.
    """

    def __init__(self, block: int = 20) -> None:
        self._block = block
        self._held: defaultdict[tuple[str, date], int] = defaultdict(int)

    async def spend(self, api: str, day: date, n: int, ceiling: int) -> bool:
        """Count `n` calls of `api` on `day` if that stays within `ceiling` over all processes."""
        if await self._take(api, day, n):
            return True
        block = max(n, min(self._block, ceiling // 100))
        if await spend_quota(api, day.isoformat(), block, ceiling):
            self._held[api, day] += block - n
            return True
        return block > n and await spend_quota(api, day.isoformat(), n, ceiling)

    async def _take(self, api: str, day: date, n: int) -> bool:
        if self._held[api, day] < n:
            return False
        self._held[api, day] -= n
        return True


async def take_allowance(openid: str, now: datetime) -> bool:
    """One customer message of the account's allowance, if its window is open and one is left."""
    left = Account.filter(openid=openid, follows=True, window_until__gt=now, allowance__gt=0)
    return bool(await left.update(allowance=F("allowance") - 1))


async def give_back_allowance(openid: str, window_until: datetime | None) -> None:
    """Return what a refused message did not use, unless a newer window has begun since."""
    await Account.filter(openid=openid, window_until=window_until).update(allowance=F("allowance") + 1)


async def take_grant(openid: str, template_id: str) -> bool:
    """One grant for a subscription notice, if one is left."""
    return bool(await Grant.filter(openid=openid, template_id=template_id, left__gt=0).update(left=F("left") - 1))


async def note_grant(openid: str, template_id: str, *, accepted: bool) -> None:
    """What a person answered to a subscription prompt: one more notice, or none at all."""
    grant, _ = await Grant.get_or_create(openid=openid, template_id=template_id)
    if accepted:
        await Grant.filter(id=grant.id).update(left=F("left") + 1)
    else:
        await Grant.filter(id=grant.id).update(left=0)


async def close_window(openid: str) -> None:
    """The platform says the 48 hours are over (45015)."""
    await Account.filter(openid=openid).update(window_until=None, allowance=0)


async def spend_window(openid: str) -> None:
    """The platform says no message is left in the window (45047)."""
    await Account.filter(openid=openid).update(allowance=0)


async def note_unfollowed(openid: str, now: datetime) -> None:
    """The platform says the account does not follow (43004), though no event told us."""
    await Account.filter(openid=openid, follows=True).update(
        follows=False, unfollowed_at=now, window_until=None, allowance=0
    )
