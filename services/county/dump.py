"""Prints the state of the house as JSON lines (seams §5): one object a row, nothing sealed readable."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from tortoise.models import Model
from tortoise.queryset import QuerySet

from kit.vault import is_sealed
from models.care.care_plans import CarePlan, CareSeat
from models.care.curtain import CurtainResult, CurtainStep, CurtainSubscription
from models.care.life_events import LifeEvent
from models.care.visit_settings import VisitSetting
from models.care.visits import Gift, NoVisit, SecondHome, VisitRecord, VisitTask
from models.columns import Encrypted
from models.counters import totals
from models.county.escalation import RiseStep
from models.help.heard import Heard, Meaning
from models.help.posts import PostAppraisal, PostHolding, ServicePost
from models.help.voices import Voice
from models.help.wishes import Alarm, AlarmStep, Wish
from models.inbox import InboxMessage
from models.outbox import state_counts
from models.outreach.calls import Call
from models.outreach.mass import MassJob
from models.outreach.notices import CLAIMED, WAITING, Broadcast, BroadcastAnswer, Notice
from models.people.access import AuditEntry, DutyPerson
from models.people.accounts import Account, Binding, BindingSlip, Question
from models.people.check_in import CheckIn, RetirementCeremony
from models.people.exports import ExportRequest
from models.people.members import STAFF, ActivityRegistration, Consent, EmergencyContact, Person
from models.people.organisation import Organisation, Role
from models.people.roster import RosterImport, SeedRow
from services.people.members import where

SEALED = "***"
COUNTERS = (
    "received",
    "new",
    "duplicate",
    "refused",
    "failed",
    "parked",
    "queued",
    "accepted",
    "unknown",
    "expired",
    "waiting",
)
_AT_ONCE = 500
_INTERNAL = frozenset(
    {
        "phone_index",
        "phone_tail",
        "initials",
        "code_index",
        "scene",
        "seat",
        "owner",
        "lease_until",
        "open_mark",
        "path",
        "next_occasions_from",
    }
)
_PLACES = frozenset({"branch_id", "community_id", "organisation_id", "parent_id", "scanned_id"})
_PEOPLE = frozenset(
    {
        "person_id",
        "subject_id",
        "assignee_id",
        "backup_id",
        "by_id",
        "confirmed_by_id",
        "doctor_id",
        "giver_id",
        "holder_id",
        "reporter_id",
        "second_id",
        "set_by_id",
        "written_by_id",
        "reviewed_by_id",
        "decided_by_id",
        "keeper_id",
        "taken_by_id",
        "settled_by_id",
        "entered_by_id",
        "author_id",
        "proposed_by_id",
        "approved_by_id",
        "teller_id",
        "liaison_id",
        "stands_for_id",
        "watcher_id",
    }
)
_RENAMED: Mapping[str, str] = {"person": "member", "task": "visit_task"}
_RENAMED_IN: Mapping[str, Mapping[str, str]] = {
    "role": {"organisation": "at", "since": "from"},
}


@dataclass(slots=True)
class _Keys:
    """What a reference is written as: the seed's key, else the id."""

    places: dict[int, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    rows: dict[tuple[str, int], str] = field(default_factory=dict)

    def reference(self, column: str, value: Any) -> Any:
        """The value of a column as the dump shows it."""
        if column in _PLACES:
            return self.places.get(value, value)
        if column in _PEOPLE:
            return self.people.get(value, value)
        return self.rows.get(("posts", value), value) if column == "post_id" else value

    def recipient(self, written: str) -> Any:
        """`person:12` as the person's key or id, `openid:…` as the openid."""
        kind, _, name = written.partition(":")
        if kind == "person" and name.isdigit():
            return self.people.get(int(name), int(name))
        return name


async def lines() -> AsyncIterator[str]:
    """Every row as one line of JSON, sorted by kind, then id."""
    keys = await _read_keys()
    for kind, rows in sorted(_tables().items()):
        async for row in _paged(rows):
            yield json.dumps(_object(kind, row, keys), ensure_ascii=False)


async def counters() -> dict[str, int]:
    """The counters of promise T7, over all processes; what never happened is 0."""
    standing = await state_counts()
    waiting = standing.get(WAITING, 0) + standing.get(CLAIMED, 0)
    return dict.fromkeys(COUNTERS, 0) | await totals() | {"waiting": waiting}


def _tables() -> dict[str, QuerySet[Any]]:
    return {
        "account": Account.all(),
        "activity_registration": ActivityRegistration.all(),
        "alarm": Alarm.all(),
        "alarm_step": AlarmStep.all(),
        "appraisal": PostAppraisal.all(),
        "audit": AuditEntry.all(),
        "binding": Binding.all(),
        "binding_slip": BindingSlip.all(),
        "broadcast": Broadcast.all(),
        "broadcast_answer": BroadcastAnswer.all(),
        "call": Call.all(),
        "care_plan": CarePlan.all(),
        "care_seat": CareSeat.all(),
        "check_in": CheckIn.all(),
        "consent": Consent.all(),
        "curtain_result": CurtainResult.all(),
        "curtain_step": CurtainStep.all(),
        "curtain_subscription": CurtainSubscription.all(),
        "duty_person": DutyPerson.all(),
        "emergency_contact": EmergencyContact.all(),
        "export_request": ExportRequest.all(),
        "gift": Gift.all(),
        "heard": Heard.all(),
        "holding": PostHolding.all(),
        "inbox": InboxMessage.all(),
        "life_event": LifeEvent.all(),
        "mass_job": MassJob.all(),
        "meaning": Meaning.all(),
        "member": Person.exclude(standing=STAFF),
        "no_visit": NoVisit.all(),
        "notice": Notice.all(),
        "organisation": Organisation.all(),
        "parked": InboxMessage.filter(state="parked"),
        "post": ServicePost.all(),
        "question": Question.all(),
        "retirement_ceremony": RetirementCeremony.all(),
        "rise_step": RiseStep.all(),
        "role": Role.all(),
        "roster_import": RosterImport.all(),
        "second_home": SecondHome.all(),
        "staff": Person.filter(standing=STAFF),
        "visit_record": VisitRecord.all(),
        "visit_setting": VisitSetting.all(),
        "visit_task": VisitTask.all(),
        "voice": Voice.all(),
        "wish": Wish.all(),
    }


async def _read_keys() -> _Keys:
    keys = _Keys()
    for place in await Organisation.filter(key__isnull=False).only("id", "key"):
        keys.places[place.id] = str(place.key)
    for person in await Person.filter(key__isnull=False).only("id", "key"):
        keys.people[person.id] = str(person.key)
    for mark in await SeedRow.filter(key__isnull=False, kind__in=("posts", "roles")):
        keys.rows[mark.kind, int(mark.row_id or 0)] = str(mark.key)
    return keys


async def _paged(rows: QuerySet[Any]) -> AsyncIterator[Model]:
    """All of `rows` in the order of their keys, some at a time: an inbox may hold millions."""
    name = rows.model._meta.pk_attr
    some = await rows.order_by(name).limit(_AT_ONCE)
    while some:
        for row in some:
            yield row
        some = await rows.filter(where(f"{name}__gt", some[-1].pk)).order_by(name).limit(_AT_ONCE)


def _object(kind: str, row: Model, keys: _Keys) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": kind, "id": row.pk}
    if kind in ("post", "role") and (key := keys.rows.get((f"{kind}s", row.pk))):
        shown["key"] = key
    for name, value in _columns(kind, row, keys):
        shown[name] = value
    if isinstance(row, InboxMessage):
        shown |= _identity(row.identity)
    if isinstance(row, (Notice, CurtainStep)):
        shown["recipient"] = keys.recipient(row.recipient)
    return shown


def _columns(kind: str, row: Model, keys: _Keys) -> Iterator[tuple[str, Any]]:
    for column, described in row._meta.fields_map.items():
        if column not in row._meta.fields_db_projection or column in _INTERNAL or described.pk:
            continue
        value = getattr(row, column)
        if column == "key" and value is None:
            continue
        name = column.removesuffix("_id") if _is_reference(column) else column
        name = f"{kind}_kind" if name == "kind" else _RENAMED.get(name, name)
        name = _RENAMED_IN.get(kind, {}).get(name, name)
        is_sealed_column = isinstance(described, Encrypted) or (isinstance(value, str) and is_sealed(value))
        yield (
            name,
            SEALED if is_sealed_column and value is not None else _plain(keys.reference(column, value)),
        )


def _is_reference(column: str) -> bool:
    return column in _PLACES | _PEOPLE or column in (
        "post_id",
        "task_id",
        "alarm_id",
        "broadcast_id",
        "notice_id",
        "result_id",
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _identity(identity: str) -> dict[str, str | None]:
    """A message is known by the platform's number, an event by what tells it apart."""
    is_message = identity.isdigit()
    return {"msg_id": identity if is_message else None, "event_key": None if is_message else identity}
