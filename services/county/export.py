"""Everything the house keeps, as open tables: for moving away, for auditors, for a spreadsheet (promise X19)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tortoise.models import Model

from models.care.care_plans import CarePlan, CareSeat
from models.care.curtain import CurtainResult, CurtainStep, CurtainSubscription
from models.care.life_events import LifeEvent
from models.care.safe import SafeReport
from models.care.visit_settings import VisitSetting
from models.care.visits import Gift, NoVisit, SecondHome, VisitRecord, VisitTask
from models.county.escalation import RiseStep
from models.help.heard import Heard, Meaning
from models.help.posts import PostAppraisal, PostHolding, ServicePost
from models.help.voices import Voice
from models.help.wishes import Alarm, AlarmStep, Wish
from models.inbox import InboxMessage
from models.outreach.calls import Call
from models.outreach.mass import MassJob
from models.outreach.notices import Broadcast, BroadcastAnswer, Notice
from models.people.access import AuditEntry, DutyPerson
from models.people.accounts import Account, Binding, BindingSlip, Question
from models.people.check_in import CheckIn, RetirementCeremony
from models.people.exports import ExportRequest
from models.people.members import ActivityRegistration, Consent, EmergencyContact, Person
from models.people.organisation import Organisation, Role
from models.people.roster import RosterImport
from models.platform import WorkdayOverride
from services.people.audit import note
from services.people.members import where

TABLES: Mapping[str, type[Model]] = {
    "account": Account,
    "activity_registration": ActivityRegistration,
    "alarm": Alarm,
    "alarm_step": AlarmStep,
    "appraisal": PostAppraisal,
    "audit": AuditEntry,
    "binding": Binding,
    "binding_slip": BindingSlip,
    "broadcast": Broadcast,
    "broadcast_answer": BroadcastAnswer,
    "call": Call,
    "care_plan": CarePlan,
    "care_seat": CareSeat,
    "check_in": CheckIn,
    "consent": Consent,
    "curtain_result": CurtainResult,
    "curtain_step": CurtainStep,
    "curtain_subscription": CurtainSubscription,
    "duty_person": DutyPerson,
    "emergency_contact": EmergencyContact,
    "heard": Heard,
    "export_request": ExportRequest,
    "gift": Gift,
    "holding": PostHolding,
    "inbox": InboxMessage,
    "life_event": LifeEvent,
    "mass_job": MassJob,
    "meaning": Meaning,
    "no_visit": NoVisit,
    "notice": Notice,
    "organisation": Organisation,
    "person": Person,
    "post": ServicePost,
    "question": Question,
    "retirement_ceremony": RetirementCeremony,
    "rise_step": RiseStep,
    "role": Role,
    "roster_import": RosterImport,
    "safe_report": SafeReport,
    "second_home": SecondHome,
    "visit_record": VisitRecord,
    "visit_setting": VisitSetting,
    "visit_task": VisitTask,
    "voice": Voice,
    "wish": Wish,
    "workday": WorkdayOverride,
}
"""What is exported, by the names of the dump; tokens, codes and the engine's bookkeeping are nobody's data."""

_KEYS_TO_NOTHING = frozenset(
    {"phone_index", "phone_tail", "initials", "code_index", "scene", "seat", "owner", "lease_until", "open_mark",
     "verify_code", "next_occasions_from"}
)  # fmt: skip
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class ExportTable:
    """One kind of row: its name and its columns."""

    name: str
    columns: tuple[str, ...]


def tables() -> list[ExportTable]:
    """Every kind of row that is exported."""
    return [ExportTable(name, _columns(model)) for name, model in TABLES.items()]


async def rows(table: ExportTable) -> AsyncIterator[dict[str, Any]]:
    """All rows of a table in the order of their ids, sealed columns opened, as plain JSON values."""
    model = TABLES[table.name]
    name = model._meta.pk_attr
    some = await model.all().order_by(name).limit(_AT_ONCE)
    while some:
        for row in some:
            yield {column: _plain(getattr(row, column)) for column in table.columns}
        some = await model.filter(where(f"{name}__gt", some[-1].pk)).order_by(name).limit(_AT_ONCE)


async def note_export(counted: Mapping[str, int], *, by: str, now: datetime) -> None:
    """An export leaves a line in the book (promise X21)."""
    await note(by, "exported", now=now, kinds=len(counted), rows=sum(counted.values()))


def _columns(model: type[Model]) -> tuple[str, ...]:
    stored = model._meta.fields_db_projection
    return tuple(name for name in model._meta.fields_map if name in stored and name not in _KEYS_TO_NOTHING)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
