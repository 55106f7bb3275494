"""Sends prepared pushes over keep-alive connections, as many in flight as wanted, and measures each answer's time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

IN_FLIGHT = 50
LONGEST_SECONDS = 120


@dataclass(slots=True)
class Result:
    """What one run of the generator saw; seconds. `bodies` are some of the answers, to be looked at."""

    seconds: float
    latencies: list[float]
    refused: int
    bodies: list[tuple[int, bytes]]
    processor: float = 0.0
    """Microseconds of the server's processor a message: what a crowded machine changes least."""

    @property
    def per_second(self) -> float:
        """Answers a second, refusals left out."""
        return (len(self.latencies) - self.refused) / self.seconds

    def percentile(self, share: float) -> float:
        """The time within which this share of the answers came, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


@dataclass(slots=True)
class _Run:
    waiting: Iterator[tuple[int, bytes]]
    done: asyncio.Event
    running: int = 0
    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    bodies: list[tuple[int, bytes]] = field(default_factory=list)


class _Connection(asyncio.Protocol):
    """Sends one request after the other; aware of just enough HTTP to know where an answer ends."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._buffer = b""
        self._number = 0
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._run.running += 1
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, gap, body = self._buffer.partition(b"\r\n\r\n")
        if not gap or len(body) < _length(head):
            return
        self._run.latencies.append(time.perf_counter() - self._sent_at)
        if not head.startswith(b"HTTP/1.1 200"):
            self._run.refused += 1
        elif self._number % 97 == 0:
            self._run.bodies.append((self._number, body))
        self._buffer = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.running -= 1
        if not self._run.running:
            self._run.done.set()

    def _next(self) -> None:
        self._number, request = next(self._run.waiting, (0, b""))
        if not request:
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


def _length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


async def send(port: int, requests: Sequence[bytes], in_flight: int = IN_FLIGHT) -> Result:
    """Send all `requests` to the port of this machine, `in_flight` at a time."""
    run = _Run(iter(enumerate(requests, 1)), asyncio.Event())
    loop, begun = asyncio.get_running_loop(), time.perf_counter()
    many = min(in_flight, len(requests))
    await asyncio.gather(*(loop.create_connection(lambda: _Connection(run), "127.0.0.1", port) for _ in range(many)))
    await asyncio.wait_for(run.done.wait(), LONGEST_SECONDS)
    return Result(time.perf_counter() - begun, run.latencies, run.refused, run.bodies)
