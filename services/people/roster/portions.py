"""How a long import or undo is cut into short transactions, and how one of them keeps others out meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kit.errors import Refusal
from services.county import knocks

AT_ONCE = 250
"""People in one transaction: on SQLite messages wait as long as it lasts, some tenths of a second."""
_LEASE, _SILENCE = "roster", timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Run:
    """One import or undo on its way: `holder` tells it from others, `each` opens the transaction of one portion.

    `moment` is the machine's own clock, not the house's: whoever died over it is known to be dead two minutes later.
    """

    holder: str
    each: Callable[[], AbstractAsyncContextManager[Any]]
    moment: Callable[[], datetime]

    async def keep_going(self) -> None:
        """Nobody else imports or undoes for the next two minutes; raises `commands.import_busy` when somebody does."""
        now = self.moment()
        if not await knocks.take_lease(_LEASE, self.holder, now + _SILENCE, now):
            raise Refusal("commands.import_busy")

    async def let_go(self) -> None:
        """The next one may begin."""
        await knocks.let_go(_LEASE, self.holder)


class _InOne(Run):
    """All in the caller's one transaction, which nobody sees before its end."""

    async def keep_going(self) -> None:
        """Nothing to keep."""

    async def let_go(self) -> None:
        """Nothing to let go."""


IN_ONE = _InOne("", nullcontext, lambda: datetime.max)
