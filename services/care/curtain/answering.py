"""What a watcher, the family, whoever was told, or the person says of a half-day: all well, no sign, away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q

from delivery.outbox import to_openid, to_person
from kit.clock import local, local_day
from kit.errors import Refusal
from models.care.curtain import (
    CALLED_FOR,
    FINE,
    MISSING,
    OPEN,
    WAITING,
    CurtainResult,
    CurtainStep,
    CurtainSubscription,
)
from models.people.members import EmergencyContact, Person
from services.care.curtain.rising import NAMES
from services.care.curtain.rules import Half
from services.care.curtain.settling import heard_of, settle
from services.county import escalation
from services.people import audit
from services.people.members import ACTIVE

_EVENING = 16
AWAY = timedelta(days=7)
"""For so long nobody looks for somebody who is said to be away, when no day is named."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One half-day as whoever was told sees it: whom to look for, the telephone, the family with telephones."""

    result_id: int
    person: Person
    family: tuple[tuple[str, str], ...]
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """One line of a watcher's round: who, the sign, and whether today's half is seen to."""

    person_id: int
    name: str
    sign: str
    is_seen: bool


async def opened(result_id: int, openid: str, by: Person | None, *, now: datetime) -> Opened:
    """The half-day for somebody who was told of it; the look is entered. Raises `access.unknown` for anybody else."""
    row = await _heard(result_id, openid, by)
    contacts = await EmergencyContact.filter(person_id=row.person_id).order_by("id") if by else []
    family = tuple((one.name, one.phone) for one in contacts if one.phone)
    if by is not None:
        about = audit.by_person(row.person_id)
        await audit.note(audit.by_person(by), "unmasked", now=now, subject=about, reason="curtain", field="phone")
    return Opened(row.id, row.person, family, row.state not in OPEN)


async def say_fine(result_id: int, openid: str, by: Person | None, *, how: str, now: datetime) -> str:
    """Whoever was told has reached the person; the name. Raises `access.unknown`, `curtain.settled`."""
    row = await _heard(result_id, openid, by)
    if not await settle(row, how, by=by.id if by else None, now=now):
        raise Refusal("curtain.settled", name=row.person.name)
    return row.person.name


async def no_sign(result_id: int, openid: str, by: Person | None, *, now: datetime) -> str:
    """Whoever looked has seen no sign: the person is missed from now on. The name; raises as `say_fine`."""
    row = await _heard(result_id, openid, by)
    if row.state not in OPEN:
        raise Refusal("curtain.settled", name=row.person.name)
    await _missed(row, to_person(by) if by else to_openid(openid), now)
    return row.person.name


async def away(result_id: int, openid: str, by: Person, *, now: datetime) -> str:
    """The person turns out to be away: nobody looks for a week, and everybody told hears it. Raises as `say_fine`."""
    name = await say_fine(result_id, openid, by, how="away", now=now)
    row = await CurtainResult.get(id=result_id)
    rows = CurtainSubscription.current().filter(person_id=row.person_id)
    await rows.update(paused_until=local_day(now) + AWAY)
    return name


async def round_of(watcher: Person, *, now: datetime) -> Sequence[Watched]:
    """Whom this person looks after today, those not seen yet first."""
    today = local_day(now)
    looks = Q(watcher_id=watcher.id) | Q(backup_id=watcher.id)
    held = CurtainSubscription.current().filter(looks, person__state=ACTIVE)
    rows = await held.filter(Q(paused_until__isnull=True) | Q(paused_until__lt=today)).select_related("person")
    seen = CurtainResult.of_day(today).filter(person_id__in=[row.person_id for row in rows], half=half_now(now))
    fine = {int(str(one)) for one in await seen.filter(state=FINE).values_list("person_id", flat=True)}
    lines = [Watched(row.person_id, row.person.name, row.sign, row.person_id in fine) for row in rows]
    return sorted(lines, key=lambda one: (one.is_seen, one.person_id))


async def tick(person_id: int, *, is_fine: bool, by: Person, now: datetime) -> tuple[int, str]:
    """A watcher has looked: the half-day and the name. Raises `access.unknown` for whom they do not look after."""
    looks = Q(watcher_id=by.id) | Q(backup_id=by.id)
    held = await CurtainSubscription.current().filter(looks, person_id=person_id).select_related("person").first()
    if held is None:
        raise Refusal("access.unknown")
    half = half_now(now)
    row, _ = await CurtainResult.get_or_create(
        {"state": WAITING, "since": now}, person_id=person_id, day=local_day(now), half=half
    )
    if not is_fine:
        await _missed(row, to_person(by), now)
    elif row.state in OPEN:
        await settle(row, "watcher", by=by.id, now=now)
    seen = "opened_on" if half == "open" else "closed_on"
    await CurtainSubscription.filter(id=held.id).update(**{seen: local_day(now)})
    return row.id, held.person.name


async def said_fine(person_id: int, *, now: datetime) -> None:
    """The person says that all is well: today's half-days are settled."""
    for row in await CurtainResult.unsettled().filter(person_id=person_id, day=local_day(now)):
        await settle(row, "message", by=None, now=now)


async def asked_to_come(person: Person, *, now: datetime) -> None:
    """The person wants somebody to look in: the watcher is called on at once, and no word of theirs ends it."""
    facts = {"state": MISSING, "since": now, "told": 1, "risen_to": 0, "was_missing": True, "how": CALLED_FOR}
    row, is_new = await CurtainResult.get_or_create(facts, person_id=person.id, day=local_day(now), half=half_now(now))
    if not is_new and row.how != CALLED_FOR:
        await CurtainResult.filter(id=row.id).update(**facts, settled_at=None)


async def told_of(person: Person, *, limit: int = 5) -> list[tuple[int, str]]:
    """The half-days nobody has settled that this person was told of: (id, name), the newest first."""
    steps = await CurtainStep.filter(recipient=to_person(person)).values_list("result_id", flat=True)
    rose = [one for name in NAMES.values() for one in await escalation.heard_by(person.id, name)]
    ids = {int(str(one)) for one in steps} | set(rose)
    rows = CurtainResult.unsettled().filter(id__in=list(ids)).select_related("person")
    return [(row.id, row.person.name) for row in await rows.order_by("-id").limit(limit)]


def half_now(now: datetime) -> Half:
    """Which half-day a look counts for: until four in the afternoon the morning's."""
    return "open" if local(now).hour < _EVENING else "close"


async def _missed(row: CurtainResult, by: str, now: datetime) -> None:
    """The watcher saw nothing: the ladder of a missing sign begins now, where it has not begun.

    Whoever says so has the telephone in the same breath and need not be told to call.
    """
    fresh = CurtainResult.filter(id=row.id, state=WAITING)
    if await fresh.update(state=MISSING, since=now, told=0, risen_to=0, was_missing=True):
        await CurtainStep.get_or_create({"told_at": now}, result_id=row.id, capacity="call", recipient=by)


async def _heard(result_id: int, openid: str, by: Person | None) -> CurtainResult:
    row = await CurtainResult.get_or_none(id=result_id).select_related("person")
    own = {to_openid(openid)} | ({to_person(by)} if by else set())
    if row is None or not (own & await heard_of(row) or (by and await _watches(by, row.person_id))):
        raise Refusal("access.unknown")
    return row


async def _watches(by: Person, person_id: int) -> bool:
    looks = Q(watcher_id=by.id) | Q(backup_id=by.id)
    return await CurtainSubscription.current().filter(looks, person_id=person_id).exists()
