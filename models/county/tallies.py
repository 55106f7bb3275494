"""Figures that the clock counts and keeps, so that no page counts a whole county's rows while somebody waits."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

VISITS, NOTICES, PEOPLE = "visits", "notices", "people"


class Tally(Model):
    """How many, where, of what: one figure of one place.

    `kind` is `visits` (`key` the month, `word` `done` or `open`), `notices` (`key` the broadcast, `word` where its
    people stand, a number of `models.broadcasts`) or `people` (`key` `all` or `bound`, or `births` with a `word` like
    `1946-05:f` and the house as its place). `place_id` is the branch of the people counted, else their
    community, 0 where they have neither; `day` the first day of the month,
    the day the broadcast was sent, or the day of counting.
    """

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(max_length=10)
    key = fields.CharField(max_length=20)
    place_id = fields.IntField()
    word = fields.CharField(max_length=10)
    many = fields.IntField()
    day = fields.DateField()

    class Meta:
        table = "tally"
        unique_together = (("kind", "key", "place_id", "word"),)
        indexes = (("kind", "day", "place_id", "word", "many"),)
