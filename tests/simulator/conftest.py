"""A platform, and a small service that knows only what the test lets it answer."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import xmltodict
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from simulator.platform import WORLD, Account, Config, World, build

Answer = Callable[["Receiver", dict[str, Any]], Awaitable[web.Response]]


class Receiver:
    """A service built on wechatpy; remembers every push and answers by `answer`."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.crypto = WeChatCrypto(account.token, account.aes_key, account.app_id)
        self.pushes: list[dict[str, Any]] = []
        self.queries: list[dict[str, str]] = []
        self.answer: Answer = echo

    async def handle(self, request: web.Request) -> web.Response:
        query = dict(request.query)
        check_signature(self.account.token, query["signature"], query["timestamp"], query["nonce"])
        if request.method == "GET":
            return web.Response(text=query["echostr"])
        body = await request.read()
        if self.account.mode == "safe":
            body = self.crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        fields = dict(xmltodict.parse(body)["xml"])
        self.queries.append(query)
        self.pushes.append(fields)
        return await self.answer(self, fields)

    def xml(self, push: dict[str, Any], inner: str, **changed: str) -> str:
        """A reply's XML in the clear, with the names swapped unless the test says otherwise."""
        head = {"ToUserName": push["FromUserName"], "FromUserName": push["ToUserName"]}
        head |= {"CreateTime": str(int(time.time())), **changed}
        return "<xml>" + "".join(f"<{name}>{value}</{name}>" for name, value in head.items()) + inner + "</xml>"

    def sealed(self, xml: str) -> web.Response:
        return web.Response(text=self.crypto.encrypt_message(xml, "1234567890"))

    def text(self, push: dict[str, Any], words: str) -> web.Response:
        inner = f"<MsgType>text</MsgType><Content><![CDATA[{words}]]></Content>"
        xml = self.xml(push, inner)
        return self.sealed(xml) if self.account.mode == "safe" else web.Response(text=xml)


async def echo(receiver: Receiver, push: dict[str, Any]) -> web.Response:
    """Answers texts with themselves and everything else with its type."""
    return receiver.text(push, str(push.get("Content") or push.get("Event") or push["MsgType"]))


class Bench:
    """The platform in the test's hand: its API, its control, its state."""

    zhao = "oTestPhoneZhaoYihe0000000001"
    sun = "oTestPhoneSunSanmu0000000002"

    def __init__(self, client: TestClient[Any, Any], receiver: Receiver) -> None:
        self.client = client
        self.receiver = receiver
        self.world: World = client.server.app[WORLD]  # type: ignore[union-attr]

    async def do(self, openid: str, deed: str, /, **asked: Any) -> dict[str, Any]:
        return await self.control(f"/sim/phones/{openid}/{deed}", **asked)

    async def control(self, path: str, /, **asked: Any) -> Any:
        async with self.client.post(path, json=asked) as response:
            return await response.json()

    async def look(self, path: str) -> Any:
        async with self.client.get(path) as response:
            return await response.json(content_type=None)

    async def token(self) -> str:
        return self.world.tokens.stable(force=False).text

    async def call(self, path: str, body: Any = None, method: str = "POST", **query: Any) -> dict[str, Any]:
        """One API call with a good token."""
        query = {"access_token": await self.token(), **query}
        raw = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        async with self.client.request(method, path, params=query, data=raw) as response:
            assert response.status == 200
            answer: dict[str, Any] = await response.json(content_type=None)
            return answer

    async def code(self, path: str, body: Any = None, **query: Any) -> int:
        return int((await self.call(path, body, **query)).get("errcode", 0))

    async def screen(self, openid: str) -> list[dict[str, Any]]:
        return list(await self.look(f"/sim/phones/{openid}/screen"))

    async def tell(self, openid: str, words: str = "好") -> int:
        """The code of a customer message to somebody."""
        text = {"touser": openid, "msgtype": "text", "text": {"content": words}}
        return await self.code("/cgi-bin/message/custom/send", text)

    async def until(self, count: int, event: str) -> list[dict[str, Any]]:
        """The pushes of this event once there are `count` of them."""
        for _ in range(3000):
            found = [push for push in self.receiver.pushes if push.get("Event") == event]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.01)
        raise AssertionError(f"no {count} pushes of {event}")


@pytest.fixture
def mode() -> str:
    """The account's mode; a test may say otherwise by `parametrize("mode", …)`."""
    return "safe"


@pytest.fixture
def config(mode: Any, tmp_path: Path) -> Config:
    return Config(Account(mode=mode), clock_file=tmp_path / "clock", push_budget=3.0, job_delay=0.01)


@pytest.fixture
async def bench(config: Config) -> AsyncIterator[Bench]:
    """A platform with 赵一禾, who follows, and 孙三木, who does not."""
    receiver = Receiver(config.account)
    service = web.Application()
    service.router.add_route("*", "/wechat", receiver.handle)
    async with TestServer(service) as server, TestClient(TestServer(build(config))) as client:
        made = Bench(client, receiver)
        made.world.engine.webhook = str(server.make_url("/wechat"))
        made.world.phones.create("赵一禾", Bench.zhao, following=True)
        made.world.phones.create("孙三木", Bench.sun)
        yield made
