"""The rows of the desk's pages: p95 and SQL statements of each, at a thousand and at a hundred thousand members.

`python -m tests.bench.pages [members]` prints them alone. SQLite, the pages served inside this process over real HTTP.
"""

from __future__ import annotations

import math
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
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
from kit.county import County
from tests.bench import desk_town, table
from tests.bench.house import Place, prepared
from tests.bench.inside import counting
from tests.bench.table import Row
from tests.bench.town import Town

FEW, MANY = 1_000, 100_000
ROUNDS, MOST_MILLISECONDS = 12, 300.0
NOT_PAGES = ("/console/login",)
FURTHER = (
    "/console/people?q=zyh", "/console/people?q=0077", "/console/pictures?span=year", "/console/visits?which=overdue",
    "/console/operations/deeds?after=500", "/console/organisation/1", "/console/broadcasts/2",
)  # fmt: skip
"""Questions put to those pages, and what lies behind a number."""


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
    """Every page that is HTML and needs no number, what is asked of some, and one person's page."""
    plain = {route.path for route in rooms.routes() if isinstance(route, web.RouteDef) and route.method == "GET"}
    wanted = sorted(path for path in plain if path.startswith("/console") and "{" not in path)
    wanted = [path for path in wanted if path not in NOT_PAGES]
    found = []
    for path in [*wanted, *FURTHER, f"/console/people/{people['member']}"]:
        looks = [await _look(server, path, people[who]) for who in ("secretary", "chief")]
        if any((status, kind) == (HTTPStatus.OK, "text/html") for status, kind, _ in looks):
            found.append(path)
    return found


async def _page(server: TestServer, path: str, people: dict[str, str]) -> Figure:
    """The slower of the two looks; a page one of them may not open is measured for the other."""
    figures = []
    for who in ("secretary", "chief"):
        status, _, _ = await _look(server, path, people[who])
        if status != HTTPStatus.OK:
            continue
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
        people = await desk_town.fill(many, clock.now())
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


async def _alone(many: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        print(table.show(await rows(Path(folder), many)))


if __name__ == "__main__":
    log.configure()
    uvloop.run(_alone(int(sys.argv[1]) if len(sys.argv) > 1 else MANY))
