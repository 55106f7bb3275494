"""The accounts of a seed file: an openid binds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.people.accounts import Account, Binding


@dataclass(frozen=True, slots=True)
class Tie:
    """This account speaks for this person; whether it follows us."""

    openid: str
    person_id: int
    follows: bool


async def bind_seeded(ties: Sequence[Tie], now: datetime) -> None:
    """Bind what is not bound yet; the second person of one account is spoken for by proxy."""
    openids = [tie.openid for tie in ties]
    await _put_accounts(ties, now)
    bound = await Binding.current().filter(openid__in=openids)
    pairs = {(row.openid, row.person_id) for row in bound}
    own = {row.openid for row in bound if row.relation == "self"}
    fresh = []
    for tie in ties:
        if (tie.openid, tie.person_id) in pairs:
            continue
        relation = "proxy" if tie.openid in own else "self"
        consent = "seed" if relation == "proxy" else ""
        own.add(tie.openid)
        fresh.append(
            Binding(
                openid=tie.openid,
                person_id=tie.person_id,
                relation=relation,
                consent=consent,
                how="seed",
                since=now,
            )
        )
    await Binding.bulk_create(fresh)


async def agree_seeded(openids: Sequence[str], version: str) -> None:
    """These accounts' owners agreed to the privacy notice of this version before, so they are not asked again."""
    await Account.filter(openid__in=list(openids)).update(consented=version)


async def _put_accounts(ties: Sequence[Tie], now: datetime) -> None:
    wanted = {tie.openid: tie.follows for tie in ties}
    standing = await Account.filter(openid__in=list(wanted))
    for account in standing:
        if account.follows != wanted[account.openid]:
            account.follows = wanted[account.openid]
            await account.save(update_fields=["follows"])
    known = {account.openid for account in standing}
    await Account.bulk_create(
        [
            Account(openid=openid, follows=follows, first_seen=now)
            for openid, follows in wanted.items()
            if openid not in known
        ]
    )
