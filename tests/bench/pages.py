"""The rows of the desk's pages: p95 and SQL statements of each, at a thousand and at a hundred thousand members.

`python -m tests.bench.pages [members]` prints them alone. SQLite, the pages served inside this process over real HTTP.
"""

from __future__ import annotations

import math
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.lent import doors
from console import rooms
from console.desk import DOORS
from console.guard import SESSION
from kit import clock, log
from kit.clock import local_day
from kit.county import County
from models.accounts import Account, Binding
from models.database import transaction
from models.members import Person
from models.notices import BULK, Broadcast, Notice
from models.organisation import Organisation, Role
from models.posts import ServicePost
from models.visits import VisitTask
from services import logins, organisation
from tests.bench import table
from tests.bench.house import Place, prepared
from tests.bench.inside import counting
from tests.bench.table import Row
from tests.bench.town import Town

FEW, MANY = 1_000, 100_000
A_BRANCH = 200
ROUNDS, MOST_MILLISECONDS = 12, 300.0
_AT_ONCE = 500
NOT_PAGES = ("/console/login",)


@dataclass(frozen=True, slots=True)
class Figure:
    """One page as one person sees it."""

    p95: float
    statements: int
    processor: float


async def rows(folder: Path, many: int = MANY) -> list[Row]:
    """One row a page: the slower of a branch secretary's and the county's look at it."""
    found = {}
    for size in (FEW, many):
        async with _county(folder / f"pages{size}", size) as (server, people):
            found[size] = {path: await _page(server, path, people) for path in await _paths(server, people)}
    return [_row(path, found[FEW].get(path), figure, many) for path, figure in sorted(found[many].items())]


def _row(path: str, few: Figure | None, most: Figure, many: int) -> Row:
    beside = f"processor {most.processor:.0f} ms"
    if few:
        beside += f"; {few.p95:.0f} ms with {FEW:,}; statements {few.statements} and {most.statements}"
    name = f"page {path}, p95 with {many:,} members"
    return Row(name, most.p95, "ms", beside, most.p95, MOST_MILLISECONDS, True)


async def _paths(server: TestServer, people: dict[str, str]) -> list[str]:
    """Every page that is HTML and needs no number, and one person's page."""
    plain = {route.path for route in rooms.routes() if isinstance(route, web.RouteDef) and route.method == "GET"}
    wanted = sorted(path for path in plain if path.startswith("/console") and "{" not in path)
    wanted = [path for path in wanted if path not in NOT_PAGES]
    found = []
    for path in [*wanted, f"/console/people/{people['member']}"]:
        status, kind, _ = await _look(server, path, people["secretary"])
        if status == 200 and kind == "text/html":
            found.append(path)
    return found


async def _page(server: TestServer, path: str, people: dict[str, str]) -> Figure:
    """The slower of the two looks; a page one of them may not open is measured for the other."""
    figures = []
    for who in ("secretary", "chief"):
        await _look(server, path, people[who])
        begun = time.process_time()
        times = sorted([(await _look(server, path, people[who]))[2] for _ in range(ROUNDS)])
        spent = (time.process_time() - begun) * 1000 / ROUNDS
        with counting() as seen:
            await _look(server, path, people[who])
        figures.append(Figure(times[math.ceil(0.95 * ROUNDS) - 1], len(seen), spent))
    return max(figures, key=lambda one: one.p95)


async def _look(server: TestServer, path: str, key: str) -> tuple[int, str, float]:
    jar, headers = aiohttp.DummyCookieJar(), {"Cookie": f"{SESSION}={key}"}
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        begun = time.perf_counter()
        async with http.get(server.make_url(path), headers=headers, allow_redirects=False) as answer:
            await answer.read()
            return answer.status, answer.content_type, (time.perf_counter() - begun) * 1000


@asynccontextmanager
async def _county(folder: Path, many: int) -> AsyncIterator[tuple[TestServer, dict[str, str]]]:
    """A county of so many with its desk open; sessions of a secretary and of the county, and one member's number."""
    place = Place(folder)
    async with prepared(place, Town()):
        people = await _fill(many, clock.now())
        app = web.Application()
        lent = doors(_Lent(place))  # type: ignore[arg-type]
        app[DOORS] = lambda: lent
        app.add_routes(rooms.routes())
        server = TestServer(app)
        await server.start_server()
        try:
            yield server, people
        finally:
            await server.close()


class _Lent:
    """As much of a house as its pages ask for; the platform is never called."""

    def __init__(self, place: Place) -> None:
        self.settings, self.county, self.client = place.settings(), County(phone="19900000900"), _NoPlatform()


class _NoPlatform:
    """Nobody there: no page that is measured asks the platform."""

    def __getattr__(self, name: str) -> Any:
        return name


async def _fill(many: int, now: datetime) -> dict[str, str]:
    branches = await _places(math.ceil(many / A_BRANCH))
    first = branches[0]
    async with transaction():
        await _store(Person, (_member(number, branches[number % len(branches)]) for number in range(many)))
        ids = [row["id"] for row in await Person.filter(standing="retiree").order_by("id").values("id")]
        await _store(Account, (Account(openid=f"oPage{one}", first_seen=now) for one in ids[::2]))
        await _store(Binding, (Binding(openid=f"oPage{one}", person_id=one, since=now) for one in ids[::2]))
        await _store(VisitTask, (_duty(one, now) for one in ids[::5]))
        await _notices(ids, first, now)
        keys = {name: await _office(name, role, place, now) for name, role, place in (
            ("secretary", "branch_secretary", first),
            ("chief", "county_worker", await organisation.find("东禾县离退休干部党工委")),
        )}  # fmt: skip
    return keys | {"member": str(ids[0])}


async def _places(branches: int) -> list[Organisation]:
    found = []
    async with transaction():
        county = await organisation.find("东禾县离退休干部党工委")
        township = await organisation.add("白鹭镇党委", "township_committee", parent=county)
        for number in range(math.ceil(branches / 5)):
            community = await organisation.add(f"第{number}社区", "community_committee", parent=township)
            await ServicePost.create(number=number + 1, title="政策宣传员", organisation=community, slots=5, taken=2)
            found += [
                await organisation.add(f"第{number}社区{one}支部", "estate_branch", parent=community)
                for one in range(5)
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


def _duty(person: int, now: datetime) -> VisitTask:
    day = local_day(now) + timedelta(days=person % 120 - 90)
    state = "done" if person % 10 else "assigned"
    return VisitTask(
        kind="decade_birthday_visit", occasion="decade_birthday:80", subject_id=person, due_on=day, window_from=day,
        state=state, made_at=now,
    )  # fmt: skip


async def _notices(ids: list[int], place: Organisation, now: datetime) -> None:
    said = await Broadcast.create(
        author_id=ids[0], organisation_id=place.id, text="明天上午停水", audience={"path": place.path}, state="spread",
        created_at=now,
    )  # fmt: skip
    await _store(Notice, (Notice(
        business_key=f"broadcast:{said.id}", recipient=f"person:{one}", person_id=one, topic="broadcast",
        say="broadcasts.said", facts="{}", urgency=BULK, due_at=now, next_try_at=now, queued_at=now, state="accepted",
        outcome=("sent", "confirmed")[one % 2], broadcast_id=said.id,
    ) for one in ids))  # fmt: skip


async def _office(name: str, role: str, place: Organisation, now: datetime) -> str:
    person = await Person.create(name=f"李四友{name}", standing="staff")
    await Role.create(person=person, role=role, organisation=place, since=date(2020, 1, 1))
    return await logins.open_session(person, "code", now=now)


async def _store(model: Any, made: Iterable[Any]) -> None:
    await model.bulk_create(list(made), batch_size=_AT_ONCE)


async def _alone(many: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        print(table.show(await rows(Path(folder), many)))


if __name__ == "__main__":
    log.configure()
    uvloop.run(_alone(int(sys.argv[1]) if len(sys.argv) > 1 else MANY))
