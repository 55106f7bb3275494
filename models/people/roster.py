"""Roster imports: what each one changed, so that the last can be taken back."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.columns import Encrypted, UtcDatetime


class RosterImport(Model):
    """One import of a spreadsheet; while `done_at` is empty it runs, or broke off and has to be taken back."""

    id = fields.IntField(primary_key=True)
    file_name = fields.CharField(max_length=120)
    at = UtcDatetime()
    by = fields.CharField(max_length=80)
    rows = fields.IntField()
    done_at = UtcDatetime(null=True)
    undone_at = UtcDatetime(null=True)

    class Meta:
        table = "roster_import"


class RosterChange(Model):
    """One person made or changed by an import; `before` is what stood there, sealed JSON, empty for a new person."""

    id = fields.IntField(primary_key=True)
    roster_import: fields.ForeignKeyRelation[RosterImport] = fields.ForeignKeyField(
        "models.RosterImport", related_name="changes"
    )
    roster_import_id: int
    person_id = fields.IntField()
    before = Encrypted("roster.before", null=True)
    after = Encrypted("roster.after", null=True)

    class Meta:
        table = "roster_change"


class SeedRow(Model):
    """One row of a seed file as it was last loaded: the same again changes nothing, a changed one is applied.

    `name` is the file's key of the row, or what else tells it apart; `key` is empty when the file gave none.
    """

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(max_length=20)
    name = fields.CharField(max_length=200)
    key = fields.CharField(max_length=80, null=True)
    row_id = fields.IntField(null=True)
    fingerprint = fields.CharField(max_length=40)

    class Meta:
        table = "seed_row"
        unique_together = (("kind", "name"),)
