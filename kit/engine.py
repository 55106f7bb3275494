"""The narrow port to whatever hands out due work: rows are the truth, an engine only distributes them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

Handler = Callable[[int], Awaitable[None]]
"""Works on the row with this id; must be harmless when the row is no longer due or somebody else has it."""

URGENT = 0


@dataclass(frozen=True, slots=True)
class Work:
    """One due row: its kind, its id, how urgent (0 first), and the lane in which one goes after the other."""

    kind: str
    id: int
    urgency: int = 5
    lane: str | None = None


class Engine(Protocol):
    """Hands rows to handlers, soon and about once. Losing everything it holds must cost only a little time.

    When a row is due stands in the row: an engine is never given a future time, since it may go by another clock.
    """

    def register(self, kind: str, handler: Handler) -> None:
        """Who works on rows of this kind; before `start`."""

    async def hand_out(self, work: Sequence[Work]) -> None:
        """Have these rows worked on, the urgent ones first; what is handed out already is not doubled.

        Inside a transaction the work begins only after its commit, and never after a rollback.
        """

    async def start(self) -> None:
        """Begin to work."""

    async def stop(self) -> None:
        """Finish what is under way, within some seconds, and end."""

    async def sweep(self) -> int:
        """Free what a dead process had taken; how many."""
