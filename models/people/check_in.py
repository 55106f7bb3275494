"""报到: registrations with a residential community, and retirement ceremonies that lead to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.models import Model

from models.columns import Encrypted, UtcDatetime, facts_column

if TYPE_CHECKING:
    from models.people.members import Person
    from models.people.organisation import Organisation


ACCEPTED = "accepted"


class CheckIn(Model):
    """A registration (报到): submitted → under_review → accepted | returned | withdrawn, then moved_out | ended."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", related_name="check_ins")
    person_id: int
    community: fields.ForeignKeyRelation[Organisation] = fields.ForeignKeyField(
        "models.Organisation", related_name="check_ins"
    )
    community_id: int
    estate = fields.CharField(max_length=40, null=True)
    building = fields.CharField(max_length=20, null=True)
    room = Encrypted("check_in.room", null=True)
    unit = fields.CharField(max_length=80, null=True)
    skills = facts_column(default=list)
    wishes = fields.CharField(max_length=200, null=True)
    source = fields.CharField(max_length=12, default="self")
    openid = fields.CharField(max_length=64, null=True)
    is_dual = fields.BooleanField(default=False)
    open_membership = fields.BooleanField(default=False)
    state = fields.CharField(max_length=16, default="submitted", db_index=True)
    reason = fields.CharField(max_length=100, null=True)
    card_no = fields.CharField(max_length=30, unique=True, null=True)
    verify_code = fields.CharField(max_length=40, unique=True, null=True)
    submitted_at = UtcDatetime()
    due_on = fields.DateField()
    reviewed_by_id = fields.IntField(null=True)
    reviewed_at = UtcDatetime(null=True)
    reminded_step = fields.SmallIntField(default=0)

    class Meta:
        table = "check_in"
        indexes = (("community_id", "state"), ("person_id", "state"))


class CardCounter(Model):
    """The last number given out on 报到证 of a community in a year: numbers have no gaps and no doubles."""

    id = fields.IntField(primary_key=True)
    community_id = fields.IntField()
    year = fields.SmallIntField()
    given = fields.IntField(default=0)

    class Meta:
        table = "card_counter"
        unique_together = (("community_id", "year"),)


class RetirementCeremony(Model):
    """荣退+报到: the unit hands a retiring person over; followed until the community has greeted them."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", related_name="ceremonies")
    person_id: int
    retires_on = fields.DateField()
    unit = fields.CharField(max_length=80, null=True)
    state = fields.CharField(max_length=16, default="announced", db_index=True)
    announced_at = UtcDatetime()
    greeted_at = UtcDatetime(null=True)
    check_in_id = fields.IntField(null=True)

    class Meta:
        table = "retirement_ceremony"
        unique_together = (("person", "retires_on"),)
