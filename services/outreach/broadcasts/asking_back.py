"""What somebody asks about a notice (有话要问): which notice it was, and that its sender answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from kit.clock import local_day
from models.outreach.notices import Broadcast, Notice
from models.people.accounts import Question
from models.people.members import Person
from services.outreach.broadcasts import rows
from services.people import access

_REMEMBERED = timedelta(hours=48)


async def last_heard(openid: str, *, now: datetime) -> Broadcast | None:
    """The broadcast this account was told last, within two days; None where something else was asked of it since."""
    asked = Question.filter(openid=openid, asked_at__gt=now - _REMEMBERED).order_by("-asked_at", "-id")
    latest = await asked.first()
    notice = await Notice.get_or_none(id=latest.notice_id) if latest and latest.notice_id else None
    return await Broadcast.get_or_none(id=notice.broadcast_id) if notice and notice.broadcast_id else None


async def answers_for(row: Broadcast, *, now: datetime) -> Person | None:
    """Who answers what is asked about it: its author or their deputy; None once the author holds no office."""
    today = local_day(now)
    if not (await rows.reach_of_author(row, today)).is_staff:
        return None
    return await access.present(await Person.get(id=row.author_id), today)
