"""A broadcast is written, approved, taken back or spread: everybody exactly once, whatever is killed in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from cast import Cast, arrange

from delivery import waiting
from delivery.people import put_on_list
from delivery.policy import DeliveryPolicy
from kit.clock import local_day
from kit.county import NoticeNumbers
from kit.errors import Refusal
from models.counters import totals
from models.database import transaction
from models.outreach.calls import Call
from models.outreach.notices import Broadcast, Notice
from models.people.access import AuditEntry
from models.people.accounts import Question
from models.people.members import Person
from scheduler.outreach.broadcasts import spread
from services.outreach import audience, broadcasts
from services.people import access, members, organisation

NUMBERS = NoticeNumbers()
WINDOW = timedelta(minutes=NUMBERS.cancel_minutes)
MESSAGE = "10月15日(周四)上午9点在社区二楼开会"


@dataclass
class Desk:
    """Somebody at work: writes, sends and looks, in a transaction each as the edges do."""

    cast: Cast
    person: Person
    now: datetime

    async def reach(self) -> access.Reach:
        return await access.reach_of(self.person, local_day(self.now))

    async def draft(self, whom: str = "全体，包括我", message: str = MESSAGE) -> Broadcast:
        reach = await self.reach()
        meant = await broadcasts.understood(whom, self.person, reach, now=self.now)
        return await broadcasts.draft(self.person, reach, meant, message, now=self.now)

    async def send(self, row: Broadcast, **numbers: int) -> broadcasts.Decided:
        known = NoticeNumbers(**numbers)
        return await broadcasts.send(row.id, self.person, now=self.now, numbers=known, phone="19900000100")

    async def sent(self, whom: str = "全体，包括我", message: str = MESSAGE) -> Broadcast:
        row = await self.draft(whom, message)
        await self.send(row)
        self.now += WINDOW
        await spread(self.now, transaction)
        return await Broadcast.get(id=row.id)

    async def again(self, row: Broadcast) -> broadcasts.Decided:
        return await broadcasts.send_again(row.id, self.person, await self.reach(), now=self.now, numbers=NUMBERS)


@pytest.fixture
async def desk(db, monday) -> Desk:
    cast = await arrange(monday)
    return Desk(cast, cast.secretary, monday)


async def _crowd(cast: Cast, size: int) -> None:
    """So many more members of the branch, without any telephone."""
    await Person.bulk_create(
        [
            Person(name=f"某某{number}", branch_id=cast.branch.id, sex="male", birth="1950-01-01")
            for number in range(size)
        ]
    )


async def _recipients(row: Broadcast) -> list[int]:
    return sorted(await Notice.filter(broadcast_id=row.id).values_list("person_id", flat=True))


async def test_after_the_window_everybody_has_one_row(desk) -> None:
    row = await desk.draft()
    decided = await desk.send(row)
    assert (decided.count, decided.send_at) == (4, desk.now + WINDOW)
    assert await spread(desk.now, transaction) == {"broadcasts": 0, "notices": 0}
    assert await spread(desk.now + WINDOW, transaction) == {"broadcasts": 1, "notices": 4}
    assert await spread(desk.now + WINDOW, transaction) == {"broadcasts": 0, "notices": 0}
    notice = await Notice.filter(person_id=desk.cast.zhao.id).get()
    assert (notice.business_key, notice.topic, notice.urgency) == (f"broadcast:{row.id}", "broadcast", 9)
    assert (await waiting.read_out(notice.id)).text == (
        "金桂花园党支部通知：10月15日(周四)上午9点在社区二楼开会。\n收到请回复1。"
    )
    assert (await totals())["queued"] == 4


PAGES = [1, 2, 3, 5, 1000]


@pytest.mark.parametrize("size", PAGES)
async def test_pages_of_any_size_reach_everybody_once(desk, size: int) -> None:
    row = await desk.draft()
    await desk.send(row)
    posted = 0
    while page := await broadcasts.spread_page(row.id, desk.now + WINDOW, size=size):
        posted += page.posted
    assert posted == 4
    assert len(set(await _recipients(row))) == 4


class Killed(Exception):
    """Stands for a process that ends between storing a page and its commit."""


@pytest.mark.parametrize("killed_at", range(6))
async def test_a_kill_at_any_page_loses_and_doubles_nobody(desk, killed_at: int) -> None:
    row = await desk.draft()
    await desk.send(row)
    later = desk.now + WINDOW
    for number in range(8):
        try:
            async with transaction():
                if await broadcasts.spread_page(row.id, later, size=1) is None:
                    break
                if number == killed_at:
                    raise Killed
        except Killed:
            await spread(later, transaction)
    assert len(await _recipients(row)) == len(set(await _recipients(row))) == 4
    assert (await totals())["queued"] == 4


async def test_two_clocks_that_knock_at_once_do_it_once(desk) -> None:
    row = await desk.draft()
    await desk.send(row)
    first = await broadcasts.spread_page(row.id, desk.now + WINDOW, size=2)
    await Broadcast.filter(id=row.id).update(spread_until_person=0)  # the other one read its page before
    await spread(desk.now + WINDOW, transaction)
    assert first is not None
    assert len(await _recipients(row)) == 4


async def test_51_people_need_a_second_person(desk) -> None:
    await _crowd(desk.cast, 47)
    row = await desk.draft()
    decided = await desk.send(row)
    assert (decided.count, decided.send_at) == (51, None)
    assert [one.name for one in decided.seconds] == ["周五常"]
    await spread(desk.now + timedelta(hours=5), transaction)
    assert await _recipients(row) == []
    asked = await Notice.get(person_id=desk.cast.worker.id)
    assert asked.asks == [{"label": "查看", "do": "broadcasts.review", "args": {"broadcast": row.id}}]
    worker = Desk(desk.cast, desk.cast.worker, desk.now + timedelta(hours=1))
    await broadcasts.approve(row.id, worker.person, await worker.reach(), now=worker.now, numbers=NUMBERS)
    assert await spread(worker.now, transaction) == {"broadcasts": 0, "notices": 0}
    assert (await spread(worker.now + WINDOW, transaction))["notices"] == 51
    assert (await Broadcast.get(id=row.id)).approved_by_id == worker.person.id
    told = await Notice.get(business_key=f"broadcast:{row.id}:approved")
    assert (told.person_id, told.asks[0]["do"]) == (desk.cast.secretary.id, "broadcasts.cancel")


async def test_once_one_of_two_has_decided_the_other_is_asked_no_more(desk, monday) -> None:
    deputy = await members.register("褚一石", standing="staff")
    await organisation.appoint(deputy, "community_worker", desk.cast.community, since=local_day(monday))
    row = await desk.draft()
    await desk.send(row, second_person_above=3)
    asked = {notice.person_id: notice for notice in await Notice.filter(say="broadcasts.to_approve")}
    assert set(asked) == {desk.cast.worker.id, deputy.id}
    await _accept(desk.cast.worker)
    question = await Question.create(
        openid="oWorker", title="通知", choices=asked[desk.cast.worker.id].asks, asked_at=monday,
        valid_until=monday + timedelta(days=1), notice_id=asked[desk.cast.worker.id].id,
    )  # fmt: skip
    other = Desk(desk.cast, deputy, desk.now)
    await broadcasts.approve(row.id, deputy, await other.reach(), now=desk.now, numbers=NUMBERS)
    await question.refresh_from_db()
    await asked[deputy.id].refresh_from_db()
    assert question.valid_until == desk.now
    assert (asked[deputy.id].state, asked[deputy.id].reason) == ("expired", "cancelled")


async def test_a_notice_taken_back_asks_nobody_any_more(desk) -> None:
    row = await desk.draft()
    await desk.send(row, second_person_above=3)
    await broadcasts.cancel(row.id, desk.person, now=desk.now)
    assert (await Notice.get(person_id=desk.cast.worker.id)).state == "expired"


async def test_who_writes_it_neither_gets_it_nor_is_missing(desk) -> None:
    row = await desk.sent("全体")
    assert desk.person.id not in await _recipients(row)
    assert (await broadcasts.status(row)).total == 3
    assert desk.person not in await broadcasts.missing(row, await desk.reach())


async def test_50_people_need_none(desk) -> None:
    await _crowd(desk.cast, 46)
    decided = await desk.send(await desk.draft())
    assert (decided.count, decided.seconds) == (50, ())


async def test_without_anybody_to_approve_nothing_is_sent(desk) -> None:
    chief = Desk(desk.cast, desk.cast.chief, desk.now)
    row = await chief.draft("全县")
    with pytest.raises(Refusal, match=r"broadcasts\.no_second"):
        await chief.send(row, second_person_above=2)
    assert (await Broadcast.get(id=row.id)).state == "draft"


MAY_APPROVE = [
    ("worker", True),
    ("township_worker", True),
    ("chief", True),
    ("secretary", False),
    ("leader", False),
    ("feng", False),
]


@pytest.mark.parametrize(("who", "may"), MAY_APPROVE, ids=[name for name, _ in MAY_APPROVE])
async def test_only_the_same_or_a_higher_place_approves_and_never_the_author(desk, who: str, may: bool) -> None:
    row = await desk.draft()
    await desk.send(row, second_person_above=3)
    second = Desk(desk.cast, getattr(desk.cast, who), desk.now)
    if may:
        await broadcasts.approve(row.id, second.person, await second.reach(), now=desk.now, numbers=NUMBERS)
        assert (await Broadcast.get(id=row.id)).state == "scheduled"
    else:
        with pytest.raises(Refusal, match=r"access\.unknown"):
            await broadcasts.approve(row.id, second.person, await second.reach(), now=desk.now, numbers=NUMBERS)


async def test_two_second_persons_approve_once(desk) -> None:
    row = await desk.draft()
    await desk.send(row, second_person_above=3)
    for number, who in enumerate((desk.cast.worker, desk.cast.chief)):
        second = Desk(desk.cast, who, desk.now)
        if number:
            with pytest.raises(Refusal, match=r"broadcasts\.settled"):
                await broadcasts.refuse(row.id, who, await second.reach(), now=desk.now)
        else:
            await broadcasts.approve(row.id, who, await second.reach(), now=desk.now, numbers=NUMBERS)


async def test_cancelled_in_the_window_nobody_gets_it(desk) -> None:
    row = await desk.draft()
    await desk.send(row)
    await broadcasts.cancel(row.id, desk.person, now=desk.now + timedelta(minutes=9))
    await spread(desk.now + WINDOW, transaction)
    assert await _recipients(row) == []
    assert await AuditEntry.filter(action="broadcast.cancelled").count() == 1


async def test_once_a_page_is_out_it_is_too_late(desk) -> None:
    row = await desk.draft()
    await desk.send(row)
    await broadcasts.spread_page(row.id, desk.now + WINDOW, size=2)
    with pytest.raises(Refusal, match=r"broadcasts\.too_late"):
        await broadcasts.cancel(row.id, desk.person, now=desk.now + WINDOW)


async def test_a_stranger_to_it_cannot_cancel(desk) -> None:
    row = await desk.draft()
    await desk.send(row)
    with pytest.raises(Refusal, match=r"access\.unknown"):
        await broadcasts.cancel(row.id, desk.cast.leader, now=desk.now)


async def test_the_day_has_its_number_of_notices(desk) -> None:
    for _ in range(NUMBERS.broadcasts_per_day):
        await desk.send(await desk.draft())
    with pytest.raises(Refusal, match=r"broadcasts\.too_many"):
        await desk.send(await desk.draft())
    desk.now += timedelta(days=1)
    await desk.send(await desk.draft())


async def test_sending_twice_counts_once(desk) -> None:
    row = await desk.draft()
    await desk.send(row)
    with pytest.raises(Refusal, match=r"broadcasts\.settled"):
        await desk.send(row)


async def test_an_office_that_ended_in_the_window_reaches_nobody(desk) -> None:
    row = await desk.draft()
    await desk.send(row)
    await desk.person.roles.all().delete()
    assert (await spread(desk.now + WINDOW, transaction))["notices"] == 0
    assert (await Broadcast.get(id=row.id)).state == "spread"


async def test_who_died_in_the_window_gets_nothing(desk) -> None:
    row = await desk.draft()
    await desk.send(row)
    await Person.filter(id=desk.cast.zhao.id).update(state="deceased")
    await spread(desk.now + WINDOW, transaction)
    assert desk.cast.zhao.id not in await _recipients(row)


async def _accept(person: Person) -> Notice:
    """The platform took this person's last notice, and its question is open."""
    notice = await Notice.filter(person_id=person.id).order_by("-id").first()
    await Notice.filter(id=notice.id).update(state="accepted", outcome="sent")
    return notice


async def test_a_one_confirms_and_everybody_is_counted_under_the_best(desk, monday) -> None:
    row = await desk.sent()
    notice = await _accept(desk.cast.zhao)
    await Question.create(
        openid="oZhao", title="社区通知", choices=[], asked_at=monday, valid_until=desk.now, notice_id=notice.id
    )
    await _accept(desk.cast.qian)
    await broadcasts.told(row, desk.cast.leader, "told_by_phone", by=desk.person, now=desk.now)
    assert await broadcasts.received(row.id, [desk.cast.zhao.id], "oZhao", now=desk.now) == 1
    assert await broadcasts.status(row) == broadcasts.Standing(total=4, confirmed=1, told=1, sent=1, waiting=1)
    assert await broadcasts.status_of_each([row, row]) == [await broadcasts.status(row)] * 2
    assert (await Question.get()).answer == "1"
    missing = await broadcasts.missing(row, await desk.reach())
    assert [one.name for one in missing] == ["钱二梅", "李四友"]


async def test_the_liaisons_tick_settles_and_a_later_tick_takes_no_confirmation_back(desk) -> None:
    row = await desk.sent()
    zhao = await Notice.get(person_id=desk.cast.zhao.id)
    await put_on_list(zhao, desk.now)
    await broadcasts.told(row, desk.cast.zhao, "told_by_liaison", by=desk.cast.leader, now=desk.now)
    await zhao.refresh_from_db()
    assert (zhao.state, zhao.outcome, (await Call.get()).state) == ("accepted", "told_by_liaison", "closed")
    await broadcasts.received(row.id, [desk.cast.zhao.id], "oZhao", now=desk.now)
    await broadcasts.told(row, desk.cast.zhao, "unreachable", by=desk.person, now=desk.now)
    await zhao.refresh_from_db()
    assert zhao.outcome == "confirmed"


async def test_again_goes_to_the_unanswered_alone_and_not_to_those_a_liaison_tells(desk) -> None:
    row = await desk.sent()
    await _accept(desk.cast.zhao)
    await broadcasts.received(row.id, [desk.cast.zhao.id], "oZhao", now=desk.now)
    await _accept(desk.cast.qian)
    decided = await desk.again(row)
    assert decided.count == 1
    await spread(desk.now + WINDOW, transaction)
    second = await Notice.filter(business_key=f"broadcast:{row.id}:round:2")
    assert [(one.person_id, one.say) for one in second] == [(desk.cast.qian.id, "broadcasts.notice_again")]
    await broadcasts.received(row.id, [desk.cast.qian.id], "oQian", now=desk.now)
    standing = await broadcasts.status(await Broadcast.get(id=row.id))
    assert (standing.total, standing.confirmed, standing.waiting) == (4, 2, 2)


async def test_a_second_round_is_taken_back_alone(desk) -> None:
    row = await desk.sent()
    await _accept(desk.cast.qian)
    await desk.again(row)
    await broadcasts.cancel(row.id, desk.person, now=desk.now)
    row = await Broadcast.get(id=row.id)
    assert (row.state, row.audience["round"]) == ("spread", 1)
    assert (await broadcasts.status(row)).total == 4
    assert await broadcasts.status_of_each([row]) == [await broadcasts.status(row)]


async def test_with_nobody_left_to_ask_again_it_is_said(desk) -> None:
    row = await desk.sent()
    with pytest.raises(Refusal, match=r"broadcasts\.nobody_left"):
        await desk.again(row)


async def test_a_correction_goes_to_exactly_the_same_people_and_stops_what_waits(desk) -> None:
    row = await desk.sent("女同志")
    await _accept(desk.cast.zhao)
    fixed = await broadcasts.correction_of(row.id, desk.person, await desk.reach(), "改到下午3点开会", now=desk.now)
    await desk.send(fixed)
    await spread(desk.now + WINDOW, transaction)
    assert await _recipients(fixed) == await _recipients(row) == sorted([desk.cast.zhao.id, desk.cast.qian.id])
    old = await Notice.get(broadcast_id=row.id, person_id=desk.cast.qian.id)
    assert (old.state, old.reason) == ("expired", "cancelled")
    new = await Notice.get(broadcast_id=fixed.id, person_id=desk.cast.qian.id)
    assert "更正通知：改到下午3点开会。" in (await waiting.read_out(new.id)).text


async def test_words_for_those_who_have_not_confirmed_are_a_notice_of_their_own(desk) -> None:
    row = await desk.sent("女同志")
    await _accept(desk.cast.zhao)
    await broadcasts.received(row.id, [desk.cast.zhao.id], "oZhao", now=desk.now)
    reminder = await desk.sent("没确认的", "明天就开会了，请回个话")
    assert await _recipients(reminder) == [desk.cast.qian.id]


SEEN_BY = [("secretary", 1), ("worker", 1), ("chief", 1), ("feng", 0), ("wang", 0)]


@pytest.mark.parametrize(("who", "count"), SEEN_BY, ids=[name for name, _ in SEEN_BY])
async def test_a_broadcast_is_seen_in_its_own_subtree_alone(desk, who: str, count: int) -> None:
    row = await desk.sent()
    other = Desk(desk.cast, getattr(desk.cast, who), desk.now)
    assert len(await broadcasts.broadcasts_of(await other.reach())) == count
    if not count:
        with pytest.raises(Refusal, match=r"access\.unknown"):
            await broadcasts.open_one(row.id, await other.reach())


async def test_the_levels_above_see_numbers_and_no_names(desk) -> None:
    row = await desk.sent()
    chief = Desk(desk.cast, desk.cast.chief, desk.now)
    assert not await broadcasts.may_read_names(row, await chief.reach())
    assert await broadcasts.missing(row, await chief.reach()) == []


async def test_the_preview_counts_people_ways_and_those_left_out(desk) -> None:
    desk.cast.leader.opted_out = ["broadcast"]
    await desk.cast.leader.save()
    row = await desk.draft()
    seen = await broadcasts.preview(row, DeliveryPolicy(), now=desk.now)
    assert (seen.count, seen.opted_out, seen.ways) == (3, 1, audience.Ways(told=3, told_by=seen.ways.told_by))


REMARKS = [
    ("明天上午9点开会", ()),
    ("赵一禾患高血压，请大家关心", ("health",)),
    ("请把钱转账到这个账号", ("money",)),
    ("到3单元502室集合", ("address",)),
    ("点 https://example.cn 填表", ("link",)),
    ("会" * 90, ("long",)),
]


@pytest.mark.parametrize(("message", "remarks"), REMARKS, ids=[str(row[1]) for row in REMARKS])
def test_what_should_be_read_once_more_is_said(message: str, remarks: tuple[str, ...]) -> None:
    assert broadcasts.remarks_on(message) == remarks


@pytest.mark.parametrize(
    ("message", "key"), [("好", "message_wanted"), ("会" * 201, "message_long")], ids=["short", "long"]
)
def test_words_too_short_or_too_long_are_refused(message: str, key: str) -> None:
    with pytest.raises(Refusal, match=rf"broadcasts\.{key}"):
        broadcasts.clean_message(message)


CLOCKS = [
    ("in the morning", "09:10", "上午9点10分"),
    ("at noon: after the quiet hours", "12:30", "下午2点00分"),
    ("in the evening", "20:05", "晚上8点05分"),
    ("at night: next morning", "21:30", "10月13日(周二)上午7点30分"),
]


@pytest.mark.parametrize(("clock", "said"), [row[1:] for row in CLOCKS], ids=[row[0] for row in CLOCKS])
def test_the_moment_is_said_after_quiet_hours(monday, clock: str, said: str) -> None:
    hour, minute = map(int, clock.split(":"))
    moment = monday.replace(hour=hour - 8, minute=minute)
    assert broadcasts.clock_in_words(moment, monday, DeliveryPolicy().quiet) == said
