"""The book of the clock's knocks: which timed job fell due when, who took it, and which processes live."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.ledger import record_knock, take_lease
from models.platform import JobRun, Lease

__all__ = [
    "DEAD_AFTER", "Knock", "are_gone", "end_knock", "free_lease", "last_knock", "leave", "let_go", "present", "show_up",
    "take_lease", "take_over", "win_knock",
]  # fmt: skip

DEAD_AFTER = timedelta(seconds=60)
"""A knock whose process is not heard of for so long is done by another one (promise R15)."""
_LONGEST = timedelta(hours=1)
"""Nobody waits longer for a run without an end, whatever became of it."""
_PROCESS = "process:"
_AGAIN = json.dumps({"again": 1})


@dataclass(frozen=True, slots=True)
class Knock:
    """One time at which a job fell due: who took it, when, and whether its work has ended."""

    id: int
    fire_at: datetime
    started_at: datetime
    holder: str
    is_ended: bool
    is_again: bool

    def is_under_way(self, present: Collection[str], now: datetime) -> bool:
        """Whether somebody works on it at this moment: what follows it must wait."""
        age = abs(now - self.started_at)
        return not self.is_ended and age < _LONGEST and (self.holder in present or age < DEAD_AFTER)

    def is_orphaned(self, present: Collection[str], now: datetime) -> bool:
        """Whether its process died over it. One that died twice over it is left to the next knock."""
        is_alive = self.holder in present or abs(now - self.started_at) < DEAD_AFTER
        return not (self.is_ended or is_alive or self.is_again)


async def last_knock(job: str) -> Knock | None:
    """The last time the job fell due, over all processes; None if it never has."""
    run = await JobRun.filter(job=job).order_by("-fire_at").first()
    if run is None:
        return None
    is_ended = run.ended_at is not None
    return Knock(run.id, run.fire_at, run.started_at, run.holder, is_ended, not is_ended and run.counted is not None)


async def win_knock(job: str, fire_at: datetime, now: datetime, holder: str) -> int | None:
    """The knock's row if this process is the one to do it; None for all others."""
    return await record_knock(job, fire_at, now, holder)


async def take_over(knock: Knock, now: datetime, holder: str) -> int | None:
    """The knock of a dead process, if this one is the one to do it again."""
    unfinished = JobRun.filter(id=knock.id, holder=knock.holder, ended_at__isnull=True, counted__isnull=True)
    return knock.id if await unfinished.update(holder=holder, started_at=now, counted=_AGAIN) else None


async def end_knock(knock_id: int, counted: Mapping[str, int], now: datetime) -> None:
    """Write down what the job has counted."""
    await JobRun.filter(id=knock_id).update(ended_at=now, counted=json.dumps(dict(counted)))


async def show_up(holder: str, until: datetime, now: datetime) -> None:
    """This process works, and will be believed to until then; who has not been heard of for long is struck off."""
    await take_lease(f"{_PROCESS}{holder}", holder, until, now)
    await Lease.filter(name__startswith=_PROCESS, until__lt=now - _LONGEST).delete()


async def present(now: datetime) -> set[str]:
    """The processes that work, by their names."""
    found = await Lease.filter(name__startswith=_PROCESS, until__gt=now).values_list("holder", flat=True)
    return {str(one) for one in found}


async def let_go(name: str, holder: str) -> None:
    """Give a lease back at an orderly end, so that nobody waits for it to run out."""
    await Lease.filter(name=name, holder=holder).delete()


async def leave(holder: str) -> None:
    """An orderly end of this process."""
    await let_go(f"{_PROCESS}{holder}", holder)


async def free_lease(name: str) -> None:
    """Whoever had the lease is known to be dead: nobody need wait for it to run out."""
    await Lease.filter(name=name).delete()


async def are_gone() -> None:
    """All other processes are known to be dead (the lock of the data folder says so)."""
    await Lease.filter(name__startswith=_PROCESS).delete()
