"""Follows a broadcast: who has it, who confirmed, who is missing, and the ticks of those who told somebody."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from delivery import people, waiting
from delivery.policy import BY_PLATFORM
from kit.errors import Refusal
from models.outreach import broadcasts as standing
from models.outreach.calls import Call
from models.outreach.notices import WAITING as NOTICE_WAITING
from models.outreach.notices import Broadcast, Notice
from models.people.members import Person
from services.outreach.broadcasts import counting, rows
from services.people import access, audit

PAGE = 5
RESULTS = ("told_by_phone", "told_by_liaison", "unreachable")
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """How many people stand where: each counts once, under the best that happened to them."""

    total: int = 0
    confirmed: int = 0
    told: int = 0
    sent: int = 0
    waiting: int = 0
    failed: int = 0

    @property
    def missing(self) -> int:
        """Who has neither confirmed nor been told."""
        return self.sent + self.waiting + self.failed


async def status(row: Broadcast) -> Standing:
    """Where everybody stands with all rounds of the broadcast; the dead and those who left are not counted."""
    return (await status_of_each([row]))[0]


async def status_of_each(listed: Sequence[Broadcast]) -> list[Standing]:
    """The same for a list of broadcasts, in its order: large ones as the clock counted them last, minutes ago."""
    known = await counting.kept([row for row in listed if counting.is_kept(row)])
    keys = [key for row in listed if row.id not in known for key in rows.keys_of(row)]
    found = await standing.standings_each(keys) if keys else {}
    return [_standing(known.get(row.id) or found.get(rows.key_of(row, 1), {})) for row in listed]


def _standing(counted: Mapping[int, int]) -> Standing:
    confirmed, told = counted.get(standing.CONFIRMED, 0), counted.get(standing.TOLD, 0)
    sent, still = counted.get(standing.SENT, 0), counted.get(standing.WAITING, 0)
    failed = counted.get(standing.FAILED, 0) + counted.get(standing.CANCELLED, 0)
    return Standing(confirmed + told + sent + still + failed, confirmed, told, sent, still, failed)


async def missing(row: Broadcast, reach: access.Reach, *, after: int = 0, limit: int = PAGE) -> list[Person]:
    """The next people not yet told, by their ids; only those whose names this person may read."""
    found: list[Person] = []
    while len(found) < limit:
        ids = await standing.people_standing(
            rows.keys_of(row), standing.FAILED, standing.WAITING, after=after, limit=_LOOKED_AT
        )
        if not ids:
            break
        named = access.visible(reach, Person.filter(id__in=ids, state="active"), "see_name")
        found += await named.order_by("id").limit(limit - len(found))
        after = ids[-1]
    return found


async def may_read_names(row: Broadcast, reach: access.Reach) -> bool:
    """Whether the names of those missing are this person's business: the levels above see numbers (decision 3)."""
    return await access.may(reach, "see_name", await rows.place_of(row))


async def missed_one(row: Broadcast, person_id: int, reach: access.Reach) -> Person:
    """Somebody this broadcast went to; raises `access.unknown` for anybody else."""
    found = access.visible(reach, Person.filter(id=person_id), "see_name")
    person = await found.first()
    if person is None or not await _notices(row, [person_id]):
        raise Refusal("access.unknown")
    return person


@dataclass(frozen=True, slots=True)
class Past:
    """One thing that happened to somebody's notice: when (UTC), and the key of the sentence that says what."""

    at: datetime
    say: str


async def history(row: Broadcast, person: Person) -> list[Past]:
    """What was tried for this person over all rounds, by which way, why, and what came of it; oldest first."""
    notices = await Notice.filter(business_key__in=rows.keys_of(row), person_id=person.id).order_by("id")
    found = []
    for notice in notices:
        if notice.accepted_at and notice.channel in BY_PLATFORM:
            found.append(Past(notice.accepted_at, f"broadcasts.past_{notice.channel}"))
        if notice.settled_at and notice.outcome in _SETTLED:
            found.append(Past(notice.settled_at, f"broadcasts.past_{notice.outcome}"))
    calls = await Call.filter(notice_id__in=[notice.id for notice in notices]).order_by("id")
    found += [_past_of(step) for call in calls for step in call.steps if step["result"] not in _SAID_BY_THE_NOTICE]
    return sorted(found, key=lambda one: one.at)


_SETTLED = ("confirmed", "told_by_liaison", "told_by_phone", "on_paper")
_SAID_BY_THE_NOTICE = ("told", "reached", "on_paper", "asks_back")


def _past_of(step: dict[str, Any]) -> Past:
    at = datetime.fromisoformat(step["at"])
    return Past(at, f"calls.past_{step['result']}" if step["result"] else f"delivery.why_{step['why']}")


async def may_call(person: Person, by: Person, reach: access.Reach, *, now: datetime) -> bool:
    """Whether the number may be shown to call this person; the look is noted (promise V9)."""
    if not person.phone or not await access.may(reach, "unmask", person):
        return False
    await audit.note(
        audit.by_person(by), "unmasked", now=now, subject=audit.by_person(person), reason="broadcast", field="phone"
    )
    return True


async def told(row: Broadcast, person: Person, outcome: str, *, by: Person, now: datetime) -> None:
    """The caller's tick, one of `RESULTS`; what waits is settled and leaves the liaison's list."""
    if outcome not in RESULTS:
        raise Refusal("access.unknown")
    for notice in await _notices(row, [person.id], but="confirmed"):
        await waiting.settle(notice, outcome, now)
    await audit.note(
        audit.by_person(by),
        "broadcast.told",
        now=now,
        subject=audit.by_person(person),
        broadcast=row.id,
        outcome=outcome,
    )


async def received(broadcast_id: int, person_ids: Collection[int], openid: str, *, now: datetime) -> int:
    """ "1" from an account: whoever it speaks for has read the words; all rounds are confirmed. How many notices.

    What still waited for them, on a named person's list for example, is settled with it.
    """
    if not person_ids:
        return 0
    found = await standing.confirm(f"broadcast:{broadcast_id}", list(person_ids), now)
    for notice_id, state in found:
        if state == NOTICE_WAITING:
            await waiting.settle(notice_id, "confirmed", now)
    if found:
        ids = [notice_id for notice_id, _ in found]
        await people.close(ids, "confirmed", now)
        await standing.close_questions(ids, openid, now)
    return len(found)


async def _notices(row: Broadcast, person_ids: Collection[int], *, but: str = "") -> Sequence[int]:
    found = Notice.filter(business_key__in=rows.keys_of(row), person_id__in=list(person_ids))
    return [notice.id for notice in await found.exclude(outcome=but).order_by("id").only("id")]
