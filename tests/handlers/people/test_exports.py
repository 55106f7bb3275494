"""A second person agrees to an export from the chat, or does not; a digit after it is decided changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from cast import Cast, arrange
from talking import Talk, open_talk

from delivery.policy import DeliveryPolicy
from delivery.wording import leave_question
from handlers.routers import ROUTERS
from kit.county import NoticeNumbers
from kit.errors import Refusal
from models.outreach.notices import ACCEPTED, Notice
from models.people.exports import ExportRequest
from services.county import desk
from services.people import access

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    return await arrange(monday)


@pytest.fixture
async def talk(cast: Cast, monday: datetime) -> AsyncIterator[Talk]:
    opened = await open_talk(ROUTERS, monday)
    yield opened
    await opened.inbox.stop()


async def _asked(cast: Cast, now: datetime) -> ExportRequest:
    reach, wanted = await access.reach_of(cast.secretary, now.date()), desk.Wanted("csv", "核对名单")
    row = await desk.ask_for_export(
        wanted, cast.secretary, reach, is_fresh=False, now=now, numbers=NoticeNumbers()
    )  # fmt: skip
    notice = await Notice.get(say="exports.to_approve")
    notice.channel, notice.state = "customer", ACCEPTED
    await notice.save()
    await leave_question(notice, "oWorker", now, DeliveryPolicy())
    return row


@pytest.mark.parametrize(
    ("said", "answer", "state"),
    [
        ("1", "好的，您同意了，写的人会知道。不对的话，请到工作台上撤回。", "scheduled"),
        ("不同意", "好的，没有导出，写的人会知道。", "cancelled"),
        ("2", "好的，没有导出，写的人会知道。", "cancelled"),
    ],
)
async def test_the_second_person_answers_with_a_digit(
    talk: Talk, cast: Cast, said: str, answer: str, state: str
) -> None:
    row = await _asked(cast, talk.now)
    assert await talk.say("oWorker", said) == answer
    assert (await ExportRequest.get(id=row.id)).state == state


async def test_what_is_decided_at_the_desk_is_asked_no_more_in_the_chat(talk: Talk, cast: Cast) -> None:
    row = await _asked(cast, talk.now)
    reach = await access.reach_of(cast.worker, talk.now.date())
    await desk.refuse_export(row.id, cast.worker, reach, now=talk.now)
    with pytest.raises(Refusal) as refused:
        await desk.agree_to_export(row.id, cast.worker, reach, now=talk.now, numbers=NoticeNumbers())
    assert refused.value.key == "exports.settled"
    await talk.say("oWorker", "1")
    assert (await ExportRequest.get(id=row.id)).state == "cancelled"


async def test_where_nobody_else_is_in_office_a_fresh_login_is_asked_for(cast: Cast, monday: datetime) -> None:
    for person in (cast.township_worker, cast.chief):
        person.state = "withdrawn"
        await person.save()
    reach, wanted = await access.reach_of(cast.worker, monday.date()), desk.Wanted("csv", "核对名单")
    with pytest.raises(Refusal) as refused:
        await desk.ask_for_export(
            wanted, cast.worker, reach, is_fresh=False, now=monday, numbers=NoticeNumbers()
        )  # fmt: skip
    assert refused.value.key == "console.fresh_wanted"
