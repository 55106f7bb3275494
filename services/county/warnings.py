"""What an operator should see to before it hurts: gaps in duty, calendars not loaded, backups too old."""

from __future__ import annotations

from datetime import datetime, timedelta

from kit.clock import local_day
from models.people.access import DutyPerson
from services.county import upkeep, workdays
from services.people import organisation

BACKUP_OLD = timedelta(days=2)
NEVER_RESTORED_AFTER = timedelta(days=90)


async def standing(now: datetime) -> list[str]:
    """Stable words with what they concern: `duty_missing:桂花社区`, `workdays_missing:2027`, `backup_old`."""
    found = [f"duty_missing:{name}" for name in await places_without_duty(now)]
    year = await workdays.year_to_load(local_day(now))
    found += [f"workdays_missing:{year}"] if year else []
    return found + await _backup(now)


async def places_without_duty(now: datetime) -> list[str]:
    """Communities for which nobody is on duty, neither there nor above (decision 4)."""
    covered = {duty.organisation_id for duty in await DutyPerson.on(local_day(now))}
    return [place.name for place in await organisation.communities() if not covered & {place.id, *place.ancestor_ids}]


async def _backup(now: datetime) -> list[str]:
    last, rehearsed = await upkeep.noted("backup"), await upkeep.noted("restored")
    found = ["backup_old"] if last is None or now - last[1] > BACKUP_OLD else []
    if last is not None and (rehearsed is None or now - rehearsed[1] > NEVER_RESTORED_AFTER):
        found.append("backup_never_restored")
    return found
