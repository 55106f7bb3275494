"""WeChat accounts that write to us, the people bound to them, and the paper slips that bind."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.columns import UtcDatetime, facts_column

if TYPE_CHECKING:
    from models.people.members import Person
    from models.people.organisation import Organisation


class Account(Model):
    """One WeChat account: whether it follows, how we may answer it, and where its talk stands.

    `seat` is what this account was last asked or shown (a dialog's step, a menu's numbering): a row, so that a
    restart forgets nobody. `window_until` and `allowance` are the platform's leave to write first;
    `mass_got` counts the mass messages of `mass_month` (2026-11).
    """

    openid = fields.CharField(max_length=64, primary_key=True)
    follows = fields.BooleanField(default=True)
    first_seen = UtcDatetime()
    last_message_at = UtcDatetime(null=True)
    window_until = UtcDatetime(null=True)
    allowance = fields.SmallIntField(default=0)
    mass_month = fields.CharField(max_length=7, null=True)
    mass_got = fields.SmallIntField(default=0)
    unfollowed_at = UtcDatetime(null=True)
    scanned: fields.ForeignKeyNullableRelation[Organisation] = fields.ForeignKeyField(
        "models.Organisation", related_name="scanned_by", null=True
    )
    scanned_id: int | None
    consented = fields.CharField(max_length=20, default="")
    seat = facts_column(default=dict)
    has_alarm: bool = False
    """Whether an alarm of this account is not closed yet; only `models.arrivals.accounts` looks it up."""

    class Meta:
        table = "account"


class Binding(Model):
    """This account speaks for this person, as `self` or as `proxy`, from then until then; many to many."""

    id = fields.IntField(primary_key=True)
    openid = fields.CharField(max_length=64, db_index=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", related_name="bindings")
    person_id: int
    relation = fields.CharField(max_length=10, default="self")
    consent = fields.CharField(max_length=20, default="")
    how = fields.CharField(max_length=20, default="slip")
    since = UtcDatetime()
    until = UtcDatetime(null=True)

    class Meta:
        table = "binding"
        indexes = (("person_id", "until", "relation"),)

    @classmethod
    def current(cls) -> QuerySet[Binding]:
        """Bindings that hold now."""
        return cls.filter(until__isnull=True)


class BindingSlip(Model):
    """A personal paper slip (绑定条): four digits that, with the full name, bind an account once."""

    id = fields.IntField(primary_key=True)
    community: fields.ForeignKeyRelation[Organisation] = fields.ForeignKeyField(
        "models.Organisation", related_name="slips"
    )
    community_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", related_name="slips")
    person_id: int
    code_index = fields.CharField(max_length=40, db_index=True)
    scene = fields.CharField(max_length=40, unique=True)
    made_at = UtcDatetime()
    expires_at = UtcDatetime()
    used_at = UtcDatetime(null=True)
    used_by = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "binding_slip"

    @classmethod
    def usable(cls, now: datetime) -> QuerySet[BindingSlip]:
        """Slips neither used nor expired."""
        return cls.filter(used_at__isnull=True, expires_at__gt=now)


class SlipTry(Model):
    """One wrong slip number: counted per account and per community and day."""

    id = fields.IntField(primary_key=True)
    openid = fields.CharField(max_length=64)
    community_id = fields.IntField(null=True)
    day = fields.DateField()

    class Meta:
        table = "slip_try"
        indexes = (("openid", "day"), ("community_id", "day"))


class Question(Model):
    """A question put by a notice: a digit answers it until it is over, at least a day later."""

    id = fields.IntField(primary_key=True)
    openid = fields.CharField(max_length=64)
    title = fields.CharField(max_length=60)
    choices = facts_column()
    asked_at = UtcDatetime()
    valid_until = UtcDatetime()
    answered_at = UtcDatetime(null=True)
    answer = fields.CharField(max_length=20, null=True)
    notice_id = fields.IntField(null=True)

    class Meta:
        table = "question"
        indexes = (("openid", "answered_at"),)


class Grant(Model):
    """Leave to send subscription notices of one template to one account, known from the platform's events."""

    id = fields.IntField(primary_key=True)
    openid = fields.CharField(max_length=64)
    template_id = fields.CharField(max_length=64)
    left = fields.SmallIntField(default=0)

    class Meta:
        table = "grant_left"
        unique_together = (("openid", "template_id"),)
