"""A county for the desk's pages: its tree, its members, and a year of what lies on the lists, with one secretary."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from kit.clock import local_day
from models.care.visits import VisitTask
from models.database import connection, transaction
from models.help.posts import PostHolding, ServicePost
from models.help.wishes import Wish
from models.outreach.calls import PHONE, Call
from models.outreach.notices import BULK, Broadcast, Notice
from models.people.access import AuditEntry
from models.people.accounts import Account, Binding
from models.people.check_in import CheckIn
from models.people.members import Person
from models.people.organisation import Organisation, Role
from services.county import desk
from services.outreach import broadcasts
from services.people import logins, organisation

A_BRANCH = 200
MONTHS = 12
"""A notice to everybody in each of the last months."""
_AT_ONCE = 500
_COUNTY = "东禾县离退休干部党工委"
_COPIED = (
    "business_key, recipient, person_id, topic, say, facts, urgency, in_reply, due_at, state, outcome, attempts, "
    "next_try_at, queued_at, broadcast_id"
)


async def fill(many: int, now: datetime) -> dict[str, str]:
    """So many members with everything; session keys of a `secretary` and of the county's `chief`, a `member`'s id."""
    branches = await _places(math.ceil(many / A_BRANCH))
    await _store(Person, (_member(number, branches[number % len(branches)]) for number in range(many)))
    people = await Person.filter(standing="retiree").order_by("id").values_list("id", "community_id")
    ids = [int(one) for one, _ in people]
    await _accounts(ids, now)
    await _duties(ids, now)
    await _notices(ids, branches[0], now)
    keys = {
        "secretary": await _office("secretary", "branch_secretary", branches[0], now),
        "chief": await _office("chief", "county_worker", await organisation.find(_COUNTY), now),
    }
    await _lists([(int(one), int(place or 0)) for one, place in people], now)
    await _counted(now)
    return keys | {"member": str(ids[0])}


async def _places(branches: int) -> list[Organisation]:
    found = []
    county = await organisation.find(_COUNTY)
    township = await organisation.add("白鹭镇党委", "township_committee", parent=county)
    for number in range(math.ceil(branches / 5)):
        community = await organisation.add(f"第{number}社区", "community_committee", parent=township)
        await ServicePost.create(number=number + 1, title="政策宣传员", organisation=community, slots=5, taken=2)
        found += [
            await organisation.add(f"第{number}社区{one}支部", "estate_branch", parent=community) for one in range(5)
        ]
    return found[:branches]


def _member(number: int, branch: Organisation) -> Person:
    born = f"{1930 + number % 36}-{1 + number % 12:02}-{1 + number % 28:02}"
    person = Person(
        name=f"赵一禾{number}", sex=("male", "female")[number % 2], birth=born, branch_id=branch.id,
        community_id=branch.parent_id, estate="金桂花园", building=f"{1 + number % 12}", standing="retiree",
        next_occasions_from=date(2999, 1, 1),
    )  # fmt: skip
    person.set_phone(f"199{number:08}")
    return person


async def _accounts(ids: Sequence[int], now: datetime) -> None:
    """Every other one is bound."""
    await _store(Account, (Account(openid=f"oPage{one}", first_seen=now) for one in ids[::2]))
    await _store(Binding, (Binding(openid=f"oPage{one}", person_id=one, since=now) for one in ids[::2]))


async def _duties(ids: Sequence[int], now: datetime) -> None:
    """A duty a year for each, one in ten of them open."""
    await _store(VisitTask, (_duty(one, now) for one in ids))


def _duty(person: int, now: datetime) -> VisitTask:
    day = local_day(now) + timedelta(days=person % 360 - 330)
    state = "done" if person % 10 else "assigned"
    return VisitTask(
        kind="decade_birthday_visit", occasion="decade_birthday:80", subject_id=person, due_on=day, window_from=day,
        state=state, made_at=now,
    )  # fmt: skip


async def _notices(ids: Sequence[int], place: Organisation, now: datetime) -> None:
    """The newest one row by row, those of the months before as its copies."""
    newest = await _broadcast(ids[0], place, now, len(ids))
    await _store(Notice, (Notice(
        business_key=f"broadcast:{newest.id}", recipient=f"person:{one}", person_id=one, topic="broadcast",
        say="broadcasts.said", facts="{}", urgency=BULK, due_at=now, next_try_at=now, queued_at=now, state="accepted",
        outcome=("sent", "confirmed")[one % 2], broadcast_id=newest.id,
    ) for one in ids))  # fmt: skip
    for month in range(1, MONTHS):
        before = await _broadcast(ids[0], place, now - timedelta(days=30 * month), len(ids))
        await _again(newest, before)


async def _broadcast(author: int, place: Organisation, at: datetime, many: int) -> Broadcast:
    return await Broadcast.create(
        author_id=author, organisation_id=place.id, text="明天上午停水", audience={"path": place.path}, state="spread",
        created_at=at, counted=many,
    )  # fmt: skip


async def _again(newest: Broadcast, older: Broadcast) -> None:
    changed = {
        "business_key": f"'broadcast:{older.id}'",
        "broadcast_id": str(older.id),
        **dict.fromkeys(
            ("due_at", "next_try_at", "queued_at"), f"(SELECT created_at FROM broadcast WHERE id={older.id})"
        ),
    }
    taken = ", ".join(changed.get(one, one) for one in _COPIED.split(", "))
    await connection().execute_query(
        f"INSERT INTO notice ({_COPIED}) SELECT {taken} FROM notice WHERE broadcast_id={newest.id}"
    )


async def _lists(people: Sequence[tuple[int, int]], now: datetime) -> None:
    """What waits on the lists, and the book of deeds."""
    today = local_day(now)
    await _store(CheckIn, (
        CheckIn(person_id=one, community_id=place, state="accepted" if one % 50 else "submitted", submitted_at=now,
                due_on=today) for one, place in people[::2]))  # fmt: skip
    posts = [int(str(one)) for one in await ServicePost.all().values_list("id", flat=True)]
    await _store(PostHolding, (
        PostHolding(post_id=posts[one % len(posts)], person_id=one, state="active" if one % 100 else "pending",
                    claimed_at=now) for one, _ in people[::5]))  # fmt: skip
    await _store(Wish, (
        Wish(kind="order_service", person_id=one, organisation_id=place, state="closed" if one % 20 else "open",
             made_at=now) for one, place in people[::10]))  # fmt: skip
    notices = await Notice.all().order_by("id").limit(len(people)).values_list("id", "person_id")
    await _store(Call, (
        Call(notice_id=notice, person_id=one, why="no_window", way=PHONE, keeper_id=people[0][0], made_at=now,
             since=now, next_at=now) for notice, one in notices[::20]))  # fmt: skip
    await _store(AuditEntry, (
        AuditEntry(at=now, actor=f"person:{one}", action="on_behalf", subject=f"person:{one}")
        for one, _ in people))  # fmt: skip


async def _counted(now: datetime) -> None:
    """What the clock counts by night and every few minutes."""
    for broadcast_id in await broadcasts.to_count(now):
        counted = await broadcasts.count(broadcast_id)
        async with transaction():
            await broadcasts.keep(broadcast_id, counted, now=now)
    async with transaction():
        for first in desk.months_to_count(local_day(now)):
            await desk.count_month(first)
        await desk.count_members(local_day(now))


async def _office(name: str, role: str, place: Organisation, now: datetime) -> str:
    person = await Person.create(name=f"李四友{name}", standing="staff")
    await Role.create(person=person, role=role, organisation=place, since=date(2020, 1, 1))
    return await logins.open_session(person, "code", now=now)


async def _store(model: Any, made: Iterable[Any]) -> None:
    """In portions: an open transaction must not wait while the next rows are made."""
    for some in batched(made, 20 * _AT_ONCE):
        async with transaction():
            await model.bulk_create(some, batch_size=_AT_ONCE)


def batched(made: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of so many, the last one shorter."""
    rest = iter(made)
    while some := list(islice(rest, size)):
        yield some
