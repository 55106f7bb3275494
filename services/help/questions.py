"""Questions put by notices: found for the account they were put to, and settled once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from delivery import people, waiting
from delivery.wording import SHOWING, text_of, title_of
from kit.errors import Refusal
from models.arrivals import close_question
from models.outreach.notices import ACCEPTED, Notice
from models.people.accounts import Question


async def one_of(question_id: int, openid: str, *, now: datetime) -> Question | None:
    """The question, if it was put to this account and can still be answered."""
    return await Question.get_or_none(id=question_id, openid=openid, answered_at__isnull=True, valid_until__gt=now)


async def read(notice_id: int, openid: str, person_ids: Collection[int], *, now: datetime, hours: int) -> str:
    """The words of a notice that came as a mere form, for the account it went to; raises `access.unknown` for others'.

    What it asks is open from now on, for at least `hours` (promise E15).
    """
    notice = await Notice.get_or_none(id=notice_id)
    if notice is None or notice.recipient not in {f"openid:{openid}", *(f"person:{one}" for one in person_ids)}:
        raise Refusal("access.unknown")
    if notice.asks:
        until = now + timedelta(hours=hours)
        await Question.create(
            openid=openid,
            title=title_of(notice),
            choices=notice.asks,
            asked_at=now,
            valid_until=max(until, notice.expires_at or until),
            notice_id=notice.id,
        )
    return text_of(notice)


async def answered(question: Question, answer: str, *, now: datetime) -> None:
    """The person answered: the question is over and its notice counts as told (confirmed).

    A notice that meanwhile waits on a named person's list leaves it. What the answer's own handler has settled
    already is left as it is.
    """
    if not await close_question(question.id, answer, now) or question.notice_id is None:
        return
    if await _is_only_opened(question):
        return
    sent = Notice.filter(id=question.notice_id, state=ACCEPTED)
    if await sent.update(outcome="confirmed", settled_at=now):
        await people.close([question.notice_id], "confirmed", now)
    else:
        await waiting.settle(question.notice_id, "confirmed", now)


async def _is_only_opened(question: Question) -> bool:
    """Whether a mere form was opened: what the notice itself asks is still to be answered."""
    if question.choices[0]["do"] not in SHOWING:
        return False
    notice = await Notice.get_or_none(id=question.notice_id)
    return notice is not None and bool(notice.asks)
