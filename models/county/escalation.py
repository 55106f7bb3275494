"""Who was told that something stays undone, and when; one table for everything that rises."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.columns import UtcDatetime


class RiseStep(Model):
    """One person was told of one matter (`visit:17`, `wish:4`) on one level."""

    id = fields.IntField(primary_key=True)
    matter = fields.CharField(max_length=40)
    level = fields.CharField(max_length=12)
    person_id = fields.IntField(db_index=True)
    told_at = UtcDatetime()

    class Meta:
        table = "rise_step"
        unique_together = (("matter", "level", "person_id"),)
