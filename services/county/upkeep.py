"""Keeps the house itself in order: the heartbeat, and deleting what has been kept long enough (promise V10)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.care.curtain import CurtainResult
from models.care.life_events import LifeEvent
from models.counters import fold_counters
from models.help.heard import Heard
from models.help.voices import Voice
from models.help.wishes import Wish
from models.inbox import InboxMessage
from models.outreach.calls import Call
from models.outreach.mass import MassJob
from models.outreach.notices import Notice
from models.people.access import AuditEntry, LoginCode
from models.people.accounts import Account, Question, SlipTry
from models.people.console import KeptForm
from models.platform import JobRun, Mark, QuotaUse

HEARTBEAT = "heartbeat"
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class KeepPolicy:
    """For how many days each kind of row is kept."""

    inbox: int = 30
    dialogues: int = 7
    voice: int = 30
    heard: int = 30
    curtain: int = 90
    wishes: int = 730
    reports: int = 180
    notices: int = 730
    questions: int = 90
    audit: int = 1095
    knocks: int = 30
    kept_forms: int = 1


async def beat(now: datetime) -> None:
    """The house's clock went round: who watches it sees when last."""
    await note(HEARTBEAT, now.isoformat(), now)


async def note(name: str, value: str, now: datetime) -> None:
    """Remember a small fact about the house: last backup, last restore, last heartbeat."""
    await Mark.update_or_create({"value": value, "at": now}, name=name)


async def noted(name: str) -> tuple[str, datetime] | None:
    """The fact and when it was noted."""
    mark = await Mark.get_or_none(name=name)
    return (mark.value, mark.at) if mark else None


def _kept(now: datetime, policy: KeepPolicy) -> dict[str, QuerySet[Any]]:
    """What is past its time, by the name it is reported under."""

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    day = before(policy.dialogues).date()
    return {
        "inbox": InboxMessage.filter(received_at__lt=before(policy.inbox), state="done"),
        "questions": Question.filter(valid_until__lt=before(policy.questions)),
        "slip_tries": SlipTry.filter(day__lt=day),
        "wishes": Wish.filter(state="closed", settled_at__lt=before(policy.wishes)),
        "reports": LifeEvent.filter(
            state__in=("mistaken", "withdrawn", "undone"), reported_at__lt=before(policy.reports)
        ),
        "notices": Notice.filter(
            state__in=("accepted", "expired", "failed", "unknown"), queued_at__lt=before(policy.notices)
        ),
        "calls": Call.filter(state="closed", settled_at__lt=before(policy.notices)),
        "mass_jobs": MassJob.filter(made_at__lt=before(policy.notices)),
        "voices": Voice.filter(made_at__lt=before(policy.voice)),
        "heard": Heard.filter(made_at__lt=before(policy.heard)),
        "curtain": CurtainResult.filter(day__lt=before(policy.curtain).date()),
        "audit": AuditEntry.filter(at__lt=before(policy.audit)),
        "login_codes": LoginCode.filter(expires_at__lt=before(policy.knocks)),
        "kept_forms": KeptForm.filter(kept_at__lt=before(policy.kept_forms)),
        "knocks": JobRun.filter(fire_at__lt=before(policy.knocks)),
        "quota_uses": QuotaUse.filter(span__lt=day.isoformat()),
        "job_marks": Mark.filter(name__startswith="job:", at__lt=before(policy.dialogues)),
    }


async def delete_old(
    now: datetime, policy: KeepPolicy, each: Callable[[Awaitable[int]], Awaitable[int]]
) -> dict[str, int]:
    """Delete what was kept long enough, in portions; how many of each kind.

    `each` runs one portion in a transaction of the caller's.
    """
    counted: dict[str, int] = {}
    for name, old in _kept(now, policy).items():
        while portion := await each(_delete_some(old)):
            counted[name] = counted.get(name, 0) + portion
    counted["dialogues"] = await each(_forget_talks(now - timedelta(days=policy.dialogues)))
    counted["voice"] = await each(_forget_voices(now - timedelta(days=policy.voice)))
    await each(_fold())
    return {name: many for name, many in counted.items() if many}


async def _delete_some(old: QuerySet[Any]) -> int:
    model: type[Model] = old.model
    ids = await old.limit(_AT_ONCE).values_list(model._meta.pk_attr, flat=True)
    return await model.filter(pk__in=ids).delete() if ids else 0


async def _forget_talks(before: datetime) -> int:
    """A half-filled dialog nobody came back to."""
    return await Account.filter(last_message_at__lt=before).exclude(seat={}).update(seat={})


async def _forget_voices(before: datetime) -> int:
    """A voice message that a person should have heard long since."""
    old = Wish.filter(kind="voice", made_at__lt=before, media_id__isnull=False)
    return await old.update(media_id=None)


async def _fold() -> int:
    await fold_counters()
    return 0
