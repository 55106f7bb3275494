"""窗帘行动: who gives a daily sign of life, who looks after it, and what became of each half-day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.columns import Encrypted, UtcDatetime

if TYPE_CHECKING:
    from models.people.members import Person

WAITING, MISSING, FINE, EXCUSED = "waiting", "missing", "fine", "excused"
"""The watcher was asked; no sign of life; all is well; nobody needs to look (away, ended)."""
OPEN = (WAITING, MISSING)
CALLED_FOR = "called_for"
"""How a half-day is open of somebody who asked for a look: their own words do not settle it."""


class CurtainSubscription(Model):
    """One person's agreement (CurtainSubscription): which sign, by when (`09:00`), and who looks.

    `sign` is `message` or what can be seen from outside; sealed, since it says that somebody lives alone. `hello_on`,
    `opened_on` and `closed_on` are the last days on which the greeting and the two half-days were seen to. It holds
    while `until` is empty.
    """

    id = fields.IntField(primary_key=True)
    person: fields.OneToOneRelation[Person] = fields.OneToOneField("models.Person", related_name="curtain")
    person_id: int
    watcher_id = fields.IntField(null=True, db_index=True)
    backup_id = fields.IntField(null=True, db_index=True)
    sign = Encrypted("curtain.sign")
    open_by = fields.CharField(max_length=5)
    close_by = fields.CharField(max_length=5, null=True)
    paused_until = fields.DateField(null=True)
    hello_on = fields.DateField(null=True)
    opened_on = fields.DateField(null=True)
    closed_on = fields.DateField(null=True)
    since = fields.DateField()
    until = fields.DateField(null=True)
    entered_by_id = fields.IntField(null=True)

    class Meta:
        table = "curtain_subscription"
        indexes = (("until", "open_by"),)

    @classmethod
    def current(cls) -> QuerySet[CurtainSubscription]:
        """Those that hold."""
        return cls.filter(until__isnull=True)


class CurtainResult(Model):
    """One half-day (`open` or `close`) of one person: where it stands since when, and by whom and how it was settled.

    `told` counts the first steps taken, `risen_to` those of the ladder; a state that changes begins both anew.
    """

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", related_name="curtain_results")
    person_id: int
    day = fields.DateField(db_index=True)
    half = fields.CharField(max_length=6)
    state = fields.CharField(max_length=8, db_index=True)
    since = UtcDatetime()
    was_missing = fields.BooleanField(default=False)
    told = fields.SmallIntField(default=0)
    risen_to = fields.SmallIntField(default=0)
    how = fields.CharField(max_length=12, null=True)
    by_id = fields.IntField(null=True)
    settled_at = UtcDatetime(null=True)

    class Meta:
        table = "curtain_result"
        unique_together = (("person", "day", "half"),)

    @classmethod
    def unsettled(cls) -> QuerySet[CurtainResult]:
        """Those about which somebody has yet to say something."""
        return cls.filter(state__in=OPEN)

    @classmethod
    def of_day(cls, day: date) -> QuerySet[CurtainResult]:
        """Those of one day."""
        return cls.filter(day=day)


class CurtainStep(Model):
    """Who was told that a sign of life is missing, in which capacity, when; each is told in the end how it was."""

    id = fields.IntField(primary_key=True)
    result: fields.ForeignKeyRelation[CurtainResult] = fields.ForeignKeyField(
        "models.CurtainResult", related_name="steps"
    )
    result_id: int
    capacity = fields.CharField(max_length=12)
    recipient = fields.CharField(max_length=80)
    told_at = UtcDatetime()

    class Meta:
        table = "curtain_step"
        unique_together = (("result", "capacity", "recipient"),)
