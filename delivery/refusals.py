"""Says what follows when the platform did not take a notice: again, another way, or doubt; pure functions."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from delivery.policy import DeliveryPolicy
from wechat.errors import Mark, OutcomeUnknown, Scope, TokenUnavailable, Unreachable, Verdict, WeChatError

_TRIES = 6
_SENDS = "/message/"
_PATIENCE = 30
_STOPPED_SECONDS = 600


@dataclass(frozen=True, slots=True)
class After:
    """`step` is `away` (nothing gets through now), `again` in `wait` seconds, `resend`, `other` way, or `unknown`."""

    step: str
    why: str
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Try:
    """What was tried: by which channel, for the how-many-th time, and whether an emergency has waited too long."""

    channel: str
    attempts: int
    is_emergency: bool = False
    is_too_late: bool = False


def after_refusal(
    refusal: WeChatError,
    tried: Try,
    now: datetime,
    policy: DeliveryPolicy,
    jitter: Callable[[], float] = random.random,
) -> After:
    """What to do after `refusal` (error table of wechat.md §4)."""
    is_keyed = tried.channel in ("template", "subscription")
    if isinstance(refusal, OutcomeUnknown) and _SENDS in refusal.api:
        return After("resend", "delivery.why_busy", 20.0) if is_keyed else After("unknown", "delivery.why_unknown")
    if tried.is_too_late and refusal.verdict in (Verdict.RETRY, Verdict.WAIT, Verdict.REFRESH_TOKEN):
        return After("other", "delivery.why_refused")
    if isinstance(refusal, Unreachable | OutcomeUnknown | TokenUnavailable):
        # A token or an upload that got no answer has sent nobody anything.
        return After("away", "delivery.why_busy")
    match refusal.verdict:
        case Verdict.RETRY | Verdict.REFRESH_TOKEN:
            again = _again(tried, policy, jitter)
            # "System busy" may hide a sent form: only its id makes a second try safe, and only for a while.
            return replace(again, step="resend") if is_keyed and again.step == "again" else again
        case Verdict.WAIT:
            return _later(refusal.ruling.wait_seconds(now), tried, "delivery.why_quota", jitter)
        case Verdict.STOP_AND_ALERT if refusal.ruling.scope is Scope.ACCOUNT:
            return _later(refusal.ruling.wait or _STOPPED_SECONDS, tried, "delivery.why_stopped", jitter)
    return After("other", "delivery.why_refused")


def _again(tried: Try, policy: DeliveryPolicy, jitter: Callable[[], float]) -> After:
    if tried.attempts >= _TRIES:
        return After("other", "delivery.why_refused")
    steps = policy.retry_seconds
    pause = steps[min(tried.attempts, len(steps)) - 1] if tried.attempts else steps[0]
    return After("again", "delivery.why_busy", pause * (1 + 0.25 * jitter()))


def _later(seconds: float, tried: Try, why: str, jitter: Callable[[], float]) -> After:
    """An emergency goes another way rather than wait."""
    if tried.is_emergency and seconds > _PATIENCE:
        return After("other", "delivery.why_refused")
    return After("again", why, seconds + 5 * jitter())


def shut_by(refusal: WeChatError, channel: str, openid: str) -> frozenset[tuple[str, str]]:
    """Which ways the refusal closes for this notice: all of an unwilling account, else the one that was tried."""
    if refusal.ruling.mark in (Mark.UNFOLLOWED, Mark.UNWILLING):
        return frozenset((way, openid) for way in ("customer", "template", "subscription", "mass"))
    return frozenset({(channel, openid)})
