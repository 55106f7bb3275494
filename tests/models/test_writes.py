"""Writes that go out together, and objects made of hand-written statements' rows."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from tortoise.exceptions import IntegrityError

from models.arrivals import Taken, earlier_replies, kept_talk, taken_in
from models.care.safe import SafeReport, note_safe
from models.counters import added, totals
from models.database import transaction
from models.people.accounts import Account, Binding, Question
from models.people.members import Person
from models.writers import writers
from models.writes import gathering, store

pytestmark = pytest.mark.usefixtures("db")
DAY = date(2026, 10, 12)


async def bound(openid: str, name: str, now: datetime, relation: str = "self") -> Person:
    """Somebody with a value in every kind of column, bound to the account."""
    person = Person(
        name=name, room="301", joined=date(1975, 7, 1), skills=["电工"], birth_leap=True, next_occasions_from=DAY
    )
    person.set_phone("19900000001")
    await person.save()
    await Binding.create(openid=openid, person=person, since=now, relation=relation)
    return person


async def test_a_writer_is_what_the_orm_would_load(monday: datetime) -> None:
    await bound("oA", "王百川", monday)
    account = await Account.create(
        openid="oA", first_seen=monday, window_until=monday + timedelta(hours=1), allowance=3, consented="1"
    )
    asking = {"openid": "oA", "title": "停水", "choices": [{"label": "收到", "do": "x"}], "asked_at": monday}
    question = await Question.create(**asking, valid_until=monday + timedelta(days=1))
    await Question.create(**asking, valid_until=monday)
    async with transaction():
        writer = (await writers(["oA"], monday))["oA"]
    person, relation = writer.speaks_for[0]
    assert relation == "self"
    assert dict(person) == dict(await Person.get())
    assert dict(writer.account) == dict(await Account.get(openid="oA")) == dict(account)
    assert [dict(one) for one in writer.questions] == [dict(await Question.get(id=question.id))]


async def test_what_was_read_can_be_changed_and_saved(monday: datetime) -> None:
    await bound("oA", "王百川", monday)
    async with transaction():
        person, _ = (await writers(["oA"], monday))["oA"].speaks_for[0]
        person.room = "502"
        await person.save(update_fields=["room"])
    assert (await Person.get()).room == "502"


async def test_who_writes_first_is_met_and_speaks_for_those_bound_oldest_first(monday: datetime) -> None:
    first = await bound("oA", "赵一禾", monday)
    second = await bound("oA", "钱二梅", monday, "proxy")
    async with transaction():
        found = await writers(["oA", "oB"], monday)
    assert [(person.id, relation) for person, relation in found["oA"].speaks_for] == [
        (first.id, "self"),
        (second.id, "proxy"),
    ]
    assert (found["oB"].account.first_seen, found["oB"].speaks_for) == (monday, [])
    assert await Account.all().count() == 2


async def test_a_batchs_writes_are_all_done(monday: datetime) -> None:
    account = await Account.create(openid="oA", first_seen=monday)
    account.allowance, account.window_until, account.seat = 3, monday, {"misses": 1}
    rows = [Taken("oA", str(number), "text", monday, monday, reply=f"答{number}") for number in range(3)]
    async with transaction():
        await store([taken_in(rows), kept_talk([account]), added({"received": 3, "new": 3, "refused": 0})])
        await store([taken_in([]), added({})])
        found = await earlier_replies([("oA", "0"), ("oA", "2"), ("oB", "0"), ("oA", "9")])
        kept = (await writers(["oA"], monday))["oA"].account
    assert found == {("oA", "0"): "答0", ("oA", "2"): "答2"}
    assert (kept.allowance, kept.window_until, kept.seat) == (3, monday, {"misses": 1})
    assert await totals() == {"received": 3, "new": 3}


async def test_gathered_rows_wait_for_the_end_of_their_batch(monday: datetime) -> None:
    async with transaction():
        with gathering() as gathered:
            for person in (2, 1, 2):
                await note_safe(person, DAY)
            assert not await SafeReport.all().exists()
        assert len(gathered.writes()) == 1
        await store(gathered.writes())
        await note_safe(3, DAY)
        await note_safe(3, DAY)
    assert await SafeReport.all().order_by("id").values_list("person_id", flat=True) == [1, 2, 3]


async def test_a_message_is_stored_once_or_the_batch_fails(monday: datetime) -> None:
    row = Taken("oA", "1", "text", monday, monday)
    await store([taken_in([row])])
    with pytest.raises(IntegrityError):
        async with transaction():
            await store([taken_in([Taken("oB", "1", "text", monday, monday), row]), added({"new": 2})])
    assert await totals() == {}
