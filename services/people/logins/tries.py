"""Wrong tries slow down and then stop, per account and per address; the rightful user is back soon (promise X11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from kit.errors import Refusal
from models.columns import blind
from models.people.console import LoginTry

WINDOW = timedelta(minutes=15)
STOPPED_AT = 10
SLOWED_AT = 5
PAUSE = timedelta(seconds=30)
_SCOPE = "login.try"


async def require_patience(*who: str, now: datetime, most: int = STOPPED_AT) -> None:
    """Go on unless an account or address has tried too often within a quarter of an hour.

    After five wrong codes there is a pause between tries (`logins.wait`), from `most` on nothing (`logins.stopped`).
    """
    for one in who:
        recent = await LoginTry.filter(what=blind(one, _SCOPE), at__gt=now - WINDOW).order_by("-at").limit(most)
        if len(recent) >= most:
            raise Refusal("logins.stopped", minutes=_minutes(recent[-1].at + WINDOW - now))
        if most == STOPPED_AT and len(recent) >= SLOWED_AT and now - recent[0].at < PAUSE:
            raise Refusal("logins.wait", seconds=int(PAUSE.total_seconds()))


def _minutes(left: timedelta) -> int:
    return max(1, -(-int(left.total_seconds()) // 60))


async def wrong(*who: str, now: datetime) -> None:
    """One more wrong try of these."""
    for one in who:
        await LoginTry.create(what=blind(one, _SCOPE), at=now)


async def forget(before: datetime) -> int:
    """Old tries go; how many."""
    return await LoginTry.filter(at__lt=before).delete()
