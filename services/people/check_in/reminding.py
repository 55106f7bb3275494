"""Applications without an answer: the reviewer hears again on the second workday, the township on the fourth."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from delivery.outbox import Letter
from kit.clock import local_day
from kit.county import CheckInNumbers
from models.people.check_in import CheckIn
from services.county import workdays
from services.county.escalation import Matter, Step
from services.people import access
from services.people.check_in.applying import ask_reviewer
from services.people.check_in.states import WAITING

_RISEN = 2


async def remind(now: datetime, numbers: CheckInNumbers) -> dict[str, int]:
    """Remind the reviewers of what waits; how many. Safe to repeat."""
    today, reminded = local_day(now), 0
    late = CheckIn.filter(state__in=WAITING, reminded_step=0).prefetch_related("person", "community")
    for row in await late:
        submitted = local_day(row.submitted_at)
        again = await workdays.add_workdays(submitted, numbers.remind_reviewer_day)
        risen = await workdays.add_workdays(submitted, numbers.tell_township_day)
        if again <= today < risen:
            reminded += await _remind_reviewer(row, now)
    return {"reviewer": reminded}


async def _remind_reviewer(row: CheckIn, now: datetime) -> int:
    reviewer = await access.responsible(row.community, now, await workdays.is_workday(local_day(now)))
    if reviewer:
        await ask_reviewer(row, row.person, row.community, reviewer, now, step=1)
    return await CheckIn.filter(id=row.id, reminded_step=0).update(reminded_step=1)


@dataclass(frozen=True, slots=True)
class CheckInRising:
    """What a registration without an answer brings to the engine that lets things rise; it counts in workdays."""

    township_day: int

    @property
    def name(self) -> str:
        """Names a matter together with the registration's id."""
        return "check_in"

    async def steps(self, now: datetime) -> list[Step]:
        """One step only: the township."""
        return [Step("check_in", 1, "township", now)]

    async def standing(self, step: Step, ids: Collection[int] | None = None) -> list[Matter]:
        """Registrations whose workdays are over and that the township has not heard of."""
        rows = CheckIn.filter(state__in=WAITING, reminded_step__lt=_RISEN).order_by("submitted_at", "id")
        rows = rows if ids is None else rows.filter(id__in=list(ids))
        today, found = local_day(step.until), []
        for row in await rows:
            if today >= await workdays.add_workdays(local_day(row.submitted_at), self.township_day):
                found.append(Matter(row.id, row.person_id, (None, row.community_id)))
        return found

    async def mark(self, ids: Collection[int], step: Step) -> None:
        """The township knows."""
        await CheckIn.filter(id__in=list(ids)).update(reminded_step=_RISEN)

    async def letter(self, ids: Sequence[int], step: Step) -> Letter:
        """Who waits, and where."""
        first = await CheckIn.get(id=ids[0]).prefetch_related("person", "community")
        facts = {"name": first.person.name, "community": first.community.name, "count": len(ids)}
        return Letter("check_in.overdue" if len(ids) == 1 else "check_in.overdue_many", facts, topic="work")

    async def letter_below(self, ids: Sequence[int], step: Step) -> Letter | None:
        """The reviewer was reminded already."""
        return None
