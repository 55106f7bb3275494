"""What was not understood, without anything personal in it, and what people in office say it means."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from kit.sql import marker
from models.columns import Encrypted, UtcDatetime, facts_column
from models.database import connection, dialect


class Heard(Model):
    """A message nobody understood (没听懂的话), masked: numbers and names are left out before it is stored.

    `path` is the place it belongs to, `guesses` the intents that were offered. Kept for thirty days, or until
    `settled_at`, when somebody has said what it means or that it means nothing.
    """

    id = fields.IntField(primary_key=True)
    openid = fields.CharField(max_length=64, null=True, db_index=True)
    path = fields.CharField(max_length=200)
    words = Encrypted("heard.words")
    normal_index = fields.CharField(max_length=40, db_index=True)
    guesses = facts_column(default=list)
    made_at = UtcDatetime(db_index=True)
    settled_at = UtcDatetime(null=True)

    class Meta:
        table = "heard"


class Meaning(Model):
    """A phrase and the intent it means from now on: said by somebody in office, data and not code."""

    id = fields.IntField(primary_key=True)
    normal = fields.CharField(max_length=60, unique=True)
    phrase = fields.CharField(max_length=60)
    intent = fields.CharField(max_length=30)
    said_by = fields.CharField(max_length=40)
    made_at = UtcDatetime()

    class Meta:
        table = "meaning"


async def names_in(words: str) -> list[str]:
    """Every name of the roster that these words contain."""
    kind = dialect()
    place = f"instr({marker(kind)}1, name)" if kind == "sqlite" else f"position(name in {marker(kind)}1)"
    rows = await connection().execute_query_dict(f"SELECT DISTINCT name FROM person WHERE {place} > 0", [words])
    return [str(row["name"]) for row in rows]
