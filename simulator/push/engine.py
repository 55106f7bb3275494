"""Pushes packets to the webhook: 5 seconds a try, three tries in all, and the faults that were asked for."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from simulator.config import Config
from simulator.push.packets import Packet, Seal, Stamp, new_nonce
from simulator.push.replies import BadReply, Judge, Reply
from simulator.state.clock import Clock
from simulator.state.faults import Faults
from simulator.state.ledger import Ledger

HEADERS = {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0", "Accept": "*/*"}
LONGEST_BODY = 1024 * 1024


@dataclass(frozen=True)
class Outcome:
    """What came of a push; `verdict` is answered, silent or fault; `copies` answered the injected repeats."""

    verdict: str
    reply: Reply | None = None
    reason: str = ""
    attempts: int = 1
    seconds: float = 0.0
    copies: list[str] = field(default_factory=list)


class Engine:
    """Holds the connection to the service and the address it listens at."""

    def __init__(
        self, config: Config, seal: Seal, judge: Judge, clock: Clock, *, faults: Faults, ledger: Ledger
    ) -> None:
        self.webhook = config.webhook
        self.retry_pause = config.retry_pause
        self._config = config
        self._seal = seal
        self._judge = judge
        self._clock = clock
        self._faults = faults
        self._ledger = ledger
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        connector = aiohttp.TCPConnector(limit=0)
        self._session = aiohttp.ClientSession(connector=connector, headers=HEADERS)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def push(self, packet: Packet) -> Outcome:
        """Deliver a packet with the injected repeats; the first good answer counts."""
        faults = self._faults
        if faults.shuffle:
            await asyncio.sleep(random.uniform(0, faults.shuffle))
        together = [await self._deliver(packet)] if not faults.concurrent else await self._at_once(packet)
        first = next((each for each in together if each.verdict == "answered"), together[0])
        repeats = [each for each in together if each is not first]
        for _ in range(faults.duplicate):
            repeats.append(await self._deliver(packet))
        first.copies.extend(each.reply.text if each.reply else each.verdict for each in repeats)
        return first

    async def _at_once(self, packet: Packet) -> list[Outcome]:
        return await asyncio.gather(*(self._deliver(packet) for _ in range(1 + self._faults.concurrent)))

    async def verify(self) -> dict[str, Any]:
        """The console's button: GET with a random echostr, which must come back byte by byte."""
        stamp, echo = self._new_stamp(), new_nonce() + new_nonce()
        query = {"signature": self._seal.signature(stamp.timestamp, stamp.nonce), "echostr": echo}
        query |= {"timestamp": stamp.timestamp, "nonce": stamp.nonce}
        try:
            status, body = await self._request("GET", query, None)
        except (TimeoutError, aiohttp.ClientError) as error:
            return {"ok": False, "reason": type(error).__name__}
        return {"ok": status == 200 and body == echo.encode(), "status": status, "reason": ""}

    async def _deliver(self, packet: Packet) -> Outcome:
        started, stamp, reason = time.monotonic(), self._new_stamp(), ""
        for attempt in range(1, self._config.push_attempts + 1):
            if attempt > 1:
                await asyncio.sleep(self.retry_pause)
                stamp = stamp if self._faults.same_stamp else self._new_stamp()
            try:
                reply = await self._attempt(packet, stamp)
            except _Failed as failure:
                reason = failure.reason
            except BadReply as bad:
                return self._booked(packet, Outcome("fault", None, str(bad), attempt, time.monotonic() - started))
            else:
                verdict = "answered" if reply else "silent"
                return self._booked(packet, Outcome(verdict, reply, "", attempt, time.monotonic() - started))
        return self._booked(packet, Outcome("fault", None, reason, attempt, time.monotonic() - started))

    async def _attempt(self, packet: Packet, stamp: Stamp) -> Reply | None:
        query, body = self._seal.post(packet, stamp)
        self._ledger.pushes["attempts"] += 1
        try:
            status, answer = await self._request("POST", query, body)
        except TimeoutError:
            raise _Failed("timeout") from None
        except aiohttp.ClientError as error:
            raise _Failed(type(error).__name__) from None
        if status != 200:
            raise _Failed(f"status-{status}")
        return self._judge.read(answer, packet)

    async def _request(self, method: str, query: dict[str, str], body: bytes | None) -> tuple[int, bytes]:
        if self._session is None:
            raise aiohttp.ClientConnectionError("not started")
        # Leaving the block by time-out closes the socket, so a late answer has nowhere to go.
        async with (
            asyncio.timeout(self._config.push_budget),
            self._session.request(method, self.webhook, params=query, data=body, allow_redirects=False) as response,
        ):
            return response.status, await response.content.read(LONGEST_BODY)

    def _new_stamp(self) -> Stamp:
        return Stamp(str(int(self._clock.now())), new_nonce())

    def _booked(self, packet: Packet, outcome: Outcome) -> Outcome:
        self._ledger.pushes[outcome.verdict] += 1
        self._ledger.recent_pushes.append(
            {
                "kind": packet.kind,
                "openid": packet.openid,
                "msg_id": packet.fields.get("MsgId"),
                "verdict": outcome.verdict,
                "reason": outcome.reason,
                "attempts": outcome.attempts,
                "seconds": round(outcome.seconds, 4),
            }
        )
        return outcome


class _Failed(Exception):
    """One attempt brought no acceptable HTTP answer; the next one may."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
