"""What people want and a named person has to see to: wishes, calls for a human, voices."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.columns import Encrypted, UtcDatetime


class Wish(Model):
    """Something somebody asked for that ends on a named person's list and never in a dead end.

    `kind` is the intent it came from (`order_service`, `talk_to_secretary` …) or `voice`, `binding`, `parked`.
    """

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(max_length=30, db_index=True)
    openid = fields.CharField(max_length=64, null=True, db_index=True)
    person_id = fields.IntField(null=True, db_index=True)
    organisation_id = fields.IntField(null=True)
    words = Encrypted("wish.words", null=True)
    media_id = fields.CharField(max_length=200, null=True)
    keeper_id = fields.IntField(null=True, db_index=True)
    state = fields.CharField(max_length=12, default="open", db_index=True)
    result = fields.CharField(max_length=20, null=True)
    made_at = UtcDatetime()
    settled_at = UtcDatetime(null=True)
    settled_by_id = fields.IntField(null=True)
    risen_to = fields.SmallIntField(default=0)

    class Meta:
        table = "wish"


class Alarm(Model):
    """Somebody may be in danger (promise R25): open until a human takes over; a false alarm is good news."""

    id = fields.IntField(primary_key=True)
    openid = fields.CharField(max_length=64)
    person_id = fields.IntField(null=True)
    organisation_id = fields.IntField(null=True)
    danger = fields.CharField(max_length=20)
    words = Encrypted("alarm.words", null=True)
    state = fields.CharField(max_length=12, default="open", db_index=True)
    raised_at = UtcDatetime()
    next_at = UtcDatetime(db_index=True)
    round = fields.SmallIntField(default=0)
    taken_by_id = fields.IntField(null=True)
    taken_at = UtcDatetime(null=True)
    closed_at = UtcDatetime(null=True)
    outcome = fields.CharField(max_length=20, null=True)

    class Meta:
        table = "alarm"
        indexes = (("openid", "state"),)


class AlarmStep(Model):
    """Who was told of an alarm, when, and in which round."""

    id = fields.IntField(primary_key=True)
    alarm: fields.ForeignKeyRelation[Alarm] = fields.ForeignKeyField("models.Alarm", related_name="steps")
    alarm_id: int
    round = fields.SmallIntField()
    capacity = fields.CharField(max_length=20)
    recipient = fields.CharField(max_length=80)
    told_at = UtcDatetime()

    class Meta:
        table = "alarm_step"
        unique_together = (("alarm", "round", "recipient"),)
