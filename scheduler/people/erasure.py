"""Forgets accounts that left or took their consent back half a day ago (decision 5, V4); keeps the journal of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from kit import journal
from scheduler.job import Deps, job
from services.people.erasure import accounts_due, entered_since, erase_account

FORGET_AFTER = timedelta(hours=12)
"""Whoever follows again by mistake's end still finds their ties; within 24 hours everything is gone."""
JOURNAL = "erasures.jsonl"
_LOOK_BACK = timedelta(days=7)
"""How far behind the newest entry others are looked for: clocks differ, and a machine may have been away."""


@job(every=3600)
async def erasure(now: datetime, deps: Deps) -> dict[str, int]:
    """Erase who is due. The journal is written first: rather one entry too many than one too few (promise R21)."""
    due = await accounts_due(now - FORGET_AFTER)
    for openid in due:
        async with deps.transaction():
            pseudonym = await erase_account(openid, now=now)
            journal.append(deps.data_dir / JOURNAL, {"at": now.isoformat(), "account": pseudonym})
    return {"erased": len(due)}


@job(every=50)
async def erasure_journal(now: datetime, deps: Deps) -> dict[str, int]:
    """Each minute, in every process: what other machines erased stands in the journal here, too.

    So a backup can be restored on any of them, and whoever was erased since is erased again.
    """
    path = deps.data_dir / JOURNAL
    known = {(entry["at"], entry["account"]) for entry in journal.entries(path)} if path.exists() else set()
    last = max((at for at, _ in known), default=None)
    since = datetime.fromisoformat(last) - _LOOK_BACK if last else None
    fresh = [one for one in await entered_since(since) if (one.at.isoformat(), one.account) not in known]
    for one in fresh:
        journal.append(path, {"at": one.at.isoformat(), "account": one.account})
    return {"entered": len(fresh)}
