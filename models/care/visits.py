"""五必到: duties to visit, and what was found."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.columns import Encrypted, UtcDatetime, facts_column

if TYPE_CHECKING:
    from models.people.members import Person

OPEN = ("planned", "assigned", "overdue", "escalated")


class VisitTask(Model):
    """One duty to visit one person; `occasion` (`spring_festival:2027`, `hospital:7:1`) is unique for the person.

    `due_at` is the moment of what counts in hours, empty for what may be done until the end of `due_on`; `way` is
    `visit` or `call`; `is_given` marks a visitor chosen by hand, or since another has too many, who stays while there.
    `reminded` is the last reminder posted, in days before the day; `risen_to` how many steps of the ladder were told
    (1 secretary … 4 county): to whom and when stands in `rise_step`. `answer` is what the person visited, or the
    family, said: `came` or `not_came`; `doubt_risen_to` counts the same steps of a no that nobody has looked into.
    """

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(max_length=30)
    occasion = fields.CharField(max_length=60)
    subject: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", related_name="visit_tasks")
    subject_id: int
    due_on = fields.DateField(db_index=True)
    due_at = UtcDatetime(null=True)
    window_from = fields.DateField()
    way = fields.CharField(max_length=8, default="visit")
    event_id = fields.IntField(null=True, db_index=True)
    assignee_id = fields.IntField(null=True, db_index=True)
    is_given = fields.BooleanField(default=False)
    tier = fields.CharField(max_length=12, default="community")
    state = fields.CharField(max_length=12, default="planned", db_index=True)
    reason = fields.CharField(max_length=60, null=True)
    made_at = UtcDatetime()
    done_at = UtcDatetime(null=True)
    reminded = fields.SmallIntField(null=True)
    greeted = fields.BooleanField(default=False)
    risen_to = fields.SmallIntField(default=0)
    answer = fields.CharField(max_length=10, null=True)
    answered_at = UtcDatetime(null=True)
    doubt_risen_to = fields.SmallIntField(null=True)

    class Meta:
        table = "visit_task"
        unique_together = (("subject", "occasion"),)
        indexes = (
            ("state", "due_on"),
            ("state", "kind", "risen_to", "due_on"),
            ("assignee_id", "state"),
            ("due_on", "greeted"),
            ("doubt_risen_to", "answered_at"),
        )

    @classmethod
    def open_tasks(cls) -> QuerySet[VisitTask]:
        """Duties neither done nor cancelled."""
        return cls.filter(state__in=OPEN)

    @classmethod
    def due_between(cls, first: date, last: date) -> QuerySet[VisitTask]:
        """Open duties due in these days, both ends included."""
        return cls.filter(state__in=OPEN, due_on__gte=first, due_on__lte=last).order_by("due_on", "id")


class VisitRecord(Model):
    """What a visit found: who went, when, at least one line.

    Of a home round (上门巡诊) only coarse `tags` are kept (`blood_pressure,medicines`) and the next day, no words.
    """

    id = fields.IntField(primary_key=True)
    task: fields.ForeignKeyRelation[VisitTask] = fields.ForeignKeyField("models.VisitTask", related_name="records")
    task_id: int
    visitors = facts_column(default=list)
    at = UtcDatetime()
    result = fields.CharField(max_length=16, default="visited")
    findings = Encrypted("visit.findings", null=True)
    needs = facts_column(default=list)
    tags = Encrypted("visit.tags", null=True)
    next_on = fields.DateField(null=True)
    entered_by_id = fields.IntField(null=True)

    class Meta:
        table = "visit_record"


class Gift(Model):
    """What was handed over on a visit, with two names: who gave it and who saw it given; sealed, as it may be a sum.

    `state` is `noted`, `confirmed` by the second or `disputed`.
    """

    id = fields.IntField(primary_key=True)
    task: fields.ForeignKeyRelation[VisitTask] = fields.ForeignKeyField("models.VisitTask", related_name="gifts")
    task_id: int
    what = Encrypted("visit.gift")
    giver_id = fields.IntField()
    second_id = fields.IntField()
    state = fields.CharField(max_length=12, default="noted")
    at = UtcDatetime()
    settled_at = UtcDatetime(null=True)

    class Meta:
        table = "gift"


class SecondHome(Model):
    """Where somebody lives part of each year (`10-15` to `04-15`): `community_id` there, empty when far away."""

    id = fields.IntField(primary_key=True)
    person: fields.OneToOneRelation[Person] = fields.OneToOneField("models.Person", related_name="second_home")
    person_id: int
    from_day = fields.CharField(max_length=5)
    until_day = fields.CharField(max_length=5)
    community_id = fields.IntField(null=True)
    entered_by_id = fields.IntField(null=True)

    class Meta:
        table = "second_home"


class NoVisit(Model):
    """ "Please do not visit me": kept until taken back, asked again every year."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", related_name="no_visits")
    person_id: int
    since = fields.DateField()
    until = fields.DateField(null=True)
    ask_on = fields.DateField(db_index=True)
    entered_by_id = fields.IntField(null=True)

    class Meta:
        table = "no_visit"

    @classmethod
    def current(cls) -> QuerySet[NoVisit]:
        """Those that hold now."""
        return cls.filter(until__isnull=True)
