"""The tree of organisations and who holds which office in it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

if TYPE_CHECKING:
    from models.people.members import Person


class Organisation(Model):
    """A place in the tree: county, township, community, estate branch, unit branch, building group …

    `path` lists the ids from the root to here as `/1/4/9/`, so that a subtree is one prefix. One that is `closed_on`
    some day stays for what happened there, and is offered to nobody any more.
    """

    id = fields.IntField(primary_key=True)
    key = fields.CharField(max_length=80, unique=True, null=True)
    name = fields.CharField(max_length=80, db_index=True)
    kind = fields.CharField(max_length=40, db_index=True)
    parent: fields.ForeignKeyNullableRelation[Organisation] = fields.ForeignKeyField(
        "models.Organisation", related_name="children", null=True
    )
    parent_id: int | None
    path = fields.CharField(max_length=120, default="", db_index=True)
    phone = fields.CharField(max_length=30, null=True)
    closed_on = fields.DateField(null=True)

    class Meta:
        table = "organisation"

    @classmethod
    def beneath(cls, path: str) -> QuerySet[Organisation]:
        """Everything in the subtree of `path`, itself included."""
        return cls.filter(path__startswith=path)

    @classmethod
    def existing(cls) -> QuerySet[Organisation]:
        """Every place that is not closed."""
        return cls.filter(closed_on__isnull=True)

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from here up to the root, nearest first."""
        return [int(part) for part in reversed(self.path.strip("/").split("/")) if part]


class Role(Model):
    """An office with a term: this person is this here, from then until then."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", related_name="roles")
    person_id: int
    role = fields.CharField(max_length=40)
    organisation: fields.ForeignKeyRelation[Organisation] = fields.ForeignKeyField(
        "models.Organisation", related_name="roles"
    )
    organisation_id: int
    since = fields.DateField(null=True)
    until = fields.DateField(null=True)

    class Meta:
        table = "role"
        unique_together = (("person", "role", "organisation"),)

    @classmethod
    def held(cls, on: date) -> QuerySet[Role]:
        """Offices whose term covers the day."""
        return cls.filter(Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gte=on))
