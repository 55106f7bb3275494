"""What the house knows of its copies: when it was copied, what a restored one must not do any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from delivery.waiting import retire_overdue
from models.inbox import InboxMessage
from models.platform import Lease
from services.county import upkeep
from services.people import erasure
from services.people.audit import note

COPYING, BACKUP, RESTORED = "copying", "backup", "restored"
_AT_ONCE = 500


async def begin(now: datetime) -> None:
    """About to copy: this mark is inside the copy and tells when it was made."""
    await upkeep.note(COPYING, now.isoformat(), now)


async def made(name: str, rows: int, *, by: str, now: datetime) -> None:
    """A copy stands and was checked: the age that warnings look at, and a line in the book."""
    await upkeep.note(BACKUP, name[:200], now)
    await note(by, "backup", now=now, rows=rows)


async def proved(*, by: str, now: datetime) -> None:
    """A copy was opened and read with the key at hand: a rehearsal of restoring."""
    await upkeep.note(RESTORED, "rehearsed", now)
    await note(by, "backup_rehearsed", now=now)


async def made_at() -> datetime | None:
    """When this copy was made; asked of a restored one."""
    found = await upkeep.noted(COPYING)
    return found[1] if found else None


async def silence(now: datetime) -> int:
    """One portion of what a restored copy must not send any more (promise R21); 0 when nothing is left.

    A notice that was due becomes a line on a named person's list. Messages that waited for another try are
    parked: an answer days later helps nobody, a person looks at them.
    """
    await InboxMessage.filter(state="failed").update(state="parked", retry_at=None)
    await Lease.all().delete()
    return await retire_overdue(now, _AT_ONCE)


async def erase_again(journal: Iterable[Mapping[str, Any]], *, now: datetime) -> int:
    """Erase once more whom the journal says were erased after this copy was made; how many.

    Who was erased before and came back since is not touched.
    """
    since = await made_at()
    later = {
        str(entry["account"]) for entry in journal if since is None or datetime.fromisoformat(str(entry["at"])) >= since
    }
    return await erasure.erase_again(later, now=now)


async def restored(*, by: str, now: datetime, erased: int, stopped: int) -> None:
    """The copy is ready to serve."""
    made_then = await made_at()
    await upkeep.note(RESTORED, made_then.isoformat() if made_then else "", now)
    await note(by, "restored", now=now, erased=erased, stopped=stopped)
