"""Who stands in for whom, who is on duty, and the book of who did what."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.columns import UtcDatetime, facts_column

if TYPE_CHECKING:
    from models.people.members import Person
    from models.people.organisation import Organisation


class DutyPerson(Model):
    """On duty for an organisation between two days (community duty, county duty, or deputy of somebody).

    `stands_for_id` names the person who is away when this is a deputy; empty means the duty phone of the place.
    `hours` narrows it: `always`, `night` (outside office hours) or `holiday`.
    """

    id = fields.IntField(primary_key=True)
    organisation: fields.ForeignKeyRelation[Organisation] = fields.ForeignKeyField(
        "models.Organisation", related_name="duty_persons"
    )
    organisation_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", related_name="duties")
    person_id: int
    stands_for_id = fields.IntField(null=True)
    hours = fields.CharField(max_length=10, default="always")
    since = fields.DateField(null=True)
    until = fields.DateField(null=True)

    class Meta:
        table = "duty_person"

    @classmethod
    def on(cls, day: date) -> QuerySet[DutyPerson]:
        """Those whose days cover `day`."""
        return cls.filter(Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day))


class AuditEntry(Model):
    """Who did what, when (UTC), from where and why; rows are only ever added (promise X21)."""

    id = fields.BigIntField(primary_key=True)
    at = UtcDatetime(db_index=True)
    actor = fields.CharField(max_length=80)
    action = fields.CharField(max_length=40)
    subject = fields.CharField(max_length=80, null=True, db_index=True)
    reason = fields.CharField(max_length=100, null=True)
    facts = facts_column(null=True)

    class Meta:
        table = "audit"


class LoginCode(Model):
    """A one-time code that `staff add` prints; only its fingerprint is kept."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", related_name="login_codes")
    person_id: int
    code_index = fields.CharField(max_length=40, unique=True)
    expires_at = UtcDatetime()
    used_at = UtcDatetime(null=True)

    class Meta:
        table = "login_code"
