"""Fills a database with thousands of people who are bound, have agreed, and have something to answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kit.county import County
from models.database import transaction
from models.inbox import InboxMessage
from models.outreach.notices import BULK, Broadcast, Notice
from models.people.accounts import Account, Binding, Question
from models.people.members import Person
from models.people.organisation import Organisation, Role
from services.people import organisation

VERSION = County().privacy_version
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Town:
    """How many there are who say 报平安, who have a question open, who end a check-in; whether visits are planned."""

    safe: int = 0
    asked: int = 0
    checking_in: int = 0
    is_planned: bool = True

    def openids(self, kind: str) -> list[str]:
        """The accounts of one kind."""
        many = {"safe": self.safe, "asked": self.asked, "checking_in": self.checking_in}[kind]
        return [f"oBench{kind}{number:015}" for number in range(many)]


async def build(town: Town, now: datetime) -> None:
    """Put everybody into an empty, upgraded database, in one transaction."""
    async with transaction():
        community = await _places(now)
        for kind in ("safe", "asked", "checking_in"):
            await _people(kind, town.openids(kind), community, now)
        if not town.is_planned:
            await Person.all().update(next_occasions_from=None)


async def _places(now: datetime) -> Organisation:
    county = await organisation.add("东禾县离退休干部党工委", "county_work_committee", phone="19900000100")
    township = await organisation.add("青禾街道党工委", "township_committee", parent=county)
    community = await organisation.add("桂花社区", "community_committee", parent=township, phone="19900000900")
    worker = await Person.create(name="周五常", standing="staff")
    await Role.create(person=worker, role="community_worker", organisation=community, since=date(2020, 1, 1))
    await Account.create(openid="oBenchWorker", first_seen=now, consented=VERSION)
    await Binding.create(openid="oBenchWorker", person=worker, how="staff", since=now)
    return community


async def _people(kind: str, openids: list[str], community: Organisation, now: datetime) -> None:
    last = await Person.all().order_by("-id").first()
    first = last.id + 1 if last else 1
    numbered = list(enumerate(openids, first))
    await _store(Person, (_person(number, community.id if kind != "checking_in" else None) for number, _ in numbered))
    seats = {openid: _seat(number, community.id, now) for number, openid in numbered} if kind == "checking_in" else {}
    await _store(Account, (_account(openid, seats.get(openid, {}), now) for openid in openids))
    await _store(Binding, (Binding(openid=openid, person_id=number, since=now) for number, openid in numbered))
    await _store(InboxMessage, (_heard(openid, now - timedelta(days=3)) for openid in openids))
    if kind == "asked":
        await _ask(numbered, community, now)


async def _ask(numbered: list[tuple[int, str]], community: Organisation, now: datetime) -> None:
    """A notice to everybody has arrived, and its question stands open."""
    said = Broadcast(
        author_id=1, organisation_id=community.id, text="明天上午停水", audience={}, state="spread", created_at=now
    )
    await said.save()
    key = f"broadcast:{said.id}"
    await _store(Notice, (_notice(key, number, said.id, now) for number, _ in numbered))
    notices = {row.person_id: row.id for row in await Notice.filter(business_key=key).only("id", "person_id")}
    await _store(Question, (_question(openid, notices[number], said.id, now) for number, openid in numbered))


async def _store(table: Any, rows: Iterable[Any]) -> None:
    await table.bulk_create(list(rows), batch_size=_AT_ONCE)


def _person(number: int, community_id: int | None) -> Person:
    person = Person(
        id=number, name=f"赵一禾{number}", sex="female", birth=f"19{40 + number % 20}-0{1 + number % 9}-11",
        community_id=community_id, estate="金桂花园", building="1号楼", lives_alone="yes",
        next_occasions_from=date(2999, 1, 1),
    )  # fmt: skip
    person.set_phone(f"199{number:08}")
    return person


def _account(openid: str, seat: dict[str, Any], now: datetime) -> Account:
    return Account(openid=openid, first_seen=now - timedelta(days=30), consented=VERSION, seat=seat)


def _heard(openid: str, at: datetime) -> InboxMessage:
    """Everybody has written before, but not within the 48 hours."""
    return InboxMessage(openid=openid, identity="7300000000000000000", kind="text", created=at, received_at=at)


def _seat(person: int, community: int, now: datetime) -> dict[str, Any]:
    """The last step of a check-in: everything is read back, and a 1 hands it in."""
    args = {
        "person": person, "name": "赵一禾", "phone": "19900000001", "community": community,
        "home": {"estate": "金桂花园", "building": "1号楼"}, "source": "self",
    }  # fmt: skip
    choices = [{"label": "", "do": "check_in.submit", "args": args}, {"label": "", "do": "conversation.never_mind"}]
    return {"menu": {"text": "您要在桂花社区报到，对吗？", "choices": choices, "at": now.timestamp()}}


def _notice(key: str, person: int, broadcast: int, now: datetime) -> Notice:
    return Notice(
        business_key=key, recipient=f"person:{person}", person_id=person, topic="broadcast", say="broadcasts.said",
        facts="{}", urgency=BULK, due_at=now, next_try_at=now, queued_at=now, state="accepted", outcome="sent",
        sent_at=now, accepted_at=now, channel="customer", broadcast_id=broadcast,
    )  # fmt: skip


def _question(openid: str, notice: int, broadcast: int, now: datetime) -> Question:
    choices = [{"label": "收到", "do": "broadcasts.received", "args": {"broadcast": broadcast}}]
    until = now + timedelta(days=2)
    return Question(openid=openid, title="社区通知", choices=choices, asked_at=now, valid_until=until, notice_id=notice)
