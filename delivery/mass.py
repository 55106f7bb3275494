"""Mass jobs (群发): gathers those who get the same words, sends them in one call under an id, books the outcome.

The platform takes 2 to 10 000 accounts at once and at most four such messages an account and month (wechat.md §3.6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from delivery import people, states
from delivery.claims import NO_MASS
from delivery.policy import DeliveryPolicy, mass_room
from delivery.quiet import next_allowed
from delivery.reach import month_of
from delivery.states import not_delivered
from delivery.wording import heading_of, text_of
from kit.clock import local_day
from models.counters import count
from models.database import transaction
from models.ledger import give_back_mass, spend_mass
from models.outreach.mass import MADE, REFUSED, SENT, MassJob
from models.outreach.notices import ACCEPTED, CLAIMED, WAITING, Notice
from models.people.accounts import Binding, Question
from models.people.members import Person
from wechat.client.sends import MassJob as Answer
from wechat.errors import OutcomeUnknown, Verdict, WeChatError
from wechat.payloads import Audience, Payload, Text, These

log = structlog.get_logger()

MOST, LEAST = 10_000, 2
PATIENCE = timedelta(minutes=5)
"""So long a batch waits for others with the same words."""
_KNOWN_FOR = timedelta(hours=24)
"""How long the platform knows a clientmsgid: later the same id would send again."""
_BOOKED_AT_ONCE = 500


class MassClient(Protocol):
    """The one call this needs; `wechat.client.WeChatClient` has it."""

    async def mass_send(self, audience: Audience, payload: Payload, client_msg_id: str) -> Answer:
        """Start a job."""


@dataclass(frozen=True, slots=True)
class _Member:
    notice_id: int
    openid: str


async def waiting_keys(now: datetime) -> list[str]:
    """The business keys under which notices wait long enough for a mass job, the oldest first."""
    gathered = Notice.filter(state=WAITING, channel="mass", reason="mass", next_try_at__gt=now)
    rows = await gathered.filter(queued_at__lte=now - PATIENCE).order_by("id").values_list("business_key", flat=True)
    return [str(key) for key in dict.fromkeys(rows)]


async def make_job(key: str, policy: DeliveryPolicy, now: datetime) -> MassJob | None:
    """Claim the next batch under this key, in the caller's transaction; None when nothing is to be sent (any more).

    Whoever died, left, opted out or can be reached by no account goes back to the ladder; so does a single one.
    """
    if next_allowed(now, policy.quiet) > now:
        return None
    gathered = Notice.filter(state=WAITING, channel="mass", reason="mass", business_key=key)
    notices = await gathered.order_by("id").limit(MOST)
    members = await _members(notices)
    accounts = list(dict.fromkeys(one.openid for one in members))
    ceiling = mass_room(0, local_day(now), policy)
    granted = set(await spend_mass(accounts, month_of(now), ceiling)) if len(accounts) >= LEAST else set()
    fitting = [one.notice_id for one in members if one.openid in granted]
    if len(granted) < LEAST:
        await give_back_mass(sorted(granted))
        fitting = []
    await _return([notice.id for notice in notices if notice.id not in set(fitting)], now)
    return await _claimed(key, fitting, len(granted), now) if fitting else None


async def _members(notices: Sequence[Notice]) -> list[_Member]:
    """Which account stands for whom at this moment: the person's own first."""
    wanted = {int(notice.person_id or 0): notice for notice in notices}
    people = await Person.filter(id__in=list(wanted), state="active").only("id", "opted_out")
    willing = {one.id for one in people if wanted[one.id].topic not in (one.opted_out or ())}
    ties = Binding.current().filter(person_id__in=list(willing)).order_by("id")
    rows = await ties.values_list("person_id", "openid", "relation")
    by_person: dict[int, str] = {}
    for person, openid, _ in sorted(rows, key=lambda row: row[2] != "self"):
        by_person.setdefault(int(person), str(openid))
    return [_Member(wanted[person].id, openid) for person, openid in sorted(by_person.items())]


async def _claimed(key: str, notice_ids: Sequence[int], people: int, now: datetime) -> MassJob:
    stamp = int(now.timestamp())
    job = await MassJob.create(
        business_key=key, client_msg_id=f"new-{notice_ids[0]}-{stamp}", people=people, made_at=now, next_try_at=now
    )
    # Unique for this row and moment, so that a restored copy never meets an id the platform knows for other words.
    job.client_msg_id = f"jq{job.id}-{stamp}"
    await job.save(update_fields=["client_msg_id"])
    claimed = Notice.filter(id__in=list(notice_ids), state=WAITING)
    await claimed.update(state=CLAIMED, owner=job.owner, lease_until=now + _KNOWN_FOR, sent_at=now)
    return job


async def _return(notice_ids: Sequence[int], now: datetime) -> None:
    """Back to the ladder: the ways after the mass job are tried at once."""
    if notice_ids:
        back = Notice.filter(id__in=list(notice_ids), state=WAITING)
        await back.update(reason=NO_MASS, next_try_at=now, channel=None)


async def due_jobs(now: datetime) -> list[MassJob]:
    """Batches the platform has not answered yet and may be asked (again) now."""
    return await MassJob.filter(state=MADE, next_try_at__lte=now).order_by("id")


async def send_job(client: MassClient, job: MassJob, policy: DeliveryPolicy, now: datetime) -> str:
    """Call the platform for one batch and book what it says: `sent`, `refused`, `waits` or `over`.

    After a lost answer the same id is sent again: the platform does it once (45065 says that it has).
    """
    if now - job.made_at >= _KNOWN_FOR:
        await _give_up(job, now)
        return "over"
    notices = await Notice.filter(owner=job.owner, state=CLAIMED).order_by("id")
    if job.platform_id is None:
        openids = list(dict.fromkeys(one.openid for one in await _members(notices)))
        if len(openids) < LEAST:
            return await _refused(job, "nobody", now)
        try:
            answer = await client.mass_send(These(tuple(openids)), Text(text_of(notices[0])), job.client_msg_id)
        except WeChatError as refusal:
            return await _heed(job, refusal, now)
        job.platform_id = answer.msg_id[:40] or "none"
        await MassJob.filter(id=job.id).update(platform_id=job.platform_id)
    await _book(job, policy, now)
    return SENT


async def _heed(job: MassJob, refusal: WeChatError, now: datetime) -> str:
    log.warning("mass.refused", job=job.id, code=refusal.code, verdict=str(refusal.verdict))
    # Without quota (45028) the month or day is over for all: other ways are quicker than waiting.
    is_open = refusal.verdict in (Verdict.RETRY, Verdict.REFRESH_TOKEN, Verdict.WAIT) and refusal.code != 45028
    if is_open or isinstance(refusal, OutcomeUnknown):
        wait = max(60, refusal.ruling.wait_seconds(now))
        await MassJob.filter(id=job.id).update(next_try_at=now + timedelta(seconds=wait))
        return "waits"
    return await _refused(job, str(refusal.code), now)


async def _refused(job: MassJob, why: str, now: datetime) -> str:
    """Nothing was sent: everybody goes on to the next way."""
    async with transaction():
        notices = await Notice.filter(owner=job.owner, state=CLAIMED)
        await give_back_mass([one.openid for one in await _members(notices)])
        free = Notice.filter(owner=job.owner, state=CLAIMED)
        await free.update(
            state=WAITING, owner=None, lease_until=None, sent_at=None, reason=NO_MASS, channel=None, next_try_at=now
        )
        await MassJob.filter(id=job.id).update(state=REFUSED, failed=why[:40])
    return REFUSED


async def _book(job: MassJob, policy: DeliveryPolicy, now: datetime) -> None:
    """Some hundred a transaction, so that messages never wait long; a kill in between leaves the rest to be booked."""
    until = now + timedelta(hours=policy.answer_hours)
    while notices := await Notice.filter(owner=job.owner, state=CLAIMED).order_by("id").limit(_BOOKED_AT_ONCE):
        ids = [notice.id for notice in notices]
        openids = {one.notice_id: one.openid for one in await _members(notices)}
        asked = [_question(notice, openids[notice.id], now, until) for notice in notices
                 if notice.id in openids and notice.asks]  # fmt: skip
        async with transaction():
            taken = Notice.filter(id__in=ids, state=CLAIMED)
            await count("accepted", await taken.update(state=ACCEPTED, outcome="sent", accepted_at=now))
            await people.close(ids, "sent", now)
            await Question.bulk_create(asked)
    await MassJob.filter(id=job.id).update(state=SENT)


def _question(notice: Notice, openid: str, now: datetime, until: datetime) -> Question:
    return Question(
        openid=openid, title=heading_of(notice), choices=notice.asks, asked_at=now,
        valid_until=max(until, notice.expires_at or until), notice_id=notice.id,
    )  # fmt: skip


async def _give_up(job: MassJob, now: datetime) -> None:
    """A day without an answer: nobody knows, so a named person asks each of them."""
    async with transaction():
        for notice in await Notice.filter(owner=job.owner, state=CLAIMED):
            await states.doubt(notice, now)
        await MassJob.filter(id=job.id).update(state=REFUSED, failed="unknown")


async def finished(platform_id: str, *, is_sent: bool, now: datetime) -> None:
    """The platform's word afterwards: a job it did not send at all becomes everybody's next way."""
    job = await MassJob.get_or_none(platform_id=platform_id)
    if job is None or is_sent:
        return
    await MassJob.filter(id=job.id).update(failed="not_sent")
    for notice in await Notice.filter(owner=job.owner, outcome="sent", channel="mass"):
        await not_delivered(notice, now)
