"""报平安: one row a person and local day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tortoise import fields
from tortoise.models import Model

from models.database import dialect
from models.writes import Write, store_soon


class SafeReport(Model):
    """Somebody said "I am fine" on this day."""

    id = fields.IntField(primary_key=True)
    person_id = fields.IntField()
    day = fields.DateField()

    class Meta:
        table = "safe_report"
        unique_together = (("person_id", "day"),)


async def note_safe(person_id: int, day: date) -> None:
    """Store the day once; saying it twice changes nothing. Thousands write at once: a batch is one statement."""
    await store_soon(_notes, (person_id, day))


def _notes(said: Sequence[tuple[int, date]]) -> Write:
    # In the order of people, so that two processes that note the same ones never wait for each other in a ring.
    kind = dialect()
    rows = [(person, day.isoformat() if kind == "sqlite" else day) for person, day in sorted(set(said))]
    text = "INSERT INTO safe_report (person_id, day) {rows} ON CONFLICT (person_id, day) DO NOTHING"
    return Write(text, ("integer", "date"), rows)
