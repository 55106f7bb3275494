"""A notice that invites (回复1参加): who comes and who does not, in their own word."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.functions import Count

from models.outreach.notices import Broadcast, BroadcastAnswer
from services.outreach.broadcasts import following, rows


@dataclass(frozen=True, slots=True)
class Coming:
    """How many said that they come, and how many that they do not."""

    comes: int = 0
    stays: int = 0


async def answered(
    broadcast_id: int, person_ids: Collection[int], openid: str, *, comes: bool, now: datetime
) -> str:  # fmt: skip
    """The word of everybody this account speaks for; the words of the invitation. The notice counts as read too.

    The last word counts: who comes after all, or can't, says the other digit or takes it back.
    """
    row = await Broadcast.get(id=broadcast_id)
    for person_id in person_ids:
        changes = {"comes": comes, "at": now}
        await BroadcastAnswer.update_or_create(changes, broadcast_id=row.id, person_id=person_id)
    await following.received(broadcast_id, person_ids, openid, now=now)
    return row.text


async def coming(row: Broadcast) -> Coming | None:
    """What was answered so far; None where nothing was asked."""
    return (await coming_of_each([row]))[0]


async def coming_of_each(listed: Sequence[Broadcast]) -> list[Coming | None]:
    """The same for a list, in its order; one statement."""
    asking = [row.id for row in listed if rows.invites(row)]
    found: dict[int, dict[bool, int]] = {one: {} for one in asking}
    if asking:
        counted = BroadcastAnswer.filter(broadcast_id__in=asking).annotate(many=Count("id"))
        for one in await counted.group_by("broadcast_id", "comes").values("broadcast_id", "comes", "many"):
            found[int(one["broadcast_id"])][bool(one["comes"])] = int(one["many"])
    return [Coming(found[row.id].get(True, 0), found[row.id].get(False, 0)) if row.id in found else None
            for row in listed]  # fmt: skip


async def words_of(row: Broadcast, ids: Collection[int]) -> dict[int, bool]:
    """Of these people those who have said whether they come."""
    said = BroadcastAnswer.filter(broadcast_id=row.id, person_id__in=list(ids))
    return {int(str(one)): bool(comes) for one, comes in await said.values_list("person_id", "comes")}
