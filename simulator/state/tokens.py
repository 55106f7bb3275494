"""The two token families, `token` and `stable_token`, that live side by side (wechat.md §3.2)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date

from simulator.errors import Refused
from simulator.state.clock import Clock

LIFETIME = 7200
OVERLAP = 300
FORCED_PER_DAY = 20
FORCED_SPACING = 30

_SHAPE = re.compile(r"[A-Za-z0-9_-]{16,512}")


@dataclass
class Token:
    """A token, until when it works, and whether it was voided before its time."""

    text: str
    until: float
    voided: bool = False


class Tokens:
    """Issues tokens and tells, for any text, which refusal it deserves."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: dict[str, Token] = {}
        self._plain: Token | None = None
        self._stable: Token | None = None
        self._forced_at = float("-inf")
        self._forced: tuple[date, int] = (date.min, 0)

    def issue(self) -> Token:
        """GET /cgi-bin/token: always a new one; the one before works for five minutes more."""
        if self._plain is not None:
            soon = self._clock.now() + OVERLAP
            self._plain.voided = self._plain.until > soon or self._plain.voided
            self._plain.until = min(self._plain.until, soon)
        self._plain = self._mint()
        return self._plain

    def stable(self, force: bool) -> Token:
        """POST /cgi-bin/stable_token: the same one, until less than 5 min remain."""
        if force:
            return self._force()
        if self._stable is None or self._stable.voided or self.remaining(self._stable) < OVERLAP:
            self._stable = self._mint()
        return self._stable

    def remaining(self, token: Token) -> int:
        """Whole seconds the token still works."""
        return int(token.until - self._clock.now())

    def void_all(self) -> None:
        """Another process took the token away: what is out there stops working at once."""
        for token in self._all.values():
            self._void(token)
        self._plain = self._stable = None

    def require_valid(self, text: str | None) -> None:
        """Refuse as the platform does: missing, misshapen, unknown or not the latest, expired."""
        if not text:
            raise Refused(41001)
        token = self._all.get(text)
        if token is None:
            raise Refused(40001 if _SHAPE.fullmatch(text) else 40014)
        if token.until <= self._clock.now():
            raise Refused(40001 if token.voided else 42001)

    def _force(self) -> Token:
        now, today = self._clock.now(), self._clock.day()
        if self._stable is not None and 0 <= now - self._forced_at < FORCED_SPACING:
            return self._stable
        used = self._forced[1] if self._forced[0] == today else 0
        if used >= FORCED_PER_DAY:
            raise Refused(45009)
        if self._stable is not None:
            self._void(self._stable)
        self._forced, self._forced_at = (today, used + 1), now
        self._stable = self._mint()
        return self._stable

    def _void(self, token: Token) -> None:
        now = self._clock.now()
        if token.until > now:
            token.until, token.voided = now, True

    def _mint(self) -> Token:
        text = f"{secrets.randbelow(90) + 10}_{secrets.token_urlsafe(100)}"
        token = Token(text, self._clock.now() + LIFETIME)
        self._all[token.text] = token
        return token
