"""What was asked to leave the house as a table, and who agreed to it."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.columns import UtcDatetime, facts_column


class ExportRequest(Model):
    """Somebody wants people as a table: counted, agreed to where that is needed, and ready after the window to cancel.

    `state` is `needs_second`, `scheduled` or `cancelled`; `asked` holds the ids of the second persons. Nothing of the
    table is kept here: it is read when it is fetched, as far as its author reaches then.
    """

    id = fields.IntField(primary_key=True)
    author_id = fields.IntField()
    organisation_id = fields.IntField(db_index=True)
    form = fields.CharField(max_length=8)
    is_private = fields.BooleanField(default=False)
    reason = fields.CharField(max_length=100)
    counted = fields.IntField()
    state = fields.CharField(max_length=20)
    asked = facts_column()
    approved_by_id = fields.IntField(null=True)
    created_at = UtcDatetime()
    ready_at = UtcDatetime(null=True)

    class Meta:
        table = "export_request"
