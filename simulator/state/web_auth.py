"""Codes and user tokens of web authorisation, and the JS ticket (wechat.md §3.10)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from simulator.config import DAY
from simulator.errors import Refused
from simulator.state.clock import Clock

CODE_LIFE = 300
TOKEN_LIFE = 7200
REFRESH_LIFE = 30 * DAY


@dataclass
class Code:
    """What a page got back in its address: good once, for five minutes."""

    openid: str
    scope: str
    until: float
    snapshot: bool
    used: bool = False


@dataclass
class Grant:
    """A user token: whose, for what, until when, and until when it can be renewed."""

    openid: str
    scope: str
    token: str
    refresh: str
    until: float
    refresh_until: float


class WebAuth:
    """Knows every code and user token it gave."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._codes: dict[str, Code] = {}
        self._by_token: dict[str, Grant] = {}
        self._by_refresh: dict[str, Grant] = {}
        self._ticket = ("", 0.0)

    def new_code(self, openid: str, scope: str, snapshot: bool) -> str:
        text = "0" + secrets.token_urlsafe(24)[:31]
        self._codes[text] = Code(openid, scope, self._clock.now() + CODE_LIFE, snapshot)
        return text

    def redeem(self, text: str | None) -> tuple[Grant, bool]:
        """The grant behind a code and whether it is a snapshot visitor's: 40029 bad or old, 40163 used."""
        if not text:
            raise Refused(41008)
        code = self._codes.get(text)
        if code is None:
            raise Refused(40029)
        if code.used:
            raise Refused(40163)
        if code.until <= self._clock.now():
            raise Refused(40029)
        code.used = True
        return self._grant(code.openid, code.scope, self._clock.now() + REFRESH_LIFE), code.snapshot

    def renew(self, refresh: str | None) -> Grant:
        """A new user token for a refresh token, which changes too."""
        old = self._by_refresh.pop(refresh or "", None)
        if old is None:
            raise Refused(40030)
        if old.refresh_until <= self._clock.now():
            raise Refused(42002)
        return self._grant(old.openid, old.scope, old.refresh_until)

    def require(self, token: str | None, openid: str | None) -> Grant:
        """The grant of a user token that fits this openid."""
        if not token:
            raise Refused(41001)
        grant = self._by_token.get(token)
        if grant is None:
            raise Refused(40001)
        if grant.until <= self._clock.now():
            raise Refused(42001)
        if grant.openid != openid:
            raise Refused(40003)
        return grant

    def ticket(self) -> tuple[str, int]:
        """The JS ticket and the seconds it still works; the same one until it ends."""
        text, until = self._ticket
        now = self._clock.now()
        if until <= now:
            text, until = secrets.token_urlsafe(64), now + TOKEN_LIFE
            self._ticket = (text, until)
        return text, int(until - now)

    def _grant(self, openid: str, scope: str, refresh_until: float) -> Grant:
        token, refresh = secrets.token_urlsafe(66), secrets.token_urlsafe(66)
        grant = Grant(openid, scope, token, refresh, self._clock.now() + TOKEN_LIFE, refresh_until)
        self._by_token[token] = grant
        self._by_refresh[refresh] = grant
        return grant
