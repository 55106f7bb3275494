"""A door, its peer, and a small responder for the client.

The house's fake of the platform is the simulator. What answers here only plays back prepared answers byte by
byte: half answers, lost answers, wrong types, which no platform would send on purpose.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.wechat.peer import AES_KEY, APP_ID, NOW, ORIGINAL_ID, SECRET, TOKEN, Peer
from wechat.client import Credentials, WeChatClient, stable_token_fetcher
from wechat.envelope import Envelope
from wechat.limits import RATES, Limits, MemoryQuotaLedger, Rate
from wechat.token import MemoryTokenStore, TokenHolder


@pytest.fixture
def peer() -> Peer:
    return Peer()


@pytest.fixture
def envelope() -> Envelope:
    return Envelope(APP_ID, TOKEN, AES_KEY, ORIGINAL_ID)


UNHURRIED = dict.fromkeys(RATES, Rate(5_000))
Reply = Callable[[web.Request], Awaitable[web.StreamResponse]] | web.Response | dict[str, Any] | bytes | int


@dataclass
class Responder:
    """Plays back prepared answers by path, the last one again and again; notes what was asked."""

    answers: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    token: str = "token-1"
    tokens: list[str] = field(default_factory=list)
    fetches: list[dict[str, Any]] = field(default_factory=list)
    base: str = ""

    def on(self, path: str, *answers: Reply) -> None:
        """Prepares what `path` answers, in this order."""
        self.answers[path] = list(answers)

    def calls(self, path: str) -> list[tuple[dict[str, str], bytes]]:
        """What `path` was asked: queries and bodies."""
        return [(query, body) for asked, query, body in self.asked if asked == path]

    async def respond(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/cgi-bin/stable_token":
            return await self._give_token(request)
        self.asked.append((request.path, dict(request.query), await request.read()))
        if "access_token" in request.query and request.query["access_token"] != self.token:
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential rid: 00000000-00000000-00000000"})
        queue = self.answers.get(request.path) or [{"errcode": 0, "errmsg": "ok"}]
        answer = queue.pop(0) if len(queue) > 1 else queue[0]
        return await _played(answer, request)

    async def _give_token(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.fetches.append(asked)
        if self.tokens:
            self.token = self.tokens.pop(0)
        return web.json_response({"access_token": self.token, "expires_in": 7200})


async def _played(answer: Reply, request: web.Request) -> web.StreamResponse:
    if isinstance(answer, web.Response):
        return web.Response(body=answer.body, status=answer.status, headers=answer.headers)
    if isinstance(answer, dict):
        return web.json_response(answer)
    if isinstance(answer, bytes):
        return web.Response(body=answer, content_type="text/plain")
    if isinstance(answer, int):
        return web.Response(status=answer, text="<html>bad gateway</html>")
    return await answer(request)


@pytest.fixture
async def responder() -> AsyncIterator[Responder]:
    made = Responder()
    app = web.Application(client_max_size=32 << 20)
    app.router.add_route("*", "/{path:.*}", made.respond)
    async with TestServer(app) as server:
        made.base = str(server.make_url("")).rstrip("/")
        yield made


@dataclass
class Hand:
    """A client with everything it was made of."""

    client: WeChatClient
    store: MemoryTokenStore
    ledger: MemoryQuotaLedger


def now() -> datetime:
    return datetime.fromtimestamp(NOW, UTC)


@pytest.fixture
async def hand(responder: Responder) -> AsyncIterator[Hand]:
    async with aiohttp.ClientSession() as http:
        credentials = Credentials(APP_ID, SECRET, responder.base)
        store, ledger = MemoryTokenStore(), MemoryQuotaLedger()
        tokens = TokenHolder(store, stable_token_fetcher(http, credentials), lambda: float(NOW), patience=0.5)
        yield Hand(WeChatClient(http, credentials, tokens, Limits(ledger, now, UNHURRIED)), store, ledger)


@pytest.fixture
def client(hand: Hand) -> WeChatClient:
    return hand.client
