"""Forgets an account that left or asked for it (decision 5, promises V4–V5); the roster row stays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q

from models.care.curtain import CurtainStep
from models.care.life_events import LifeEvent
from models.columns import blind
from models.counters import count
from models.help.heard import Heard
from models.help.voices import Voice
from models.help.wishes import Alarm, AlarmStep, Wish
from models.inbox import InboxMessage
from models.outreach.notices import EXPIRED, WAITING, Notice
from models.people.access import AuditEntry
from models.people.accounts import Account, Binding, BindingSlip, Grant, Question, SlipTry
from models.people.check_in import CheckIn
from models.people.members import Consent, EmergencyContact
from services.people.audit import note
from services.people.consents import BASIC

_PSEUDONYM = "erased-"


async def accounts_due(before: datetime) -> list[str]:
    """Accounts that left, or took their consent back, before that moment and are not erased yet."""
    left = await Account.filter(follows=False, unfollowed_at__lte=before).order_by("unfollowed_at")
    return [*(account.openid for account in left), *await _took_back(before)]


async def _took_back(before: datetime) -> list[str]:
    """Followers whose last word on the basic notice was 撤回同意, said before that moment."""
    basic = Consent.filter(purpose=BASIC)
    over = await basic.filter(withdrawn_at__lte=before).values_list("person_id", "openid")
    later = await basic.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=before), _of(over)).values_list(
        "person_id", "openid"
    )
    final = set(over) - set(later)
    people = [person_id for person_id, _ in final if person_id]
    own = await Binding.current().filter(relation="self", person_id__in=people).values_list("openid", flat=True)
    openids = {*own, *(openid for _, openid in final if openid)}
    silent = await Account.filter(openid__in=list(openids), consented="", follows=True).order_by("openid")
    return [account.openid for account in silent]


def _of(whose: Sequence[tuple[int | None, str | None]]) -> Q:
    people = [person_id for person_id, _ in whose if person_id]
    return Q(person_id__in=people) | Q(openid__in=[openid for _, openid in whose if openid])


async def erase_account(openid: str, *, now: datetime) -> str:
    """Erase what hangs on the account: openid, words, answers, media, grants; what stays is a pseudonym's.

    Returns the pseudonym, for the journal of erasures. Erasing twice harms nobody.
    """
    pseudonym = pseudonym_of(openid)
    await _forget_talk(openid, pseudonym)
    await _forget_notices(openid, pseudonym, now)
    await _forget_ties(openid, pseudonym, now)
    await Account.filter(openid=openid).delete()
    await note("erasure", "erased", now=now, subject=pseudonym)
    return pseudonym


@dataclass(frozen=True, slots=True)
class Entry:
    """One erasure as the journal names it."""

    at: datetime
    account: str


async def entered_since(since: datetime | None) -> list[Entry]:
    """The erasures that the book of deeds knows from then on, or all of them; oldest first."""
    rows = AuditEntry.filter(action="erased").order_by("id")
    found = await (rows.filter(at__gte=since) if since else rows)
    return [Entry(row.at, row.subject) for row in found if row.subject]


def pseudonym_of(openid: str) -> str:
    """The name under which the rows that must stay are kept; the same each time, and nobody gets back from it."""
    return _PSEUDONYM + blind(openid, "erasure")[:24]


async def erase_again(pseudonyms: Collection[str], *, now: datetime) -> int:
    """Erase the accounts that the journal of erasures names and a restored copy knows again; how many."""
    wanted = frozenset(pseudonyms)
    again = sorted(openid for openid in await _known_openids() if pseudonym_of(openid) in wanted) if wanted else []
    for openid in again:
        await erase_account(openid, now=now)
    return len(again)


async def _known_openids() -> set[str]:
    found: set[str] = set()
    for model in (
        Account,
        InboxMessage,
        Binding,
        Question,
        Wish,
        Alarm,
        Grant,
        SlipTry,
        Consent,
        CheckIn,
        Voice,
        Heard,
    ):
        rows = await model.filter(openid__isnull=False).distinct().values_list("openid", flat=True)
        found |= {str(openid) for openid in rows}
    contacts = await EmergencyContact.filter(openid__isnull=False).values_list("openid", flat=True)
    written = await Notice.filter(recipient__startswith="openid:").distinct().values_list("recipient", flat=True)
    found |= {str(openid) for openid in contacts} | {str(one).removeprefix("openid:") for one in written}
    return {openid for openid in found if not openid.startswith(_PSEUDONYM)}


async def _forget_talk(openid: str, pseudonym: str) -> None:
    heard = InboxMessage.filter(openid=openid)
    await heard.update(openid=pseudonym, words=None, reply="", state="done", retry_at=None)
    await Question.filter(openid=openid).delete()
    await Voice.filter(openid=openid).delete()
    await Heard.filter(openid=openid).delete()
    await Wish.filter(openid=openid).update(openid=None, words=None, media_id=None)
    # An alarm that is still open needs everything that helps; closing it makes it due here the next time.
    await Alarm.filter(openid=openid, state="closed").update(openid=pseudonym, words=None)


async def _forget_notices(openid: str, pseudonym: str, now: datetime) -> None:
    written = Notice.filter(recipient=f"openid:{openid}")
    stopped = await written.filter(state=WAITING).update(state=EXPIRED, reason="erased", settled_at=now)
    await count("expired", stopped)
    await written.update(recipient=f"openid:{pseudonym}", facts=None)
    for told in (AlarmStep, CurtainStep):
        await told.filter(recipient=f"openid:{openid}").update(recipient=f"openid:{pseudonym}")
    await Grant.filter(openid=openid).delete()


async def _forget_ties(openid: str, pseudonym: str, now: datetime) -> None:
    await Binding.current().filter(openid=openid).update(until=now)
    await Binding.filter(openid=openid).update(openid=pseudonym)
    await BindingSlip.filter(used_by=openid).update(used_by=pseudonym)
    await SlipTry.filter(openid=openid).delete()
    await Consent.filter(openid=openid).delete()
    await CheckIn.filter(openid=openid).update(openid=None)
    await LifeEvent.filter(openid=openid).update(openid=None)
    await EmergencyContact.filter(openid=openid).update(openid=None)
