"""What was reported of a life: hospital, hardship, a death; kept until one named person has confirmed it."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.columns import Encrypted, UtcDatetime, facts_column


class LifeEvent(Model):
    """One report. `state` is `reported`, `confirmed`, `mistaken`, `withdrawn`, `undone` or `over` (home
    from hospital).

    `person_id` is empty while nobody knows who of several is meant; `name` is what was said. `keeper_id` is the one
    who is asked to confirm; nobody else hears before. `before` is how things stood when a death was confirmed.
    """

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(max_length=10)
    person_id = fields.IntField(null=True, db_index=True)
    name = Encrypted("life_event.name")
    relation = Encrypted("life_event.relation", null=True)
    words = Encrypted("life_event.words", null=True)
    openid = fields.CharField(max_length=64, null=True, db_index=True)
    reporter_id = fields.IntField(null=True)
    branch_id = fields.IntField(null=True)
    community_id = fields.IntField(null=True)
    keeper_id = fields.IntField(null=True, db_index=True)
    state = fields.CharField(max_length=10, default="reported")
    is_urgent = fields.BooleanField(default=False)
    reported_at = UtcDatetime()
    held_until = UtcDatetime(null=True)
    confirmed_at = UtcDatetime(null=True)
    confirmed_by_id = fields.IntField(null=True)
    over_on = fields.DateField(null=True)
    risen_to = fields.SmallIntField(default=0)
    before = facts_column(null=True)

    class Meta:
        table = "life_event"
        indexes = (("state", "reported_at"), ("state", "kind"))

    @classmethod
    def waiting(cls) -> QuerySet[LifeEvent]:
        """Reports nobody has confirmed or refuted."""
        return cls.filter(state="reported")
