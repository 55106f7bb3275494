"""Hands a notice to people: onto whose list it goes, when it moves on, and that it leaves every list when settled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tortoise.expressions import Q, Subquery

from delivery.policy import BY_PEOPLE, IN_VAIN, Asked, DeliveryPolicy, Matter, Reach, Step, Way, way_by_people
from delivery.reach import is_active, keepers_for, keepers_of
from kit.clock import local_day
from models.outreach.calls import CLOSED, LIAISON, OPEN, Call
from models.outreach.notices import WAITING, Notice
from models.people.members import Person

_WHY = "delivery.why_"
_HELD = "death_reported"
TOLD = ("told_by_liaison", "told_by_phone", "on_paper", "confirmed")
"""How a notice is settled: by a named human being or by the person."""


def word_of(why: str) -> str:
    """The word kept in a row: the key of the sentence without its file."""
    return why.removeprefix(_WHY)


async def put_on_list(notice: Notice, now: datetime, *, way: str = LIAISON, why: str = "delivery.why_refused") -> Call:
    """A row "please tell this person" for the nearest named person; once a notice, opened again unless it was told.

    A way the county does not have moves on with the next tick.
    """
    call = await Call.get_or_none(notice_id=notice.id)
    if call is None:
        call = await _new_call(notice, now, way, word_of(why))
    elif call.state == CLOSED and call.result not in TOLD:
        call.state, call.result, call.settled_at, call.why = OPEN, None, None, word_of(why)
        call.since = call.next_at = now
        call.note(now)
        await call.save()
    notice.teller_id = call.keeper_id
    return call


async def _new_call(notice: Notice, now: datetime, way: str, why: str) -> Call:
    person = await Person.get_or_none(id=notice.person_id) if notice.person_id else None
    call = Call(
        notice_id=notice.id,
        person_id=notice.person_id,
        organisation_id=(person.community_id or person.branch_id) if person else None,
        why=why,
        way=way,
        keeper_id=first_for(way, await keepers_of(notice, local_day(now)), person),
        made_at=now,
        since=now,
        next_at=now,
    )
    call.note(now)
    await call.save()
    return call


def first_for(way: str, keepers: Sequence[int], person: Person | None) -> int | None:
    """Whose list it goes onto first: the liaison's own way is theirs, a telephone list an officer's."""
    if way != LIAISON and person and len(keepers) > 1 and keepers[0] == person.liaison_id:
        return keepers[1]
    return keepers[0] if keepers else None


async def close(notice_ids: Collection[int], result: str, now: datetime, *, by_id: int | None = None) -> None:
    """These notices are settled, by whatever way: they leave every list."""
    closing = Call.filter(notice_id__in=list(notice_ids), state=OPEN)
    await closing.update(state=CLOSED, result=result, settled_at=now, settled_by_id=by_id)


async def close_for(person_id: int, result: str, now: datetime) -> None:
    """Nobody has to tell this person anything any more: they have died or left."""
    await Call.filter(person_id=person_id, state=OPEN).update(state=CLOSED, result=result, settled_at=now)


@dataclass(slots=True)
class Ladder:
    """Moves calls on. One for a round of the clock: who keeps whom is looked up once a place and liaison."""

    policy: DeliveryPolicy
    now: datetime
    _keepers: dict[tuple[int | None, ...], list[int]] = field(default_factory=dict, init=False)
    _there: dict[int, bool] = field(default_factory=dict, init=False)

    async def move_on(self, call: Call) -> str:
        """Bring one open call a step further if it is time; the word says what happened, `""` for nothing."""
        person = await Person.get_or_none(id=call.person_id) if call.person_id else None
        if person is not None and person.state == _HELD:
            return ""
        way = way_by_people(await self._matter(call), Reach(phone=self._phone(person)), self.now, self.policy)
        if way.step is not Step.TELL:
            return ""
        keeper = await self._keeper(call, way, person)
        if keeper == call.keeper_id and way.channel == call.way:
            # At the top of the tree there is nobody else: asked again, never dropped.
            await Call.filter(id=call.id).update(since=self.now, announced_at=None)
            return "again"
        return await self._hand(call, way, keeper)

    async def _hand(self, call: Call, way: Way, keeper: int | None) -> str:
        before = (call.way, call.keeper_id)
        call.way, call.why, call.keeper_id = str(way.channel), word_of(way.why), keeper
        call.note(self.now)
        moved = await Call.filter(id=call.id, state=OPEN, way=before[0], keeper_id=before[1]).update(
            way=call.way, why=call.why, keeper_id=keeper, steps=call.steps, result=None, tries=0,
            since=self.now, next_at=self.now, announced_at=None,
        )  # fmt: skip
        if moved:
            waits = Notice.filter(id=call.notice_id, state=WAITING)
            await waits.update(channel=call.way, reason=call.why, teller_id=keeper)
        return "moved" if moved else ""

    async def _matter(self, call: Call) -> Matter:
        return Matter(asked=Asked(call.way, max(call.since, call.next_at), call.tries, call.result,
                                  await self._is_there(call.keeper_id)))  # fmt: skip

    async def _is_there(self, keeper_id: int | None) -> bool:
        if keeper_id is None:
            return False
        if keeper_id not in self._there:
            self._there[keeper_id] = await is_active(keeper_id)
        return self._there[keeper_id]

    async def _keeper(self, call: Call, way: Way, person: Person | None) -> int | None:
        """Who has it next; a further way goes to the next office, a sheet stays with whoever telephoned."""
        keepers = [one for one in await self._all_keepers(call, person) if await self._is_there(one)]
        if way.channel == "paper" and not way.rises and call.way == "phone" and call.keeper_id in keepers:
            return call.keeper_id
        later = keepers[keepers.index(call.keeper_id) + 1 :] if call.keeper_id in keepers else keepers
        return later[0] if later else (keepers[-1] if keepers else call.keeper_id)

    async def _all_keepers(self, call: Call, person: Person | None) -> list[int]:
        today = local_day(self.now)
        if person is None:
            return await keepers_for(None, today, scanned_id=call.organisation_id)
        place = (person.branch_id, person.community_id, person.liaison_id)
        if place not in self._keepers:
            self._keepers[place] = await keepers_for(person, today)
        return [one for one in self._keepers[place] if one != person.id]

    def _phone(self, person: Person | None) -> str:
        return (person.phone if person else None) or ""


async def open_calls(policy: DeliveryPolicy, now: datetime, *, after: int, limit: int) -> list[Call]:
    """Open calls that may have to move on, by their ids: in vain, late, on a way the county left, or of nobody."""
    late = now - timedelta(hours=min(policy.hours.values()))
    gone = Subquery(Person.all().exclude(state="active").values("id"))
    other_ways = [way for way in BY_PEOPLE if way not in policy.ways]
    due = Q(
        Q(result__in=list(IN_VAIN)), Q(since__lte=late), Q(keeper_id__in=gone), Q(keeper_id__isnull=True),
        Q(way__in=other_ways), join_type=Q.OR,
    )  # fmt: skip
    return await Call.filter(due, state=OPEN, next_at__lte=now, id__gt=after).order_by("id").limit(limit)
