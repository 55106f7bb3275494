"""Service posts (服务岗位) and who holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.expressions import F
from tortoise.models import Model

from models.columns import Encrypted, UtcDatetime, facts_column

if TYPE_CHECKING:
    from models.people.members import Person
    from models.people.organisation import Organisation

HOLDING_A_PLACE = ("pending", "active", "paused", "release_pending")


class ServicePost(Model):
    """A defined voluntary post with duties; `taken` counts places so that the last one goes once (promise R7)."""

    id = fields.IntField(primary_key=True)
    organisation: fields.ForeignKeyRelation[Organisation] = fields.ForeignKeyField(
        "models.Organisation", related_name="posts"
    )
    organisation_id: int
    number = fields.IntField()
    title = fields.CharField(max_length=40)
    post_type = fields.CharField(max_length=30, null=True)
    duties = fields.CharField(max_length=200, null=True)
    place = fields.CharField(max_length=60, null=True)
    slots = fields.IntField(default=1)
    taken = fields.IntField(default=0)
    exertion = fields.CharField(max_length=8, default="light")
    skills = facts_column(default=list)
    flags = facts_column(default=list)
    status = fields.CharField(max_length=8, default="open")
    since = fields.DateField(null=True)
    until = fields.DateField(null=True)

    class Meta:
        table = "post"
        unique_together = (("organisation", "number"),)

    async def take_place(self) -> bool:
        """Take one place if one is left: one conditional UPDATE, so that the last place goes once."""
        taken = await ServicePost.filter(id=self.id, taken__lt=F("slots"), status="open").update(taken=F("taken") + 1)
        return bool(taken)

    async def hold(self) -> None:
        """Until the transaction ends, nobody else frees or fills a place here: the waiting list moves once."""
        await ServicePost.filter(id=self.id).update(taken=F("taken"))

    async def hold_if_full(self) -> bool:
        """`hold`, but only where no place is left; whether that is so."""
        return bool(await ServicePost.filter(id=self.id, taken__gte=F("slots")).update(taken=F("taken")))

    async def give_place(self) -> None:
        """Give one place back."""
        await ServicePost.filter(id=self.id, taken__gt=0).update(taken=F("taken") - 1)


class PostHolding(Model):
    """A person holds, waits for or has held a post.

    `state`: pending → active → release_pending → released; also waitlisted, rejected, paused. Somebody on the
    waiting list whom a freed place was offered has `offered_until`: until then that place is kept. `decide_on` is
    the day on which silence decides, or the reviewer is asked again. `paused_until` is the day on which somebody who
    rests is asked whether they go on; `proposed_by_id` the group leader who spoke for a claim that waits. `open_mark`
    is unique while the holding is open: nobody holds a post twice.
    """

    id = fields.IntField(primary_key=True)
    post: fields.ForeignKeyRelation[ServicePost] = fields.ForeignKeyField("models.ServicePost", related_name="holdings")
    post_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", related_name="holdings")
    person_id: int
    state = fields.CharField(max_length=16, default="pending", db_index=True)
    claimed_at = UtcDatetime()
    since = fields.DateField(null=True)
    until = fields.DateField(null=True)
    decide_on = fields.DateField(null=True)
    decided_by_id = fields.IntField(null=True)
    offered_until = UtcDatetime(null=True)
    paused_until = fields.DateField(null=True)
    proposed_by_id = fields.IntField(null=True)
    reason = fields.CharField(max_length=100, null=True)
    open_mark = fields.CharField(max_length=40, unique=True, null=True)

    class Meta:
        table = "holding"
        indexes = (("post_id", "state"), ("person_id", "state"))


class PostAppraisal(Model):
    """评岗: one line about what somebody did in a post, at the end of a year or a term; no marks and no ranking."""

    id = fields.IntField(primary_key=True)
    holding: fields.ForeignKeyRelation[PostHolding] = fields.ForeignKeyField(
        "models.PostHolding", related_name="appraisals"
    )
    holding_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("models.Person", related_name="appraisals")
    person_id: int
    year = fields.SmallIntField()
    line = Encrypted("appraisal.line")
    entered_by_id = fields.IntField()
    made_at = UtcDatetime()

    class Meta:
        table = "appraisal"
        unique_together = (("holding", "year"),)
