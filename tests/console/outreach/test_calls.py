"""The call list at the desk: one call at a time, a button for each result, and nobody else's calls."""

from __future__ import annotations

from datetime import datetime

import pytest
from cast import Cast
from console_site import Browser, Site, with_code
from delivery_cast import post

from delivery.people import put_on_list
from kit import clock
from models.care.life_events import LifeEvent
from models.help.wishes import Wish
from models.outreach.calls import PHONE, Call
from models.outreach.notices import Notice
from models.people.access import AuditEntry
from models.people.members import Person

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
async def desk(site: Site, cast: Cast) -> Browser:
    return await with_code(site, cast.secretary)


async def _call(person: Person, keeper: Person, once: str = "n") -> Call:
    now: datetime = clock.now()
    notice = await Notice.get(id=await post(person, now, once=once))
    call = await put_on_list(notice, now, why="delivery.why_no_window")
    await Call.filter(id=call.id).update(keeper_id=keeper.id, way=PHONE)
    return await Call.get(id=call.id)


async def test_a_call_is_opened_made_and_ticked(desk: Browser, cast: Cast) -> None:
    call = await _call(cast.zhao, cast.secretary)
    listed = await desk.look("/console/calls")
    assert "赵一禾" in listed.text
    assert "19900000001" not in listed.text
    opened = await desk.send(f"/console/calls/{call.id}/open")
    assert 'href="tel:19900000001"' in opened.text
    sent = await desk.send(f"/console/calls/{call.id}", result="reached")
    assert (sent.status, (await Call.get()).state) == (303, "closed")
    assert "谢谢您" in (await desk.look(sent.headers["Location"])).text
    looks = await AuditEntry.filter(action="unmasked", reason="call", actor=f"person:{cast.secretary.id}")
    assert len(looks) == 1


async def test_a_wrong_button_is_taken_back(desk: Browser, cast: Cast) -> None:
    call = await _call(cast.zhao, cast.secretary)
    await desk.look("/console/calls")
    sent = await desk.send(f"/console/calls/{call.id}", result="reached")
    assert f"/console/calls/{call.id}/back" in (await desk.look(sent.headers["Location"])).text
    await desk.send(f"/console/calls/{call.id}/back")
    assert (await Call.get()).state == "open"
    assert "赵一禾" in (await desk.look("/console/calls")).text


async def test_news_of_a_death_is_asked_about_once_more_and_then_confirmed_by_a_named_person(
    desk: Browser, cast: Cast
) -> None:
    call = await _call(cast.zhao, cast.secretary)
    await desk.look("/console/calls")
    assert "对吗" in (await desk.send(f"/console/calls/{call.id}", result="died")).text
    assert not await LifeEvent.exists()
    await desk.send(f"/console/calls/{call.id}", result="died", sure="yes")
    event = await LifeEvent.get()
    assert (event.kind, event.state, event.person_id, event.reporter_id) == (
        "death",
        "reported",
        cast.zhao.id,
        cast.secretary.id,
    )


async def test_what_is_asked_back_ends_on_a_list(desk: Browser, cast: Cast) -> None:
    call = await _call(cast.zhao, cast.secretary)
    await desk.look("/console/calls")
    assert (await desk.send(f"/console/calls/{call.id}", result="asks_back", question=" ")).status == 422
    await desk.send(f"/console/calls/{call.id}", result="asks_back", question="几点开会")
    wish = await Wish.get()
    assert (wish.kind, wish.words, wish.person_id) == ("asks_back", "几点开会", cast.zhao.id)


@pytest.mark.parametrize("way", ["", "/open", "/back"])
async def test_a_call_of_somebody_else_looks_like_none(desk: Browser, cast: Cast, way: str) -> None:
    call = await _call(cast.zhao, cast.leader)
    await desk.look("/console/calls")
    assert (await desk.send(f"/console/calls/{call.id}{way}", result="reached")).status == 404
    assert (await Call.get()).state == "open"


async def test_an_answer_this_way_does_not_have_is_refused(desk: Browser, cast: Cast) -> None:
    call = await _call(cast.zhao, cast.secretary)
    await desk.look("/console/calls")
    assert (await desk.send(f"/console/calls/{call.id}", result="on_paper")).status == 404
