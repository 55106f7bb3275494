"""Pushes as the platform does, straight at the webhook: sealed, repeated with the same identity, patient or not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp

from simulator.config import Account
from simulator.push.packets import Packet, Seal, Stamp, new_nonce
from simulator.push.replies import Judge
from simulator.state.clock import Clock
from simulator.state.media import Media
from tests.whole.town import Town

HEADERS = {"Content-Type": "text/xml"}


@dataclass(frozen=True)
class Answer:
    """What one attempt brought: the status (0 for no HTTP at all), the words, and how long it took."""

    status: int
    words: str | None = None
    seconds: float = 0.0

    @property
    def is_acknowledged(self) -> bool:
        """Whether the platform would take it for delivered."""
        return self.status == 200


class Pusher:
    """One platform that pushes to one town."""

    def __init__(self, http: aiohttp.ClientSession, town: Town, first_id: int) -> None:
        self._http, self.address = http, f"{town.address}/wechat"
        self._clock = Clock(town.clock_file)
        self.account = Account()
        self.seal = Seal(self.account)
        self._judge = Judge("safe", self.account.original_id, self.seal, Media(self._clock))
        self._next_id = first_id

    def now(self) -> int:
        """The platform's clock in seconds."""
        return int(self._clock.now())

    def text(self, openid: str, words: str, *, created: int | None = None) -> Packet:
        """A new message; the packet stays the same over all repeats."""
        self._next_id += 1
        fields = {"MsgType": "text", "Content": words, "MsgId": self._next_id}
        return self.packet(openid, fields, created=created)

    def packet(self, openid: str, fields: dict[str, Any], *, created: int | None = None) -> Packet:
        """Any message or event."""
        head = {"ToUserName": self.account.original_id, "FromUserName": openid}
        return Packet({**head, "CreateTime": created or self.now(), **fields})

    async def send(self, packet: Packet, seconds: float = 5.0, *, at: int | None = None) -> Answer:
        """One attempt; `at`: what the platform's own clock shows, where it isn't the house's."""
        query, body = self.seal.post(packet, Stamp(str(at or self.now()), new_nonce()))
        answer, raw = await self.post(query, body, seconds)
        if answer.status != 200:
            return answer
        reply = self._judge.read(raw, packet)
        return Answer(200, reply.text if reply else "", answer.seconds)

    async def post(self, query: dict[str, str], body: bytes, seconds: float = 5.0) -> tuple[Answer, bytes]:
        """Any body with any query."""
        return await self.request("POST", query, body, seconds)

    async def request(
        self, method: str, query: dict[str, str], body: bytes | None, seconds: float = 5.0
    ) -> tuple[Answer, bytes]:
        """Any request to the webhook; status 0 when nobody answered."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            async with (
                asyncio.timeout(seconds),
                self._http.request(method, self.address, params=query, data=body, headers=HEADERS) as answer,
            ):
                return Answer(answer.status, None, loop.time() - begun), await answer.read()
        except (TimeoutError, aiohttp.ClientError):
            return Answer(0, None, loop.time() - begun), b""

    async def until_acknowledged(self, packet: Packet, seconds: float = 60.0, pause: float = 0.5) -> Answer:
        """Repeat like a patient platform. Raises `AssertionError` when nothing was acknowledged in time."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while loop.time() < until:
            answer = await self.send(packet)
            if answer.is_acknowledged:
                return answer
            await asyncio.sleep(pause)
        raise AssertionError(f"not acknowledged within {seconds:.0f} s")
