"""转告与电话名单: the lists of those who tell others at the door, by telephone or on paper, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from delivery import people, waiting
from delivery.outbox import Asked, Letter, post_notice, to_person
from delivery.policy import DeliveryPolicy
from kit.errors import Refusal
from models.outreach.calls import CLOSED, LIAISON, OPEN, PAPER, PHONE, Call
from models.outreach.notices import Notice
from models.people.members import Person
from services.people import audit
from texts import render

RESULTS: Mapping[str, tuple[str, ...]] = {
    LIAISON: ("told", "not_home", "asks_back"),
    PHONE: ("reached", "no_answer", "later"),
    PAPER: ("on_paper", "not_home"),
}
"""What whoever tells answers first, by the way it is told."""
FURTHER: Mapping[str, tuple[str, ...]] = {
    LIAISON: ("away", "in_hospital", "died"),
    PHONE: ("wrong_number", "asks_back", "away", "in_hospital", "died"),
    PAPER: ("away", "in_hospital", "died"),
}
"""What else may come of it, behind "something else"."""
REPORTS = ("in_hospital", "died")
"""News that somebody has to confirm before anything follows from it."""
_SETTLES = {"told": "told_by_liaison", "reached": "told_by_phone", "on_paper": "on_paper"}
_PAUSES = {
    "later": timedelta(hours=2),
    "no_answer": timedelta(hours=3),
    "away": timedelta(days=7),
    "in_hospital": timedelta(days=7),
    "died": timedelta(days=1),
}
_BETWEEN = timedelta(hours=4)
"""No keeper is told more often that something waits."""
_ANNOUNCED = "calls.waiting"


@dataclass(frozen=True, slots=True)
class Shown:
    """One call as its keeper sees it: whom to tell, the words to read aloud, the telephone, and why it came here."""

    call: Call
    name: str
    spoken: str
    phone: str
    why: str


async def list_of(keeper: Person, *, now: datetime, after: int = 0, limit: int = 5) -> list[tuple[Call, str]]:
    """What this person is to tell now, with the names, from the id `after` on."""
    rows = await Call.waiting(keeper.id, now).filter(id__gt=after).order_by("id").limit(limit)
    names = {one.id: one.name for one in await Person.filter(id__in=[row.person_id for row in rows if row.person_id])}
    return [(row, names.get(row.person_id or 0, "")) for row in rows]


async def count_of(keeper: Person, *, now: datetime) -> int:
    """How many this person is to tell now."""
    return await Call.waiting(keeper.id, now).count()


async def one_of(call_id: int, keeper: Person) -> Call:
    """One call of this person's list; raises `access.unknown` for anybody else's."""
    call = await Call.get_or_none(id=call_id, keeper_id=keeper.id)
    if call is None:
        raise Refusal("access.unknown")
    return call


async def show(call: Call, *, by: Person, now: datetime) -> Shown:
    """The call to its keeper; the telephone is needed for it, and the look is noted (promise V9)."""
    told = await waiting.read_out(call.notice_id)
    person = await Person.get_or_none(id=call.person_id) if call.person_id else None
    phone = (person.phone if person else None) or ""
    if person and phone:
        subject = audit.by_person(person)
        await audit.note(audit.by_person(by), "unmasked", now=now, subject=subject, reason="call", field="phone")
    return Shown(call, person.name if person else "", told.spoken if told else "", phone, f"delivery.why_{call.why}")


async def person_of(call: Call) -> Person | None:
    """Whom the call is about."""
    return await Person.get_or_none(id=call.person_id) if call.person_id else None


async def record(call: Call, result: str, *, by: Person, now: datetime) -> bool:
    """What came of it; True if the person has been told, and the notice is settled with it.

    Everything else stays on the list and moves on by itself: to the telephone list, to a sheet of paper, upwards.
    Raises `calls.settled`, and `access.unknown` for a result this way does not have.
    """
    if result not in (*RESULTS[call.way], *FURTHER[call.way]):
        raise Refusal("access.unknown")
    call.note(now, result)
    outcome = _outcome(call, result)
    changes: dict[str, object] = {"steps": call.steps, "result": outcome or result}
    if outcome is None:
        tries = call.tries + (result == "no_answer")
        changes |= {"tries": tries, "next_at": now + _PAUSES.get(result, timedelta())}
    else:
        changes |= {"state": CLOSED, "settled_at": now, "settled_by_id": by.id}
    if not await Call.filter(id=call.id, state=OPEN).update(**changes):
        raise Refusal("calls.settled")
    await waiting.settle(call.notice_id, outcome or "unreachable", now)
    await _note(call, result, by, now)
    return outcome is not None


def _outcome(call: Call, result: str) -> str | None:
    if result == "asks_back":
        return "told_by_liaison" if call.way == LIAISON else "told_by_phone"
    return _SETTLES.get(result)


async def _note(call: Call, result: str, by: Person, now: datetime) -> None:
    subject = f"person:{call.person_id}" if call.person_id else None
    await audit.note(audit.by_person(by), "call.recorded", now=now, subject=subject, call=call.id, result=result)


async def take_back(call_id: int, *, by: Person, now: datetime) -> None:
    """It was the wrong line: the call stands on the list again as it was, and its notice waits with it."""
    call = await one_of(call_id, by)
    await waiting.unsettle(call.notice_id, (*people.TOLD[:3], "unreachable"))
    call.note(now, "taken_back")
    await Call.filter(id=call.id).update(
        state=OPEN, result=None, settled_at=None, settled_by_id=None, next_at=now, steps=call.steps,
        tries=max(0, call.tries - (call.result == "no_answer")),
    )  # fmt: skip


async def ask_people(notice_ids: Collection[int], *, now: datetime, why: str = "second_round") -> int:
    """Somebody is to tell these notices that brought no answer; how many calls are open for them now."""
    for notice in await Notice.filter(id__in=list(notice_ids)).order_by("id"):
        await people.put_on_list(notice, now, why=why)
        await Notice.filter(id=notice.id).update(teller_id=notice.teller_id)
    return await Call.filter(notice_id__in=list(notice_ids), state=OPEN).count()


async def move_on(policy: DeliveryPolicy, *, now: datetime, after: int, page: int) -> tuple[int, int, int]:
    """Look at the next calls that may be over their time: (last id, how many looked at, how many moved on)."""
    ladder, moved, last = people.Ladder(policy, now), 0, after
    calls = await people.open_calls(policy, now, after=after, limit=page)
    for call in calls:
        moved += await ladder.move_on(call) == "moved"
        last = call.id
    return last, len(calls), moved


async def to_announce(now: datetime) -> list[int]:
    """Whose list has something new, of those who were not told so within the last hours."""
    fresh = Call.filter(state=OPEN, next_at__lte=now, announced_at__isnull=True, keeper_id__isnull=False)
    keepers = set(await fresh.distinct().values_list("keeper_id", flat=True))
    lately = Call.filter(keeper_id__in=list(keepers), announced_at__gt=now - _BETWEEN)
    return sorted(int(str(one)) for one in keepers - set(await lately.values_list("keeper_id", flat=True)))


async def announce(keeper_id: int, *, now: datetime) -> bool:
    """One notice for everything that waits on a list; what only says so itself is no reason for another."""
    rows = await Call.waiting(keeper_id, now).filter(announced_at__isnull=True).only("id", "notice_id")
    await Call.filter(id__in=[row.id for row in rows]).update(announced_at=now)
    own = Notice.filter(id__in=[row.notice_id for row in rows], say=_ANNOUNCED)
    if len(rows) == await own.count():
        return False
    count = await Call.waiting(keeper_id, now).count()
    asks = (Asked(render("calls.see_list"), "calls.mine"),)
    letter = Letter(_ANNOUNCED, {"count": count}, topic="work", asks=asks, useful_until=now + timedelta(days=3))
    once = f"calls:{keeper_id}:{int(now.timestamp())}"
    return await post_notice(to_person(keeper_id), letter, once=once, now=now) is not None
