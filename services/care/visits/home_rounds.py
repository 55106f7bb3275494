"""上门巡诊: that the doctor came, what was looked at in coarse words, and when next; nothing else (domain §2.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kit.clock import local_day
from models.care.visits import VisitRecord, VisitTask

KIND = "home_round"
TAGS = ("blood_pressure", "blood_sugar", "heart_and_lungs", "medicines", "dressing")
"""In the order of their digits."""


@dataclass(frozen=True, slots=True)
class Round:
    """One home round: when, what was looked at, and when the doctor comes next if that was said."""

    on: date
    tags: tuple[str, ...]
    next_on: date | None


async def is_home_round(task_id: int) -> bool:
    """Whether this duty is the doctor's."""
    return await VisitTask.exists(id=task_id, kind=KIND)


async def note_round(record_id: int, tags: Sequence[str], next_on: date | None) -> None:
    """Keep what was looked at with the record of the round."""
    kept = await VisitRecord.get(id=record_id)
    kept.tags, kept.next_on = ",".join(one for one in TAGS if one in tags), next_on
    await kept.save(update_fields=["tags", "next_on"])


async def last_round(person_id: int) -> Round | None:
    """The last home round of a person; the caller has asked whether it may be seen."""
    done = VisitRecord.filter(task__subject_id=person_id, task__kind=KIND, result="visited")
    kept = await done.order_by("-at", "-id").first()
    if kept is None:
        return None
    return Round(local_day(kept.at), tuple(one for one in (kept.tags or "").split(",") if one), kept.next_on)
