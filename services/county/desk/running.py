"""How the house itself is doing, for the operations page: what waits, what is used up, what broke, who did what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q
from tortoise.functions import Count

from kit.clock import local_day
from kit.county import PlatformNumbers
from kit.errors import Refusal
from models.inbox import InboxMessage
from models.outreach.notices import CLAIMED, EXPIRED, FAILED, UNKNOWN, WAITING, Notice
from models.people.access import AuditEntry
from models.people.accounts import Binding
from models.people.members import Person
from models.people.organisation import Role
from models.platform import QuotaUse
from services.county.desk import scope
from services.people import access, audit
from wechat.limits import NAMES, rates_with

QUEUE_STATES = (WAITING, CLAIMED, UNKNOWN, FAILED, EXPIRED)
LISTED = 50
"""Rows on one page."""
_LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Quota:
    """What one of the platform's interfaces allows today, and how much of it is used."""

    name: str
    used: int
    most: int

    @property
    def is_tight(self) -> bool:
        """Whether less than a fifth is left."""
        return self.used * 5 >= self.most * 4


@dataclass(frozen=True, slots=True)
class Parked:
    """A message the house could not work out; neither its words nor its sender are shown."""

    id: int
    incident: str
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the book of deeds; `who` and `whom` are names where this person may read them, else empty."""

    at: datetime
    who: str
    action: str
    whom: str
    reason: str


async def queue(now: datetime) -> dict[str, int]:
    """Notices by state: those that wait, and those of the last week that went wrong; one statement."""
    lately = Q(state__in=(WAITING, CLAIMED)) | Q(queued_at__gte=now - _LATELY)
    rows = Notice.filter(lately, state__in=QUEUE_STATES).annotate(many=Count("id")).group_by("state")
    found = {row["state"]: int(row["many"]) for row in await rows.values("state", "many")}
    return {state: found.get(state, 0) for state in QUEUE_STATES}


async def quotas(numbers: PlatformNumbers, now: datetime) -> list[Quota]:
    """Today's use of what the platform allows, the fullest first."""
    rates = rates_with(numbers.daily, numbers.per_second)
    used: dict[str, int] = {}
    for api, many in await QuotaUse.filter(span=local_day(now).isoformat()).values_list("api", "used"):
        used[str(api)] = used.get(str(api), 0) + int(many)
    found = [Quota(name, used.get(api, 0), rates[api].per_day or 0) for name, api in NAMES.items()]
    return sorted((one for one in found if one.most), key=lambda one: (-one.used / one.most, one.name))


async def parked(reach: access.Reach) -> list[Parked]:
    """Messages that broke five times: of the own people, for the county all; the oldest first."""
    rows = InboxMessage.filter(state="parked")
    if not reach.is_county:
        openids = [row["openid"] for row in await rows.limit(500).values("openid")]
        rows = rows.filter(openid__in=await _own_accounts(reach, openids))
    found = await rows.order_by("id").limit(LISTED)
    return [Parked(row.id, row.incident or "", row.received_at, row.attempts) for row in found]


async def _own_accounts(reach: access.Reach, openids: Sequence[str]) -> list[str]:
    ties = Binding.current().filter(openid__in=list(openids))
    return [row["openid"] for row in await access.visible(reach, ties, "approve", person="person").values("openid")]


async def parked_one(number: int, reach: access.Reach) -> Parked:
    """One of them; raises `access.unknown` for any other."""
    found = next((one for one in await parked(reach) if one.id == number), None)
    if found is None:
        raise Refusal("access.unknown")
    return found


async def deeds(reach: access.Reach, *, now: datetime, after: int = 0) -> list[Deed]:
    """The book of deeds, newest first: the county reads it whole, others what was done from their own offices."""
    rows = AuditEntry.all()
    if not reach.is_county:
        offices = access.visible(reach, Role.held(local_day(now)), "view", organisation="organisation")
        own = {row["person_id"] for row in await offices.values("person_id")} | {reach.person_id}
        rows = rows.filter(actor__in=[audit.by_person(one) for one in sorted(own)])
    found = await rows.order_by("-id").offset(after).limit(LISTED)
    names = await _names(reach, [part for row in found for part in (row.actor, row.subject or "")])
    return [_deed(row, names) for row in found]


async def _names(reach: access.Reach, parts: Sequence[str]) -> dict[str, str]:
    """Plain names of those who may be named here and of everybody in office."""
    ids = {int(part[7:]) for part in parts if part.startswith("person:") and part[7:].isdigit()}
    if not ids:
        return {}
    may_read = await scope.readable(reach, list(ids))
    in_office = {row["person_id"] for row in await Role.filter(person_id__in=list(ids)).values("person_id")}
    rows = await Person.filter(id__in=list(may_read | in_office)).values_list("id", "name")
    return {audit.by_person(int(one)): str(name) for one, name in rows}


def _deed(row: AuditEntry, names: Mapping[str, str]) -> Deed:
    whom = names.get(row.subject or "", "")
    who = names.get(row.actor, "" if row.actor.startswith("person:") else row.actor)
    reason = row.reason or ""
    return Deed(row.at, who, row.action, whom, "" if reason.isascii() else reason)
