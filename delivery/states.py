"""Moves a notice from state to state, counts it, and makes sure that no end is without a named person."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from delivery import people
from delivery.policy import EMERGENCY, DeliveryPolicy, Way
from delivery.wording import leave_question
from models.counters import count
from models.outreach.notices import ACCEPTED, CLAIMED, EXPIRED, UNKNOWN, WAITING, Notice

log = structlog.get_logger()

NEVER = timedelta(days=3650)
_AGAIN, _SLOWEST = timedelta(seconds=10), timedelta(minutes=10)
_HOPELESS = ("no_account", "unfollowed")


def reason_of(why: str) -> str:
    """The word kept in the row: the key of the sentence without its file."""
    return people.word_of(why)


async def wait(notice: Notice, until: datetime, why: str, *, tried: bool = False) -> None:
    """Back among the waiting, not before `until`."""
    notice.state, notice.next_try_at, notice.reason = WAITING, until, reason_of(why)
    notice.owner = notice.lease_until = None
    if not tried:
        notice.attempts -= 1
    await _save(notice, "attempts", "expires_at")


async def tell(notice: Notice, way_why: str, now: datetime, *, by: str = "liaison") -> None:
    """Onto a named person's list; it waits there until the tick, or until the person writes and the chat is open."""
    call = await people.put_on_list(notice, now, way=by, why=way_why)
    notice.state, notice.channel, notice.reason = WAITING, call.way, call.why
    notice.owner = notice.lease_until = None
    # An emergency goes on trying the chat beside the person who was asked, ever more slowly.
    may_still_ring = notice.topic == EMERGENCY and notice.reason not in _HOPELESS
    again = now + (min(_AGAIN * notice.attempts, _SLOWEST) if may_still_ring else NEVER)
    notice.next_try_at = min(again, notice.expires_at) if notice.expires_at else again
    await _save(notice)


async def gather(notice: Notice, now: datetime) -> None:
    """Among those who get the same words in one mass job; the clock collects them."""
    notice.channel = "mass"
    await wait(notice, now + NEVER, "delivery.why_mass")


async def expire(notice: Notice, why: str, now: datetime, policy: DeliveryPolicy) -> None:
    """Over; what was more than a greeting becomes a named person's task."""
    if notice.topic not in policy.greetings:
        why = "delivery.why_expired_told"
        await people.put_on_list(notice, now, why=why)
    await stop(notice, why, now)


async def stop(notice: Notice, why: str, now: datetime) -> None:
    """Over, and nobody is told: the person has died, withdrawn or does not want this topic."""
    notice.state, notice.reason, notice.settled_at = EXPIRED, reason_of(why), now
    await _save(notice, "settled_at")
    await count("expired")


async def doubt(notice: Notice, now: datetime) -> None:
    """Nobody knows whether it arrived: shown so, never sent again, a named person asks (promise R9)."""
    await people.put_on_list(notice, now, why="delivery.why_unknown")
    notice.state, notice.reason = UNKNOWN, "unknown"
    await _save(notice)
    await count("unknown")


async def accept(notice: Notice, openid: str, platform_id: str, now: datetime, policy: DeliveryPolicy) -> None:
    """The platform took it: its question is open, nobody has to tell it any more."""
    was_in_doubt = notice.state == UNKNOWN
    notice.state, notice.outcome, notice.accepted_at = ACCEPTED, "sent", now
    notice.platform_id = platform_id[:40] or None
    if notice.reason == "resend":
        notice.reason = notice.channel
    await _save(notice, "outcome", "accepted_at", "platform_id")
    await count("accepted")
    await count("unknown", -1 if was_in_doubt else 0)
    await people.close([notice.id], "sent", now)
    await leave_question(notice, openid, now, policy)


async def not_delivered(notice: Notice, now: datetime) -> None:
    """The platform took it and then did not deliver: the person is told by somebody."""
    log.info("notice.not_delivered", notice=notice.id)
    await people.put_on_list(notice, now, why="delivery.why_refused")
    notice.outcome, notice.reason = "not_sent", "refused"
    await notice.save(update_fields=["outcome", "reason", "teller_id"])


async def _save(notice: Notice, *further: str) -> None:
    names = ["state", "channel", "reason", "next_try_at", "owner", "lease_until", "teller_id"]
    await notice.save(update_fields=[*names, *further])


def is_ours(notice: Notice, owner: str) -> bool:
    """Whether this courier may still record what came of it, late or not."""
    return notice.owner == owner and notice.state in (CLAIMED, UNKNOWN)


async def carry_out(notice: Notice, way: Way, now: datetime, policy: DeliveryPolicy) -> str:
    """Every step that needs no platform; the word for the counters."""
    match way.step:
        case "wait":
            until = way.until or now
            if way.why == "delivery.why_picture":
                notice.expires_at = until
            await wait(notice, until, way.why)
            return "waiting"
        case "tell":
            await tell(notice, way.why, now, by=str(way.channel))
            return "told"
        case "expire":
            await expire(notice, way.why, now, policy)
            return "expired"
    await stop(notice, way.why, now)
    return "expired"
