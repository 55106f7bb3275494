"""一人一策: what somebody likes and needs, and who cares for them; everything of it sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.models import Model

from models.columns import Encrypted, UtcDatetime, facts_column

if TYPE_CHECKING:
    from models.people.members import Person


class CarePlan(Model):
    """The plan of one person (CarePlan). `tags` are coarse risks, comma between them: `lives_alone,disabled`.

    `tiers` names the levels that visit by themselves (`county`, `township`, `community`).
    """

    id = fields.IntField(primary_key=True)
    person: fields.OneToOneRelation[Person] = fields.OneToOneField("models.Person", related_name="care_plan")
    person_id: int
    likes = Encrypted("care_plan.likes", null=True)
    needs = Encrypted("care_plan.needs", null=True)
    how_to_reach = Encrypted("care_plan.reach", null=True)
    to_avoid = Encrypted("care_plan.avoid", null=True)
    tags = Encrypted("care_plan.tags", null=True)
    tiers = facts_column(default=list)
    home_round = fields.BooleanField(default=False)
    home_study = fields.BooleanField(default=False)
    doctor_id = fields.IntField(null=True)
    written_by_id = fields.IntField(null=True)
    written_at = UtcDatetime()

    class Meta:
        table = "care_plan"


class CareSeat(Model):
    """One of the five seats of a care team (一对一服务专班); an empty one is an alert."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", related_name="care_seats")
    person_id: int
    seat = fields.CharField(max_length=20)
    holder_id = fields.IntField(null=True, db_index=True)
    since = fields.DateField(null=True)
    alerted_on = fields.DateField(null=True)

    class Meta:
        table = "care_seat"
        unique_together = (("person", "seat"),)
