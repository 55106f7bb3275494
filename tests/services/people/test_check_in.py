"""报到 as rows: handed in once, answered once, numbered without gaps, taken back whole, reminded of on workdays."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from cast import Cast, arrange

from kit.county import CheckInNumbers
from kit.errors import Refusal
from models.database import spawn, transaction
from models.outreach.notices import ACCEPTED, Notice
from models.people.accounts import Account, Binding
from models.people.check_in import CardCounter, CheckIn, RetirementCeremony
from models.people.members import Person
from services.county import escalation
from services.people import access, check_in, organisation

pytestmark = pytest.mark.usefixtures("db")
NUMBERS = CheckInNumbers()


@pytest.fixture
async def cast(monday: datetime) -> Cast:
    return await arrange(monday)


def to(cast: Cast, **said: object) -> check_in.Application:
    known: dict[str, object] = {"community_id": cast.community.id, "estate": "金桂花园", "building": "3"}
    return check_in.Application(**{**known, **said})  # type: ignore[arg-type]


async def handed_in(cast: Cast, now: datetime, person: Person | None = None, **said: object) -> CheckIn:
    row, _ = await check_in.submit(person or cast.wang, to(cast, **said), now=now, numbers=NUMBERS)
    return row


async def taken_in(cast: Cast, now: datetime, person: Person | None = None, **said: object) -> CheckIn:
    return await check_in.accept(await handed_in(cast, now, person, **said), by=cast.worker, now=now)


async def told(recipient: str, say: str) -> int:
    return await Notice.filter(recipient=recipient, say=say).count()


async def test_who_hands_in_is_told_by_when_and_the_worker_is_asked(cast: Cast, monday: datetime) -> None:
    row, reviewer = await check_in.submit(cast.wang, to(cast), now=monday, numbers=NUMBERS)
    assert reviewer == cast.worker
    assert row.due_on == date(2026, 10, 15)
    assert await told(f"person:{cast.worker.id}", "check_in.to_review") == 1


async def test_nobody_hands_in_twice(cast: Cast, monday: datetime) -> None:
    row = await handed_in(cast, monday)
    with pytest.raises(Refusal, match=r"check_in\.already_waiting"):
        await handed_in(cast, monday, community_id=cast.other_community.id)
    await check_in.accept(row, by=cast.worker, now=monday)
    with pytest.raises(Refusal, match=r"check_in\.already_accepted"):
        await handed_in(cast, monday)


async def test_moving_leaves_the_old_community_when_the_new_one_takes_in(cast: Cast, monday: datetime) -> None:
    old = await taken_in(cast, monday)
    new = await handed_in(cast, monday + timedelta(days=30), community_id=cast.other_community.id)
    await old.refresh_from_db()
    assert old.state == check_in.ACCEPTED
    await check_in.accept(new, by=cast.township_worker, now=monday + timedelta(days=30))
    await old.refresh_from_db()
    assert old.state == check_in.MOVED_OUT
    assert (await check_in.certificate(old.id)).is_valid is False
    assert (await Person.get(id=cast.wang.id)).community_id == cast.other_community.id


@pytest.mark.parametrize(
    ("name", "phone", "is_known"),
    [("王百川", "19900000008", True), ("王百川", "19900000099", False), ("王千山", "19900000008", False)],
    ids=["both fit", "another number", "another name"],
)
async def test_who_a_stranger_is(cast: Cast, name: str, phone: str, is_known: bool) -> None:
    found = await check_in.newcomer(name, phone)
    assert (found.id == cast.wang.id) is is_known
    assert is_known or found.state == check_in.APPLICANT
    assert await check_in.newcomer(name, phone) == found


async def test_an_applicant_becomes_active_and_bound_when_taken_in(cast: Cast, monday: datetime) -> None:
    await Account.create(openid="oNew", first_seen=monday)
    person = await check_in.newcomer("钱大力", "19900000077")
    row = await taken_in(cast, monday, person, openid="oNew", room="502", skills=("haircut",))
    person = await Person.get(id=person.id)
    assert (person.state, person.community_id, person.room) == ("active", cast.community.id, "502")
    assert (await Binding.current().get(person_id=person.id)).openid == "oNew"
    assert row.card_no == f"{cast.community.id:02d}-2026-0001"
    assert await told(f"person:{person.id}", "check_in.accepted") == 1


async def test_a_daughter_who_hands_in_speaks_for_her_mother_and_is_told_by_name(cast: Cast, monday: datetime) -> None:
    await Account.create(openid="oDaughter", first_seen=monday)
    mother = await check_in.newcomer("钱大力", "19900000077")
    row = await handed_in(cast, monday, mother, openid="oDaughter", source="proxy")
    await check_in.return_to_sender(row, "楼栋不对", by=cast.worker, now=monday)
    assert await told("openid:oDaughter", "check_in.returned_other") == 1
    await taken_in(cast, monday, mother, openid="oDaughter", source="proxy")
    tie = await Binding.current().get(person_id=mother.id)
    assert (tie.openid, tie.relation) == ("oDaughter", "proxy")
    assert await told(f"person:{mother.id}", "check_in.accepted_other") == 1


async def test_a_person_bound_elsewhere_is_never_bound_to_who_asked(cast: Cast, monday: datetime) -> None:
    await Account.create(openid="oOther", first_seen=monday)
    await taken_in(cast, monday, cast.qian, openid="oOther", community_id=cast.other_community.id)
    assert not await Binding.filter(openid="oOther").exists()
    assert await told(f"person:{cast.qian.id}", "check_in.accepted") == 1
    assert not await Notice.filter(recipient="openid:oOther").exists()


async def test_a_return_goes_to_the_account_that_asked_and_can_be_handed_in_again(cast: Cast, monday: datetime) -> None:
    await Account.create(openid="oNew", first_seen=monday)
    row = await handed_in(cast, monday, openid="oNew")
    await check_in.return_to_sender(row, "楼栋不对", by=cast.worker, now=monday)
    assert await told("openid:oNew", "check_in.returned") == 1
    assert (await handed_in(cast, monday)).id != row.id


async def test_two_workers_answer_once(cast: Cast, monday: datetime) -> None:
    row = await handed_in(cast, monday)
    stale = await CheckIn.get(id=row.id)
    await check_in.accept(row, by=cast.worker, now=monday)
    for answer in (
        check_in.accept(stale, by=cast.chief, now=monday),
        check_in.return_to_sender(stale, "不对", by=cast.chief, now=monday),
    ):
        with pytest.raises(Refusal, match=r"check_in\.already_settled"):
            await answer


async def test_the_unit_gets_its_receipt_and_the_estate_hears_of_its_neighbour(cast: Cast, monday: datetime) -> None:
    await organisation.appoint(cast.feng, "branch_secretary", cast.unit_branch, since=date(2026, 1, 1))
    await taken_in(cast, monday)
    assert await told(f"person:{cast.feng.id}", "check_in.receipt") == 1
    assert await told(f"person:{cast.secretary.id}", "check_in.new_neighbour") == 1


async def test_numbers_have_neither_gaps_nor_doubles(cast: Cast, monday: datetime) -> None:
    people = [await Person.create(name=f"许{number}方") for number in range(4)]
    rows = [await handed_in(cast, monday, person) for person in people]
    await check_in.accept(rows[0], by=cast.worker, now=monday)
    with suppress(ZeroDivisionError):
        async with transaction():
            await check_in.accept(rows[1], by=cast.worker, now=monday)
            raise ZeroDivisionError
    for row in rows[1:]:
        fresh = await CheckIn.get(id=row.id)
        await check_in.accept(fresh, by=cast.worker, now=monday)
    given = sorted([row.card_no or "" for row in await CheckIn.filter(card_no__isnull=False)])
    assert [number[-4:] for number in given] == ["0001", "0002", "0003", "0004"]
    assert (await CardCounter.get()).given == 4


async def test_numbers_given_at_the_same_moment_are_all_different(cast: Cast, monday: datetime) -> None:
    people = [await Person.create(name=f"许{number}方") for number in range(6)]
    rows = [await handed_in(cast, monday, person) for person in people]

    async def one(row: CheckIn) -> None:
        async with transaction():
            await check_in.accept(row, by=cast.worker, now=monday)

    await asyncio.gather(*(spawn(one(row)) for row in rows))
    given = sorted([row.card_no or "" for row in await CheckIn.filter(card_no__isnull=False)])
    assert [number[-4:] for number in given] == [f"{number:04d}" for number in range(1, 7)]


async def test_numbers_begin_anew_each_year(cast: Cast, monday: datetime) -> None:
    await taken_in(cast, monday)
    person = await Person.create(name="许十方")
    row = await taken_in(cast, datetime.fromisoformat("2027-01-05T09:00:00+08:00"), person)
    assert (row.card_no or "").endswith("-2027-0001")


async def test_a_decision_taken_back_leaves_everything_as_it_was(cast: Cast, monday: datetime) -> None:
    await Account.create(openid="oNew", first_seen=monday)
    old = await taken_in(cast, monday, community_id=cast.other_community.id, estate="柳岸新村", building="1")
    later = monday + timedelta(days=9)
    row = await handed_in(cast, later, openid="oNew")
    before = await check_in.standing_before(row)
    await check_in.accept(row, by=cast.worker, now=later)
    await Notice.filter(say="check_in.accepted", person_id=cast.wang.id).update(state=ACCEPTED, sent_at=later)
    again = await check_in.open_one(row.id, await access.reach_of(cast.worker, later.date()))
    await check_in.reopen(again, before, by=cast.worker, now=later)
    person = await Person.get(id=cast.wang.id)
    assert (person.community_id, person.estate) == (cast.other_community.id, "柳岸新村")
    assert (await CheckIn.get(id=old.id)).state == check_in.ACCEPTED
    assert not await Binding.current().filter(person_id=person.id).exists()
    shown = await check_in.verified(row.verify_code or "")
    assert shown is not None
    assert not shown.is_valid
    assert await told(f"person:{person.id}", "check_in.taken_back") == 1
    assert not await Notice.filter(
        say="check_in.certificate", state="waiting", picture=f"certificate:{row.id}"
    ).exists()


async def test_a_decision_taken_back_and_made_again_keeps_its_number_and_is_told(cast: Cast, monday: datetime) -> None:
    first = await taken_in(cast, monday)
    number = first.card_no
    reach = await access.reach_of(cast.worker, monday.date())
    await check_in.reopen(await check_in.open_one(first.id, reach), by=cast.worker, now=monday)
    with pytest.raises(Refusal, match=r"check_in\.already_settled"):
        await check_in.reopen(await check_in.open_one(first.id, reach), by=cast.worker, now=monday)
    later = monday + timedelta(minutes=5)
    second = await check_in.accept(await check_in.open_one(first.id, reach), by=cast.worker, now=later)
    assert second.card_no == number
    assert await Notice.filter(say="check_in.accepted", state="waiting").count() == 1


async def test_a_registration_of_older_lists_gets_its_number_on_request(cast: Cast, monday: datetime) -> None:
    row = await CheckIn.get(person_id=cast.zhao.id)
    assert (row.state, row.card_no) == ("accepted", None)
    for request in range(2):
        found = await check_in.accepted_of(cast.zhao)
        assert found is not None
        await check_in.send_certificate(found, cast.zhao, now=monday, once=f"c:{request}")
    shown = await check_in.certificate(row.id)
    assert shown.number.endswith("-2026-0001")
    assert await check_in.verified(shown.verify_code) == shown


async def risen(now: datetime) -> int:
    kind = check_in.CheckInRising(NUMBERS.tell_township_day)
    return sum([await escalation.tell(kind, one, now=now) for one in await escalation.due(kind, now=now)])


@pytest.mark.parametrize(
    ("day", "reviewer", "township"),
    [("2026-10-13", 0, 0), ("2026-10-14", 1, 0), ("2026-10-15", 1, 0), ("2026-10-16", 0, 1)],
    ids=["next day", "second workday", "third", "fourth"],
)
async def test_who_is_reminded_when(cast: Cast, monday: datetime, day: str, reviewer: int, township: int) -> None:
    await handed_in(cast, monday)
    now = datetime.fromisoformat(f"{day}T08:40:00+08:00")
    assert await check_in.remind(now, NUMBERS) == {"reviewer": reviewer}
    assert await check_in.remind(now, NUMBERS) == {"reviewer": 0}
    assert await risen(now) == township
    assert await risen(now) == 0
    assert await told(f"person:{cast.township_worker.id}", "check_in.overdue") == township


async def test_a_weekend_is_no_workday(cast: Cast) -> None:
    friday = datetime.fromisoformat("2026-10-16T16:00:00+08:00")
    await handed_in(cast, friday)
    for day, reminded in (("2026-10-18", 0), ("2026-10-19", 0), ("2026-10-20", 1)):
        now = datetime.fromisoformat(f"{day}T08:40:00+08:00")
        assert (await check_in.remind(now, NUMBERS))["reviewer"] == reminded


async def test_a_worker_sees_and_opens_only_what_is_hers(cast: Cast, monday: datetime) -> None:
    row = await handed_in(cast, monday, community_id=cast.other_community.id)
    reach = await access.reach_of(cast.worker, monday.date())
    assert await check_in.waiting_for(reach) == []
    with pytest.raises(Refusal, match=r"access\.unknown"):
        await check_in.open_one(row.id, reach)


async def test_taking_in_greets_who_was_announced_and_taking_back_follows_again(cast: Cast, monday: datetime) -> None:
    ceremony = await RetirementCeremony.create(person=cast.wang, retires_on=monday.date(), announced_at=monday)
    row = await handed_in(cast, monday)
    before = await check_in.standing_before(row)
    await check_in.accept(row, by=cast.worker, now=monday)
    await ceremony.refresh_from_db()
    assert ceremony.state == "greeted"
    reach = await access.reach_of(cast.worker, monday.date())
    await check_in.reopen(await check_in.open_one(row.id, reach), before, by=cast.worker, now=monday)
    await ceremony.refresh_from_db()
    assert (ceremony.state, ceremony.greeted_at) == ("announced", None)
