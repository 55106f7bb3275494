"""群发: one call for many, once whatever is lost in between, never more than the month allows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from delivery_cast import post
from talking import event

from delivery import mass
from delivery.policy import DeliveryPolicy
from delivery.reports import platform_said
from delivery.waiting import stop_for, tallies
from kit.county import County
from models.database import transaction
from models.outreach.calls import Call
from models.outreach.mass import MassJob
from models.outreach.notices import Broadcast, Notice
from models.people.accounts import Account, Question
from scheduler.engine_inprocess import InProcessEngine
from scheduler.job import Deps
from scheduler.outreach.broadcasts import mass_jobs

MASS = "/cgi-bin/message/mass/send"
POLICY = {"mass_a_month": 4}
LATER = timedelta(minutes=6)


async def _public(office, now, many: int = 3) -> list[int]:
    """A broadcast to people whose chats are closed: nobody has a template."""
    people = [await office.person(number, window=False) for number in range(1, many + 1)]
    row = await Broadcast.create(author_id=1, organisation_id=1, text="停水", audience={}, created_at=now)
    notices = [await post(person, now, once="b", asks=True) for person in people]
    await Notice.filter(id__in=notices).update(broadcast_id=row.id)
    return notices


async def _gathered(office, now, many: int = 3) -> list[int]:
    notices = await _public(office, now, many)
    courier = office.courier(**POLICY)
    assert {await courier.deliver(notice, now) for notice in notices} == {"waiting"}
    return notices


async def _made(policy: DeliveryPolicy, now) -> MassJob | None:
    async with transaction():
        return await mass.make_job("b", policy, now)


def _policy(**known) -> DeliveryPolicy:
    return DeliveryPolicy(**(POLICY | known))


async def _balance() -> int:
    books = await tallies()
    return books["queued"] - sum(many for name, many in books.items() if name != "queued")


async def test_those_nobody_can_write_to_get_one_mass_message(office, monday):
    await _gathered(office, monday)
    assert await mass.waiting_keys(monday + timedelta(minutes=1)) == []
    assert await mass.waiting_keys(monday + LATER) == ["b"]
    job = await _made(_policy(), monday + LATER)
    assert await mass.send_job(office.client, job, _policy(), monday + LATER) == "sent"
    sent = [row for row in office.world.ledger.sent if row["api"] == "mass"]
    assert [len(row["openids"]) for row in sent] == [3]
    notices = await Notice.all()
    assert {(one.state, one.outcome, one.channel) for one in notices} == {("accepted", "sent", "mass")}
    assert await Question.all().count() == 3
    assert set(await Account.all().values_list("mass_got", "mass_month")) == {(1, "2026-10")}
    assert await _balance() == 0
    assert await _made(_policy(), monday + LATER) is None


async def test_a_lost_answer_is_asked_again_under_the_same_id_and_sent_once(office, monday):
    await _gathered(office, monday)
    job = await _made(_policy(), monday + LATER)
    office.world.faults.lose[MASS] = 1
    assert await mass.send_job(office.client, job, _policy(), monday + LATER) == "waits"
    assert await mass.due_jobs(monday + LATER) == []
    again = await mass.due_jobs(monday + LATER + timedelta(minutes=2))
    assert await mass.send_job(office.client, again[0], _policy(), monday + LATER + timedelta(minutes=2)) == "sent"
    assert len([row for row in office.world.ledger.sent if row["api"] == "mass"]) == 1
    assert await _balance() == 0


async def test_a_kill_while_booking_books_the_rest_and_sends_nothing_twice(office, monday):
    await _gathered(office, monday)
    job = await _made(_policy(), monday + LATER)
    await mass.send_job(office.client, job, _policy(), monday + LATER)
    # As if the process had ended after the first rows: the answer is kept, one notice is still claimed.
    first = await Notice.all().order_by("id").first()
    await Notice.filter(id=first.id).update(state="claimed", outcome="not_sent")
    await MassJob.filter(id=job.id).update(state="made")
    again = (await mass.due_jobs(monday + LATER))[0]
    assert await mass.send_job(office.client, again, _policy(), monday + LATER) == "sent"
    assert len([row for row in office.world.ledger.sent if row["api"] == "mass"]) == 1
    assert set(await Notice.all().values_list("state", flat=True)) == {"accepted"}


@pytest.mark.parametrize("code", [48001, 45028, 40130], ids=["not authorised", "no quota", "our bug"])
async def test_a_refused_job_leads_everybody_to_the_next_way(office, secretary, monday, code):
    notices = await _gathered(office, monday)
    job = await _made(_policy(), monday + LATER)
    office.world.faults.refuse = {MASS: [code, 1]}
    assert await mass.send_job(office.client, job, _policy(), monday + LATER) == "refused"
    assert set(await Account.all().values_list("mass_got", flat=True)) == {0}
    courier = office.courier(**POLICY)
    assert {await courier.deliver(notice, monday + LATER) for notice in notices} == {"told"}
    assert await Call.all().count() == 3
    assert await _balance() == 0


async def test_a_month_holds_four_and_the_last_is_kept(office, secretary, monday):
    notices = await _public(office, monday)
    await Account.all().update(mass_month="2026-10", mass_got=3)
    courier = office.courier(**POLICY)
    assert {await courier.deliver(notice, monday) for notice in notices} == {"told"}
    await Account.all().update(mass_month="2026-09")
    assert (await mass.spend_mass([f"oPhone{1:022d}"], "2026-10", 4)) == [f"oPhone{1:022d}"]
    assert (await Account.get(openid=f"oPhone{1:022d}")).mass_got == 1


async def test_a_single_one_is_no_mass(office, secretary, monday):
    [notice] = await _gathered(office, monday, 1)
    assert await _made(_policy(), monday + LATER) is None
    assert (await Account.get()).mass_got == 0
    assert await office.courier(**POLICY).deliver(notice, monday + LATER) == "told"


async def test_who_died_or_wrote_meanwhile_is_not_in_the_job(office, monday):
    notices = await _gathered(office, monday, 4)
    dead = await Notice.get(id=notices[0])
    await stop_for(dead.person_id, monday)
    await Notice.filter(id=notices[1]).update(state="accepted")
    job = await _made(_policy(), monday + LATER)
    assert job.people == 2
    await mass.send_job(office.client, job, _policy(), monday + LATER)
    assert [len(row["openids"]) for row in office.world.ledger.sent if row["api"] == "mass"] == [2]
    assert (await Notice.get(id=notices[0])).state == "expired"


async def test_in_quiet_hours_no_job_is_made(office, monday):
    await _gathered(office, monday)
    assert await _made(_policy(), monday + timedelta(hours=4)) is None
    assert await _made(_policy(), monday + timedelta(hours=6)) is not None


async def test_a_job_the_platform_did_not_send_becomes_somebodys_task(office, secretary, monday):
    await _gathered(office, monday)
    job = await _made(_policy(), monday + LATER)
    await mass.send_job(office.client, job, _policy(), monday + LATER)
    job = await MassJob.get()
    said = event("oHelper", "MASSSENDJOBFINISH", monday, MsgID=job.platform_id, Status="err(40001)", TotalCount="3")
    assert await platform_said(said, monday + LATER)
    assert await Call.filter(state="open").count() == 3


async def test_the_clock_gathers_and_sends_by_itself(office, monday):
    await _gathered(office, monday)
    deps = Deps(InProcessEngine(), office.courier(**POLICY), County(), transaction)
    assert await mass_jobs.run(monday + timedelta(minutes=1), deps) == {"made": 0, "sent": 0}
    assert await mass_jobs.run(monday + LATER, deps) == {"made": 1, "sent": 1}
    assert await mass_jobs.run(monday + LATER, deps) == {"made": 0, "sent": 0}
    without = Deps(InProcessEngine(), office.courier(), County(), transaction)
    assert await mass_jobs.run(monday + LATER, without) == {"made": 0, "sent": 0}
