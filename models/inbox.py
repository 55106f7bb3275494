"""What came in: one row a message, so that each has its effect once and a repeat gets the same answer."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.columns import Encrypted, UtcDatetime


class InboxMessage(Model):
    """A message or event of the platform (promises R1–R3).

    `words` are kept, sealed, only while somebody still has to handle them: a broken message that waits for its
    next attempt. `state` is `done`, `failed` (will be tried again) or `parked` (waits for a person).
    """

    id = fields.IntField(primary_key=True)
    openid = fields.CharField(max_length=64)
    identity = fields.CharField(max_length=200)
    kind = fields.CharField(max_length=80)
    created = UtcDatetime()
    received_at = UtcDatetime(db_index=True)
    state = fields.CharField(max_length=10, default="done")
    reply = fields.TextField(default="")
    words = Encrypted("inbox.words", null=True)
    attempts = fields.SmallIntField(default=1)
    incident = fields.CharField(max_length=20, null=True)
    retry_at = UtcDatetime(null=True)

    class Meta:
        table = "inbox"
        unique_together = (("openid", "identity"),)
        indexes = (("state", "retry_at"),)
