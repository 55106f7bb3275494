"""Carries notices to people: claim and decide, call the platform outside any transaction, record what came of it."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import asyncpg
import structlog
from tortoise.exceptions import DBConnectionError, OperationalError

from delivery import ledger, people, states
from delivery.claims import LEASE, RESEND, Sending, Shut, claim
from delivery.policy import EMERGENCY, DeliveryPolicy
from delivery.refusals import After, Try, after_refusal, shut_by
from delivery.reports import check_overtaken
from delivery.sending import Draw, Platform, send
from delivery.sms import Sms
from models.database import transaction
from models.outreach.notices import CLAIMED, WAITING, Notice
from wechat.errors import (
    Mark,
    OutcomeUnknown,
    Tell,
    TokenUnavailable,
    Unreachable,
    Verdict,
    WeChatError,
)

log = structlog.get_logger()

_AWAY_SECONDS, _PATIENCE_SECONDS = 1.0, 2.0
_FRESH_SECONDS = 0.6 * _AWAY_SECONDS
"""A failure that has still so long to count was met just now."""
_TRUSTED_SECONDS = 5
"""So long after an answer the platform is taken to be there; who sends blindly into an outage leaves doubt."""
_RECORD_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 4.0)
DATABASE_AWAY = (OperationalError, DBConnectionError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""What is raised while the database cannot be reached: the row stays as it is and is found due again."""
_NO_ANSWER = (OutcomeUnknown, Unreachable, TokenUnavailable)


@dataclass(slots=True)
class Courier:
    """One process's courier. `owner` names it in the rows; `draw` makes a notice's picture.

    `is_away` while the platform cannot be reached: the rows stay due and go out in their order when it is back.
    """

    client: Platform
    policy: DeliveryPolicy
    draw: Draw
    owner: str
    sms: Sms | None = None
    _away_until: float = field(default=0.0, init=False)
    _last_good: float = field(default=float("-inf"), init=False)
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    @property
    def is_away(self) -> bool:
        """Whether a call just failed to leave the machine, so that the next waits a little."""
        return time.monotonic() < self._away_until

    async def is_reachable(self) -> bool:
        """Whether sending makes sense now; after a failure or a long silence a harmless question goes first.

        So an outage puts only what was under way in doubt, and not everything that is due.
        """
        async with self._asking:
            if time.monotonic() - self._last_good < _TRUSTED_SECONDS:
                return True
            if self.is_away:
                return False
            try:
                await self.client.probe()
            except WeChatError as refusal:
                if isinstance(refusal, _NO_ANSWER) or refusal.verdict is Verdict.RETRY:
                    self._stay_away()
                    return False
            self._all_is_well()
            return True

    async def touch(self) -> bool:
        """Ask the platform something harmless, so that the token is fresh; whether it answered."""
        self._last_good = float("-inf")
        return await self.is_reachable()

    async def deliver(self, notice_id: int, now: datetime) -> str:
        """Bring one due notice a step further; the word says where it stands.

        `accepted`, `told`, `expired`, `unknown`, `waiting`, `away`, or `gone` when it is not due or somebody else
        has it. May be called at any time by any number of couriers; each notice is sent once.
        """
        if not await self._is_back(notice_id, now):
            return "away"
        shut: Shut = frozenset()
        for _ in range(4):
            begun = time.monotonic()
            sending = await claim(notice_id, self.owner, now, self.policy, shut)
            if isinstance(sending, str):
                return sending
            result, closed = await self._attempt(sending, now, begun)
            if result != "other":
                return result
            shut |= closed
        return "waiting"

    async def give_up(self, notice_id: int, now: datetime) -> None:
        """A notice that breaks our own code goes to a named person; called by the edge that caught it."""
        notice = await Notice.get_or_none(id=notice_id)
        if notice is None or notice.state not in (CLAIMED, WAITING):
            return
        async with transaction():
            if notice.state == CLAIMED and notice.owner == self.owner:
                await states.doubt(notice, now)
            elif notice.state == WAITING:
                await states.tell(notice, "delivery.why_refused", now)

    async def sweep(self, now: datetime) -> int:
        """Look after what a dead courier left claimed: forms may go again under their id, the rest is in doubt."""
        stale = await Notice.filter(state=CLAIMED, lease_until__lt=now).limit(500)
        for notice in stale:
            async with transaction():
                mine = Notice.filter(id=notice.id, state=CLAIMED, owner=notice.owner, lease_until=notice.lease_until)
                if not await mine.update(lease_until=now + LEASE):
                    continue
                await self._resend_or_doubt(notice, now)
        return len(stale)

    async def _attempt(self, sending: Sending, now: datetime, begun: float) -> tuple[str, Shut]:
        if time.monotonic() - begun > LEASE.total_seconds() / 2:
            # This process was paused: its lease ends for itself before it ends in the database.
            return await self._refused(sending, After("again", "delivery.why_busy"), now)
        try:
            platform_id = await send(self.client, self.draw, sending, now, self.sms)
        except WeChatError as refusal:
            return await self._heed(sending, refusal, now)
        self._all_is_well()
        return await self._accepted(sending, platform_id, now), frozenset()

    async def _accepted(self, sending: Sending, platform_id: str, now: datetime) -> str:
        """Record it, also over a restart of the database: what arrived must not look doubtful (promise R17)."""
        for pause in _RECORD_PAUSES:
            try:
                return await self._record(sending, platform_id, now)
            except DATABASE_AWAY:
                log.warning("notice.not_recorded_yet", notice=sending.notice.id)
            await asyncio.sleep(pause)
        return await self._record(sending, platform_id, now)

    async def _record(self, sending: Sending, platform_id: str, now: datetime) -> str:
        async with transaction():
            for notice in sending.notices:
                await notice.refresh_from_db()
                if states.is_ours(notice, self.owner):
                    await states.accept(notice, sending.openid, platform_id, now, self.policy)
                    await check_overtaken(notice, now)
        return "accepted"

    async def _heed(self, sending: Sending, refusal: WeChatError, now: datetime) -> tuple[str, Shut]:
        self._report(sending, refusal)
        notice, channel = sending.notice, str(sending.way.channel)
        is_emergency = notice.topic == EMERGENCY
        too_late = is_emergency and now - notice.due_at >= timedelta(seconds=self.policy.emergency_seconds)
        tried = Try(channel, notice.attempts, is_emergency, too_late)
        after = after_refusal(refusal, tried, now, self.policy)
        if channel != "sms" and (after.step == "away" or isinstance(refusal, OutcomeUnknown)):
            self._stay_away()
        async with transaction():
            await _remember(refusal.ruling.mark, sending, now)
            if after.step not in ("unknown", "resend"):
                await _give_back(refusal.ruling.mark, sending)
        result, _ = await self._refused(sending, after, now)
        return result, shut_by(refusal, channel, sending.openid)

    def _report(self, sending: Sending, refusal: WeChatError) -> None:
        facts = {"notice": sending.notice.id, "code": refusal.code, "verdict": str(refusal.verdict)}
        loud = refusal.ruling.tell is not Tell.NOBODY or refusal.verdict is Verdict.STOP_AND_ALERT
        (log.error if loud else log.info)("notice.refused", channel=sending.way.channel, rid=refusal.rid, **facts)

    async def _is_back(self, notice_id: int, now: datetime) -> bool:
        """Whether the platform can be reached, now or in a moment: what was handed out does not lose its place."""
        if await self.is_reachable():
            return True
        await self._late_emergency(notice_id, now)
        until = time.monotonic() + _PATIENCE_SECONDS
        while (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(left, max(0.0, self._away_until - time.monotonic())))
            if await self.is_reachable():
                return True
        # What is let go now is handed out again behind others: not on the word of a failure some time ago.
        if self._away_until - time.monotonic() < _FRESH_SECONDS:
            self._away_until = 0.0
        return await self.is_reachable()

    async def _late_emergency(self, notice_id: int, now: datetime) -> None:
        """An alarm that could not leave within a minute is somebody's task as well; it goes on trying (R25)."""
        latest = now - timedelta(seconds=self.policy.emergency_seconds)
        notice = await Notice.get_or_none(id=notice_id, topic=EMERGENCY, state=WAITING, due_at__lte=latest)
        if notice is None or notice.teller_id is not None:
            return
        async with transaction():
            await people.put_on_list(notice, now, why="delivery.why_busy")
            await Notice.filter(id=notice_id, state=WAITING).update(teller_id=notice.teller_id)

    def _all_is_well(self) -> None:
        self._last_good = time.monotonic()

    def _stay_away(self) -> None:
        """Ask again in a moment, and not in step with other processes."""
        self._away_until = time.monotonic() + _AWAY_SECONDS * random.uniform(0.8, 1.2)
        self._last_good = float("-inf")

    async def _refused(self, sending: Sending, after: After, now: datetime) -> tuple[str, Shut]:
        async with transaction():
            for notice in sending.notices:
                await notice.refresh_from_db()
                if states.is_ours(notice, self.owner):
                    await self._put_back(notice, after, now)
        return {"again": "waiting", "resend": "waiting"}.get(after.step, after.step), frozenset()

    async def _put_back(self, notice: Notice, after: After, now: datetime) -> None:
        if notice.reason == RESEND or after.step in ("unknown", "resend"):
            # Something was perhaps sent: the same way under the same id, or nothing more.
            is_over = after.step in ("unknown", "other")
            await (states.doubt(notice, now) if is_over else self._resend_or_doubt(notice, now, after.wait))
            return
        notice.sent_at = None
        await notice.save(update_fields=["sent_at"])
        # What met an outage is due at once, so that the order of all that waits stays as it was.
        wait = after.wait if after.step == "again" else 0.0
        await states.wait(notice, now + timedelta(seconds=wait), after.why, tried=after.step == "again")

    async def _resend_or_doubt(self, notice: Notice, now: datetime, wait: float = 0.0) -> None:
        if notice.channel in ("template", "subscription"):
            await states.wait(notice, now + timedelta(seconds=wait), RESEND, tried=True)
        else:
            await states.doubt(notice, now)


async def _remember(mark: Mark, sending: Sending, now: datetime) -> None:
    """What the refusal says about the account."""
    openid, template = sending.openid, sending.way.template
    if mark is Mark.UNFOLLOWED:
        await ledger.note_unfollowed(openid, now)
    elif mark is Mark.WINDOW_CLOSED:
        await ledger.close_window(openid)
    elif mark is Mark.WINDOW_SPENT:
        await ledger.spend_window(openid)
    elif mark is Mark.NO_GRANT and template is not None:
        await ledger.note_grant(openid, template.id, accepted=False)


async def _give_back(mark: Mark, sending: Sending) -> None:
    """A refused message has used nothing up."""
    if sending.way.channel == "customer" and mark is Mark.NOTHING:
        await ledger.give_back_allowance(sending.openid, sending.window_until)
    elif sending.way.channel == "subscription" and mark is Mark.NOTHING and sending.way.template is not None:
        await ledger.note_grant(sending.openid, sending.way.template.id, accepted=True)
