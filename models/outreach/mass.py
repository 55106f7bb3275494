"""Mass jobs (群发): one row a batch, so that a batch is sent again only under its own id (promise R9)."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.columns import UtcDatetime

MADE, SENT, REFUSED = "made", "sent", "refused"


class MassJob(Model):
    """A batch of accounts that get the same words in one call; its notices carry `owner = mass:<id>`.

    `state` is `made` until the platform has answered, then `sent` or `refused`. `next_try_at` is when it may be
    tried again under the same `client_msg_id`; `failed` says what the platform reported afterwards.
    """

    id = fields.IntField(primary_key=True)
    business_key = fields.CharField(max_length=120, db_index=True)
    client_msg_id = fields.CharField(max_length=32, unique=True)
    people = fields.IntField(default=0)
    state = fields.CharField(max_length=10, default=MADE, db_index=True)
    made_at = UtcDatetime()
    next_try_at = UtcDatetime()
    platform_id = fields.CharField(max_length=40, null=True, db_index=True)
    failed = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "mass_job"

    @property
    def owner(self) -> str:
        """How the notices of this batch name it."""
        return f"mass:{self.id}"
