"""Who may see the counters: this machine itself, or whoever has the token; a forged address opens nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from talking import open_talk

from bot import health
from bot.caller import named_by
from bot.inbox import Inbox
from bot.webhook import INBOX
from handlers.routers import ROUTERS
from kit import guesses
from kit.guesses import Guesses
from kit.settings import Settings
from models.database import transaction
from models.people.access import AuditEntry
from services.county import dump, upkeep

Opened = Callable[..., Any]


@pytest.fixture
def opened() -> Opened:
    """The watchers' paths of a house with these settings, behind a real socket on this machine."""

    @asynccontextmanager
    async def open_it(
        inbox: Inbox | None = None, **settings: str
    ) -> AsyncIterator[TestClient[web.Request, web.Application]]:
        found = Settings(_env_file=None, **settings)  # type: ignore[call-arg, arg-type]
        app = web.Application(middlewares=[named_by(found.proxies)])
        app[health.HOUSE] = SimpleNamespace(settings=found, holder="here")  # type: ignore[assignment]
        app[health.GUESSES] = Guesses()
        if inbox is not None:
            app[INBOX] = inbox
        app.add_routes([*health.routes(), web.get("/who", _who)])
        async with TestClient(TestServer(app)) as client:
            yield client

    return open_it


async def _who(request: web.Request) -> web.Response:
    return web.Response(text=f"{request.remote} {request.scheme}")


async def test_this_machine_sees_the_counters_and_nobody_behind_a_proxy_does(db: None, opened: Opened) -> None:
    async with opened() as client:
        assert (await client.get("/metrics")).status == 200
        assert (await client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})).status == 404


async def test_every_counter_is_shown_before_anything_happened(db: None, opened: Opened) -> None:
    async with opened() as client:
        shown = await (await client.get("/metrics")).text()
    assert all(f"jinqiu_{name}_total 0.0" in shown for name in dump.COUNTERS)


async def test_how_long_answers_take_is_shown(db: None, opened: Opened, monday: datetime) -> None:
    talk = await open_talk(ROUTERS, monday)
    await talk.say("oA", "你好")
    async with opened(inbox=talk.inbox) as client:
        shown = await (await client.get("/metrics")).text()
    await talk.inbox.stop()
    assert "jinqiu_answer_seconds_count 1.0" in shown


async def test_not_even_when_the_caller_says_to_be_this_machine(db: None, opened: Opened) -> None:
    async with opened(trusted_proxy="127.0.0.1") as client:
        for forged in ("127.0.0.1", "::1", "203.0.113.9, 127.0.0.1"):
            assert (await client.get("/metrics", headers={"X-Forwarded-For": forged})).status == 404


@pytest.mark.parametrize(
    ("trusted", "who"),
    [("", "127.0.0.1 http"), ("192.0.2.1", "127.0.0.1 http"), ("127.0.0.1", "203.0.113.9 https")],
    ids=["nobody trusted", "another one trusted", "trusted"],
)
async def test_the_caller_is_whom_a_trusted_proxy_names(opened: Opened, trusted: str, who: str) -> None:
    async with opened(trusted_proxy=trusted) as client:
        answer = await client.get("/who", headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"})
        assert await answer.text() == who


async def test_who_guesses_at_the_token_is_stopped_and_written_down(
    db: None, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "SLOW_SECONDS", 0.0)
    right = {"Authorization": "Bearer s3cret"}
    async with opened(trusted_proxy="127.0.0.1", metrics_token="s3cret") as client:
        guesser, other = {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "198.51.100.7"}
        for number in range(12):
            assert (await client.get("/metrics", headers={**guesser, "Authorization": str(number)})).status == 404
        assert (await client.get("/metrics", headers={**guesser, **right})).status == 404
        assert (await client.get("/metrics", headers={**other, **right})).status == 200
    written = await AuditEntry.get()
    assert (written.action, written.facts) == ("metrics_guessed", {"address": "203.0.113.9"})


async def test_a_database_that_does_not_answer_in_time_is_named(
    db: None, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.05)
    async with opened(data_dir=str(tmp_path)) as client:
        async with transaction():
            await upkeep.note("ready", "here", datetime.now(UTC))
            held = await client.get("/readyz")
        assert (held.status, (await held.json())["reasons"]) == (503, ["database: TimeoutError"])
        free = await (await client.get("/readyz")).json()
        assert "database" not in "".join(free["reasons"])
