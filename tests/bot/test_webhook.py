"""The platform's door: refused alike whatever is wrong, answered after the effect, not acknowledged when in doubt."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from hashlib import sha1
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot import webhook
from bot.inbox import NotInTime, NotSaved, Overloaded
from wechat.envelope import MAX_BODY, Envelope
from wechat.messages import Message, Text

TOKEN, OURS = "a-token", "gh_5a17c0de0001"
XML = (
    "<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[oZhao]]></FromUserName>"
    "<CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content>"
    "<MsgId>77</MsgId></xml>"
)


class Door:
    """Stands for the inbox: says what the test wants, and remembers what came."""

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.noted: list[str] = []
        self.answer: str | Exception = "您好"

    def note(self, name: str) -> None:
        self.noted.append(name)

    async def take(self, message: Message, now: Any) -> str:
        self.taken.append(message)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
async def client(door: Door) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    app = web.Application(client_max_size=MAX_BODY + 1024)
    app[webhook.ENVELOPE] = Envelope("wx1234567890abcdef", TOKEN, "", OURS, "plain")
    app[webhook.INBOX] = door  # type: ignore[assignment]
    app.add_routes(webhook.routes())
    async with TestClient(TestServer(app)) as opened:
        yield opened


def signed(token: str = TOKEN) -> dict[str, str]:
    stamp, nonce = str(int(time.time())), "n0nce"
    signature = sha1("".join(sorted([token, stamp, nonce])).encode()).hexdigest()
    return {"timestamp": stamp, "nonce": nonce, "signature": signature}


def body(to: str = OURS) -> bytes:
    return XML.format(to=to, now=int(time.time())).encode()


async def test_the_echo_leaves_only_for_a_right_signature(client: TestClient[Any, Any]) -> None:
    good = await client.get("/wechat", params={**signed(), "echostr": "42"})
    assert (good.status, await good.text()) == (200, "42")
    bad = await client.get("/wechat", params={**signed("other"), "echostr": "42"})
    assert (bad.status, await bad.text()) == (403, "")


async def test_a_message_is_answered_in_words(client: TestClient[Any, Any], door: Door) -> None:
    answer = await client.post("/wechat", params=signed(), data=body())
    assert answer.status == 200
    assert "<![CDATA[您好]]>" in await answer.text()
    assert isinstance(door.taken[0], Text)
    assert answer.headers["Cache-Control"] == "no-store"


async def test_silence_is_an_answer(client: TestClient[Any, Any], door: Door) -> None:
    door.answer = ""
    answer = await client.post("/wechat", params=signed(), data=body())
    assert (answer.status, await answer.text()) in ((200, ""), (200, "success"))


@pytest.mark.parametrize(
    ("params", "data"),
    [
        ({}, body()),
        (signed("other"), body()),
        (signed(), b"<!DOCTYPE a><xml/>"),
        (signed(), b"not xml"),
        (signed(), b""),
        (signed(), b"<xml>" + b"a" * (MAX_BODY + 10) + b"</xml>"),
        (signed(), body("gh_other")),
    ],
    ids=["no signature", "wrong signature", "doctype", "no xml", "empty", "oversize", "another account"],
)
async def test_whatever_is_wrong_is_refused_alike_without_any_effect(
    client: TestClient[Any, Any], door: Door, params: dict[str, str], data: bytes
) -> None:
    answer = await client.post("/wechat", params=params, data=data)
    assert (answer.status, await answer.text()) == (403, "")
    assert door.taken == []
    assert door.noted == ["received", "refused"]


async def test_a_body_that_does_not_unpack_is_refused_like_any_other(client: TestClient[Any, Any], door: Door) -> None:
    packed = {"Content-Encoding": "gzip"}
    answer = await client.post("/wechat", params=signed(), data=b"not packed", headers=packed)
    assert (answer.status, await answer.text()) == (403, "")
    assert (door.taken, door.noted) == ([], ["received", "refused"])


@pytest.mark.parametrize("failure", [NotInTime(), NotSaved(), Overloaded()], ids=lambda one: type(one).__name__)
async def test_what_is_not_on_disk_is_not_acknowledged(
    client: TestClient[Any, Any], door: Door, failure: Exception
) -> None:
    door.answer = failure
    answer = await client.post("/wechat", params=signed(), data=body())
    assert (answer.status, await answer.text()) == (503, "")
