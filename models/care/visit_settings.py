"""Numbers of the visit rules that were changed in the chat: rows over the county's file (decision 8)."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.columns import UtcDatetime, facts_column


class VisitSetting(Model):
    """One sentence with its blank filled: `birthday_window_days` = 5; by whom and when.

    Of the whole county where `community_id` is empty, else of one community.
    """

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=40)
    community_id = fields.IntField(null=True)
    value = facts_column()
    set_by_id = fields.IntField(null=True)
    set_at = UtcDatetime()

    class Meta:
        table = "visit_setting"
        unique_together = (("name", "community_id"),)
