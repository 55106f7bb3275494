"""The number of statements of a page does not grow with the rows it shows (promise: one list, a handful of looks)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from cast import Cast
from console_site import Browser, Site, with_code

from models.database import connection
from tests.console.county.test_desk import PATHS
from tests.console.filled import everything

pytestmark = pytest.mark.usefixtures("db")

FEW, MANY = 10, 300


@dataclass
class Counter:
    """How many statements the database was asked."""

    asked: int = 0


@asynccontextmanager
async def _counted() -> AsyncIterator[Counter]:
    database, counter = connection(), Counter()
    plain = database.execute_query

    async def counting(*args: object, **named: object) -> object:
        counter.asked += 1
        return await plain(*args, **named)  # type: ignore[arg-type]

    plain_dicts = database.execute_query_dict

    async def counting_dicts(*args: object, **named: object) -> object:
        counter.asked += 1
        return await plain_dicts(*args, **named)  # type: ignore[arg-type]

    database.execute_query = counting  # type: ignore[method-assign,assignment]
    database.execute_query_dict = counting_dicts  # type: ignore[method-assign,assignment]
    try:
        yield counter
    finally:
        del database.execute_query, database.execute_query_dict  # type: ignore[misc]


async def _asked(desk: Browser, paths: list[str]) -> dict[str, int]:
    found = {}
    for path in paths:
        await desk.look(path)
        async with _counted() as counter:
            assert (await desk.look(path)).status == 200
        found[path] = counter.asked
    return found


async def test_no_page_asks_more_for_more_rows(site: Site, cast: Cast) -> None:
    desk = await with_code(site, cast.worker)
    paths = [f"/console/{path}" for path in PATHS]
    paths += [f"/console/operations/{page}" for page in ("heard", "deeds", "guards", "drills", "successor")]
    paths += [f"/console/people/{cast.zhao.id}", f"/console/people/{cast.zhao.id}/hand-over", "/console/people?q=he",
              f"/console/organisation/{cast.branch.id}", "/console/people?q=何"]  # fmt: skip
    await everything(cast, 0, FEW)
    few = await _asked(desk, paths)
    await everything(cast, FEW, MANY)
    many = await _asked(desk, paths)
    assert all(few.values())
    assert {path: (few[path], many[path]) for path in paths if many[path] > few[path]} == {}
