"""Looks each minute whose hour has come and who gave a sign; a sign after all settles what was open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

import texts
from delivery.outbox import Asked, Letter, post_many, to_person
from kit.clock import at_local, local_day
from models.care.curtain import CALLED_FOR, FINE, MISSING, OPEN, WAITING, CurtainResult, CurtainSubscription
from models.care.safe import SafeReport
from models.people.accounts import Account, Binding
from services.care.curtain.rules import MESSAGE, CurtainPolicy, Half, clock_of, first_state, half_begins
from services.care.curtain.settling import settle
from services.people.members import ACTIVE, where

_SEEN: dict[Half, str] = {"open": "opened_on", "close": "closed_on"}
_BY: dict[Half, str] = {"open": "open_by", "close": "close_by"}


async def greet(policy: CurtainPolicy, *, now: datetime, limit: int = 500) -> int:
    """Good morning to whoever gives the sign by a message and has not written yet; only where chat is open."""
    today = local_day(now)
    soon = clock_of(now + policy.hello)
    rows = _standing(today).filter(Q(hello_on__isnull=True) | Q(hello_on__lt=today), open_by__lte=soon)
    some = await rows.order_by("id").limit(limit)
    await CurtainSubscription.filter(id__in=[row.id for row in some]).update(hello_on=today)
    quiet = [row for row in some if row.sign == MESSAGE]
    wrote = await _signed([row.person_id for row in quiet], today, "open")
    asks = (
        Asked(texts.render("curtain.fine"), "curtain.fine"),
        Asked(texts.render("curtain.come"), "curtain.come"),
    )
    by_time: dict[str, list[str]] = defaultdict(list)
    for row in quiet:
        if row.person_id not in wrote:
            by_time[row.open_by].append(to_person(row.person_id))
    greeted = 0
    for open_by, people in by_time.items():
        ends = _moment(today, open_by)
        letter = Letter("curtain.hello", {}, topic="visit_check", useful_until=ends, asks=asks)
        if ends > now:
            greeted += await post_many(people, letter, once=f"curtain_hello:{today.isoformat()}", now=now)
    return greeted


async def look(policy: CurtainPolicy, *, now: datetime, limit: int = 500) -> int:
    """Open a half-day for everybody whose hour has come, settled at once where a sign was given; how many are not."""
    halves: tuple[Half, ...] = ("open", "close")
    return sum([await _look_at(half, now, limit) for half in halves])


async def _look_at(half: Half, now: datetime, limit: int) -> int:
    today, seen, by = local_day(now), _SEEN[half], _BY[half]
    unseen = where(f"{seen}__isnull", True) | where(f"{seen}__lt", today)
    rows = await _standing(today).filter(unseen, where(f"{by}__lte", clock_of(now))).order_by("id").limit(limit)
    if not rows:
        return 0
    signed = await _signed([row.person_id for row in rows], today, half)
    able = await _able_to_write([row.person_id for row in rows])
    fresh = [_result(row, half, _state(row, signed, able), now) for row in rows]
    await CurtainResult.bulk_create(fresh, batch_size=200, ignore_conflicts=True)
    await CurtainSubscription.filter(id__in=[row.id for row in rows]).update(**{seen: today})
    return sum(row.state in OPEN for row in fresh)


def _standing(today: date) -> QuerySet[CurtainSubscription]:
    """What holds today, of people who are there; who is reported dead is left in peace."""
    here = CurtainSubscription.current().filter(person__state=ACTIVE)
    return here.filter(Q(paused_until__isnull=True) | Q(paused_until__lt=today))


def _state(row: CurtainSubscription, signed: Collection[int], able: Collection[int]) -> str:
    """Of who cannot write any more (unfollowed, a new telephone) no word is missed: the watcher looks instead."""
    if row.person_id in signed:
        return FINE
    return first_state(row.sign) if row.person_id in able else WAITING


def _result(row: CurtainSubscription, half: Half, state: str, now: datetime) -> CurtainResult:
    is_signed = state == FINE
    return CurtainResult(
        person_id=row.person_id,
        day=local_day(now),
        half=half,
        state=state,
        since=now,
        was_missing=state == MISSING,
        how="message" if is_signed else None,
        settled_at=now if is_signed else None,
    )


async def _able_to_write(people: Collection[int]) -> set[int]:
    """For whom an account that follows speaks."""
    bound = await Binding.current().filter(person_id__in=list(people))
    there = Account.filter(openid__in=[row.openid for row in bound], follows=True)
    openids = {str(one) for one in await there.values_list("openid", flat=True)}
    return {row.person_id for row in bound if row.openid in openids}


def _moment(day: date, clock: str) -> datetime:
    return at_local(day, datetime.strptime(clock, "%H:%M").time())


async def _signed(people: Collection[int], day: date, half: Half) -> set[int]:
    """Who gave a sign: 报平安 (the family's too), or any word from an account that is theirs alone."""
    if not people:
        return set()
    said = await SafeReport.filter(person_id__in=list(people), day=day).values_list("person_id", flat=True)
    reported = {int(str(one)) for one in said}
    wrote, family_wrote = await _wrote(people, half_begins(half, day))
    # 报平安 keeps the day only: in the evening it takes a word of the evening from whoever speaks for them.
    return wrote | (reported if half == "open" else reported & family_wrote)


async def _wrote(people: Collection[int], since: datetime) -> tuple[set[int], set[int]]:
    """For whom the own account wrote since then, and for whom any account that speaks for them did."""
    bound = await Binding.current().filter(person_id__in=list(people))
    openids = {row.openid for row in bound}
    writing = Account.filter(openid__in=list(openids), last_message_at__gte=since)
    active = {str(one) for one in await writing.values_list("openid", flat=True)}
    several: dict[str, set[int]] = defaultdict(set)
    for row in await Binding.current().filter(openid__in=list(active)):
        several[row.openid].add(row.person_id)
    lively = [row for row in bound if row.openid in active]
    own = {row.person_id for row in lively if row.relation == "self" and len(several[row.openid]) == 1}
    return own, {row.person_id for row in lively}


async def settle_by_signs(*, now: datetime, limit: int = 500) -> int:
    """Whoever gave a sign after all, be it a day later: the half-day is settled; how many."""
    today = local_day(now)
    still = CurtainResult.unsettled().filter(Q(how__isnull=True) | Q(how__not=CALLED_FOR), day__lte=today)
    rows = await still.order_by("-id").limit(limit)
    evening = [row for row in rows if row.half == "close" and row.day == today]
    others = [row for row in rows if row not in evening]
    settled = 0
    halves: tuple[tuple[Half, list[CurtainResult]], ...] = (("open", others), ("close", evening))
    for half, some in halves:
        signed = await _signed([row.person_id for row in some], today, half)
        settled += sum([await settle(row, "message", by=None, now=now) for row in some if row.person_id in signed])
    return settled
