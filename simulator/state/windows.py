"""The right to answer later: customer-message windows opened by what a person does (wechat.md §3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.config import Window


@dataclass
class Opening:
    """One open window: how many messages are left in it and when it shuts."""

    left: int
    until: float


@dataclass
class Windows:
    """The windows of one person, one of each kind.

    How windows of different kinds combine is unknown; here a message is taken from the one that shuts first.
    """

    rules: Mapping[str, Window]
    message_adds: bool = False
    _open: dict[str, Opening] = field(default_factory=dict)

    def opened(self, kind: str, now: float) -> None:
        """The person did something of this kind: the allowance starts anew (or grows, if so configured)."""
        rule = self.rules[kind]
        before = self._open.get(kind)
        kept = before.left if before and before.until > now and self.message_adds and kind == "message" else 0
        self._open[kind] = Opening(rule.messages + kept, now + rule.seconds)

    def close(self) -> None:
        self._open.clear()

    def left(self, now: float) -> int | None:
        """Messages left in all open windows; None when no window is open."""
        live = [opening for opening in self._open.values() if opening.until > now]
        return sum(opening.left for opening in live) if live else None

    def spend(self, now: float) -> None:
        """Take one message; the caller has seen that `left` is above zero."""
        live = [opening for opening in self._open.values() if opening.until > now and opening.left]
        min(live, key=lambda opening: opening.until).left -= 1
