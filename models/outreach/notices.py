"""Messages to people, one row a person and business key, and the broadcasts many of them come from."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.columns import Encrypted, UtcDatetime, facts_column

URGENT, ORDINARY, BULK = 0, 5, 9
WAITING, CLAIMED = "waiting", "claimed"
ACCEPTED, FAILED, EXPIRED, UNKNOWN = "accepted", "failed", "expired", "unknown"
CANCELLED = "cancelled"


class Notice(Model):
    """A message to one person (通知) with its state.

    `(business_key, recipient)` is unique: nobody is told the same thing twice (promise R9). `recipient` is
    `person:<id>` or `openid:<openid>`. `say` names the sentence in `texts`, `facts` fill it (sealed: they may name
    people). `state` is the sending's (R22: waiting, accepted, failed, expired, unknown), `outcome` is where the
    person stands (`not_sent`, `sent`, `confirmed`, `told_by_liaison`, `told_by_phone`, `on_paper`, `unreachable`).
    `picture` names what to draw and send as an image (`certificate:12`), `asks` holds the choices of a question.
    `sent_at` is when it was first handed to the platform, whatever came of it; empty for one that joined another's
    message.
    """

    id = fields.BigIntField(primary_key=True)
    business_key = fields.CharField(max_length=120)
    recipient = fields.CharField(max_length=80)
    person_id = fields.IntField(null=True, db_index=True)
    topic = fields.CharField(max_length=20, default="service")
    say = fields.CharField(max_length=60)
    facts = Encrypted("notice.facts", null=True)
    picture = fields.CharField(max_length=60, null=True)
    asks = facts_column(null=True)
    urgency = fields.SmallIntField(default=ORDINARY)
    in_reply = fields.BooleanField(default=False)
    due_at = UtcDatetime()
    expires_at = UtcDatetime(null=True)
    channel = fields.CharField(max_length=20, null=True)
    state = fields.CharField(max_length=12, default=WAITING)
    outcome = fields.CharField(max_length=20, default="not_sent")
    reason = fields.CharField(max_length=60, null=True)
    attempts = fields.SmallIntField(default=0)
    next_try_at = UtcDatetime()
    lease_until = UtcDatetime(null=True)
    owner = fields.CharField(max_length=40, null=True)
    platform_id = fields.CharField(max_length=40, null=True)
    queued_at = UtcDatetime()
    sent_at = UtcDatetime(null=True)
    accepted_at = UtcDatetime(null=True)
    settled_at = UtcDatetime(null=True)
    broadcast: fields.ForeignKeyNullableRelation[Broadcast] = fields.ForeignKeyField(
        "models.Broadcast", related_name="notices", null=True
    )
    broadcast_id: int | None
    teller_id = fields.IntField(null=True, db_index=True)

    class Meta:
        table = "notice"
        unique_together = (("business_key", "recipient"),)
        indexes = (("state", "urgency", "next_try_at", "id"), ("recipient", "accepted_at"))

    @classmethod
    def due(cls, now: datetime) -> QuerySet[Notice]:
        """Waiting and allowed now, urgent first, then by due time."""
        return cls.filter(state=WAITING, next_try_at__lte=now).order_by("urgency", "due_at", "id")


class Broadcast(Model):
    """A notice written once for an audience: preview, second person, window to cancel, then one row a person.

    `audience` is what the writer said and how it was understood; `state` is `draft`, `needs_second`, `scheduled`,
    `spread`, `cancelled`. `tallied_at` is when the clock last counted where its people stand (`models.tallies`).
    """

    id = fields.IntField(primary_key=True)
    author_id = fields.IntField()
    organisation_id = fields.IntField()
    text = fields.TextField()
    audience = facts_column()
    counted = fields.IntField(default=0)
    state = fields.CharField(max_length=20, default="draft")
    approved_by_id = fields.IntField(null=True)
    created_at = UtcDatetime()
    send_at = UtcDatetime(null=True)
    spread_until_person = fields.IntField(default=0)
    corrects_id = fields.IntField(null=True)
    tallied_at = UtcDatetime(null=True, db_index=True)

    class Meta:
        table = "broadcast"


class BroadcastAnswer(Model):
    """Whether one person comes (来) to what a broadcast invited them to; the last word counts."""

    id = fields.IntField(primary_key=True)
    broadcast: fields.ForeignKeyRelation[Broadcast] = fields.ForeignKeyField("models.Broadcast", related_name="answers")
    broadcast_id: int
    person_id = fields.IntField(db_index=True)
    comes = fields.BooleanField()
    at = UtcDatetime()

    class Meta:
        table = "broadcast_answer"
        unique_together = (("broadcast", "person_id"),)
