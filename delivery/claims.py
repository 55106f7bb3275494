"""Claims a due notice for one courier and decides its way, in one short transaction without any network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tortoise.expressions import F

from delivery import states
from delivery.ledger import take_allowance, take_grant
from delivery.policy import DeliveryPolicy, Matter, Reach, Step, Way, choose_way
from delivery.reach import reach_of
from delivery.wording import spoken_of, text_of
from models.database import transaction
from models.outbox import hold_recipient
from models.outreach.notices import CLAIMED, URGENT, WAITING, Notice

LEASE = timedelta(seconds=60)
RESEND_FOR = timedelta(minutes=10)
"""How long the platform remembers a client_msg_id (wechat.md §3.4)."""
RESEND = "resend"
NO_MASS = "no_mass"
"""A mass job did not take it: the ways after it are open."""
_TOGETHER = 3
_LOOKED_AT = 10
_MERGED_LENGTH = 300

Shut = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Sending:
    """A claimed notice with its way, its words, and others that go in the same message."""

    notice: Notice
    way: Way
    openid: str
    text: str
    window_until: datetime | None = None
    merged: tuple[Notice, ...] = ()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """All that this one message says."""
        return (self.notice, *self.merged)


async def claim(notice_id: int, owner: str, now: datetime, policy: DeliveryPolicy, shut: Shut) -> Sending | str:
    """The notice ready to be sent, or the word for what happened instead.

    A conditional UPDATE lets one of several couriers win, on SQLite and PostgreSQL alike.
    """
    notice = await Notice.get_or_none(id=notice_id)
    if notice is None or notice.state != WAITING or notice.next_try_at > now:
        return "gone"
    async with transaction():
        await hold_recipient(notice.recipient)
        if not await _take(notice, owner, now):
            return "gone"
        await notice.refresh_from_db()
        return await _decide(notice, now, policy, shut)


async def _take(notice: Notice, owner: str, now: datetime) -> bool:
    free = Notice.filter(id=notice.id, state=WAITING, next_try_at__lte=now)
    taken = await free.update(state=CLAIMED, owner=owner, lease_until=now + LEASE, attempts=F("attempts") + 1)
    return bool(taken)


async def _decide(notice: Notice, now: datetime, policy: DeliveryPolicy, shut: Shut) -> Sending | str:
    if notice.reason == RESEND and _is_resend_over(notice, now):
        await states.doubt(notice, now)
        return "unknown"
    reach = await reach_of(notice, now, policy)
    matter = _matter(notice, reach, shut)
    way = choose_way(matter, reach, now, policy)
    while way.step is Step.SEND and not await _pay(way, now):
        matter = replace(matter, shut=matter.shut | {(str(way.channel), str(way.openid))})
        way = choose_way(matter, reach, now, policy)
    if way.channel == "mass" and way.step is Step.SEND:
        await states.gather(notice, now)
        return "waiting"
    if way.step is not Step.SEND:
        return await _instead(notice, way, now, policy)
    return await _ready(notice, way, reach, now, policy)


async def _instead(notice: Notice, way: Way, now: datetime, policy: DeliveryPolicy) -> str:
    """What was perhaps sent already may wait or expire, but nobody else may be told it as if it were not."""
    if notice.reason == RESEND and way.step is not Step.STOP:
        await states.doubt(notice, now)
        return "unknown"
    return await states.carry_out(notice, way, now, policy)


def _is_resend_over(notice: Notice, now: datetime) -> bool:
    return notice.sent_at is None or not timedelta() <= now - notice.sent_at < RESEND_FOR


def _matter(notice: Notice, reach: Reach, shut: Shut) -> Matter:
    closed = set(shut)
    if notice.reason == RESEND:
        # Its outcome is unknown: only the same way, under the same id, may be tried again.
        others = {"customer", "template", "subscription", "mass"} - {str(notice.channel)}
        closed |= {(other, line.openid) for other in others for line in reach.lines} | {("sms", reach.phone)}
    closed |= {("mass", line.openid) for line in reach.lines if notice.reason == NO_MASS}
    return Matter(
        notice.topic,
        notice.in_reply,
        notice.expires_at,
        bool(notice.picture),
        frozenset(closed),
        is_public=notice.broadcast_id is not None,
        is_urgent=notice.urgency == URGENT,
        needs_chat=bool(notice.picture) or not spoken_of(notice),
    )


async def _pay(way: Way, now: datetime) -> bool:
    """Take the allowance or the grant before sending; another courier may have had the last one."""
    if way.channel == "customer":
        return await take_allowance(str(way.openid), now)
    if way.channel == "subscription" and way.template is not None:
        return await take_grant(str(way.openid), way.template.id)
    return True


async def _ready(notice: Notice, way: Way, reach: Reach, now: datetime, policy: DeliveryPolicy) -> Sending:
    openid = str(way.openid)
    window = next((line.window_until for line in reach.lines if line.openid == openid), None)
    merged = await _companions(notice, way, reach, now, policy)
    # Only the first counts as a push: those that join it ring no telephone of their own.
    notice.sent_at = notice.sent_at or now
    for one in (notice, *merged):
        one.channel = way.channel
        if one.reason != RESEND:
            one.reason = states.reason_of(way.why)
        await one.save(update_fields=["channel", "sent_at", "reason"])
    # What asks comes last: a digit answers what was read last.
    told = sorted((notice, *merged), key=lambda one: bool(one.asks))
    text = "\n\n".join(text_of(one) for one in told)
    return Sending(notice, way, openid, text, window, merged)


async def _companions(
    notice: Notice, way: Way, reach: Reach, now: datetime, policy: DeliveryPolicy
) -> tuple[Notice, ...]:
    """Others that wait for the same person join the message: one telephone rings once (domain.md §2.21).

    Only one of them may ask something, unless it is the last message of the day: then nobody's news is held back.
    """
    if way.channel != "customer" or not _may_merge(notice, reach, policy, now):
        return ()
    is_last = len(reach.pushes) == policy.quiet.daily_cap - 1
    chosen: list[Notice] = []
    length, asks = len(text_of(notice)), bool(notice.asks)
    for one in await _waiting_beside(notice, now):
        fits = _may_merge(one, reach, policy, now) and length + len(text_of(one)) <= _MERGED_LENGTH
        if not fits or (one.asks and asks and not is_last) or not await _take(one, str(notice.owner), now):
            continue
        await one.refresh_from_db()
        chosen.append(one)
        length, asks = length + len(text_of(one)), asks or bool(one.asks)
        if len(chosen) == _TOGETHER - 1:
            break
    return tuple(chosen)


async def _waiting_beside(notice: Notice, now: datetime) -> list[Notice]:
    # That none was accepted is said for SQLite: it finds the person's rows by it, and not all that wait in the county.
    mine = Notice.due(now).filter(recipient=notice.recipient, accepted_at__isnull=True)
    return await mine.filter(in_reply=False, picture=None).limit(_LOOKED_AT)


def _may_merge(notice: Notice, reach: Reach, policy: DeliveryPolicy, now: datetime) -> bool:
    is_free = notice.in_reply or notice.topic in policy.quiet.exempt
    is_apart = bool(notice.picture) or notice.topic in policy.greetings or notice.topic in reach.opted_out
    is_useful = notice.expires_at is None or notice.expires_at > now
    return not is_free and not is_apart and is_useful and notice.reason != RESEND
