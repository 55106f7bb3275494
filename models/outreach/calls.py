"""Who is to be told by a human (转告): at the door, by telephone, on paper; one row a notice, with its history."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.columns import UtcDatetime, facts_column

OPEN, CLOSED = "open", "closed"
LIAISON, PHONE, PAPER = "liaison", "phone", "paper"


class Call(Model):
    """Somebody a named person should tell something: what the notice says.

    `way` says how now, `keeper_id` whose list it is on `since` when, `why` the reason as the word of
    `delivery.why_…`. `steps` is the history: when, which way, whose, why, and what came of it. It is shown from
    `next_at` on; `tries` counts calls nobody answered.
    """

    id = fields.IntField(primary_key=True)
    notice_id = fields.BigIntField(unique=True)
    person_id = fields.IntField(null=True, db_index=True)
    organisation_id = fields.IntField(null=True)
    why = fields.CharField(max_length=30)
    way = fields.CharField(max_length=10, default=LIAISON)
    keeper_id = fields.IntField(null=True)
    state = fields.CharField(max_length=10, default=OPEN)
    result = fields.CharField(max_length=20, null=True)
    tries = fields.SmallIntField(default=0)
    steps = facts_column(default=list)
    made_at = UtcDatetime()
    since = UtcDatetime()
    next_at = UtcDatetime()
    announced_at = UtcDatetime(null=True)
    settled_at = UtcDatetime(null=True)
    settled_by_id = fields.IntField(null=True)

    class Meta:
        table = "call_entry"
        indexes = (("keeper_id", "state", "next_at"), ("state", "since"))

    @classmethod
    def waiting(cls, keeper_id: int, now: datetime) -> QuerySet[Call]:
        """What stands on this person's list now, the longest waiting first."""
        return cls.filter(keeper_id=keeper_id, state=OPEN, next_at__lte=now).order_by("made_at", "id")

    def note(self, now: datetime, result: str | None = None) -> None:
        """Add to the history how it stands now, and what came of it."""
        step = {"at": now.isoformat(), "way": self.way, "keeper": self.keeper_id, "why": self.why, "result": result}
        self.steps = [*self.steps, step][-_MOST_STEPS:]


_MOST_STEPS = 40
