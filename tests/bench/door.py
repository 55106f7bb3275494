"""The rows of the door: what one core answers a second, beside a bare echo and wechatpy's stateless one."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from tests.bench import load, postgres, pushes
from tests.bench.house import Place
from tests.bench.town import Town

ROUNDS = 3
WORDS = {"safe": "报平安", "asked": "1", "checking_in": "1"}
SAID = {"safe": "平安", "asked": "收到", "checking_in": "桂花社区"}
"""What an answer must say, so that nothing but the real thing is counted."""
PER_ROUND = {"safe": 2500, "asked": 600, "checking_in": 150}
ECHOES = 4000
QUIET_SHARE, QUIET_SECONDS, LONGEST_SETTLING, LONGEST_WAIT = 0.1, 0.4, 15.0, 60.0
TOWN = Town(*(PER_ROUND[kind] * ROUNDS + 100 for kind in ("safe", "asked", "checking_in")))


@dataclass(slots=True)
class Best:
    """The best round of each row (the machine is shared), and what the server's memory grew to, in MiB."""

    rows: dict[str, load.Result] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def note(self, name: str, result: load.Result) -> None:
        """Keep the faster one."""
        self.processor[name] = min(self.processor.get(name, result.processor), result.processor)
        if name not in self.rows or result.per_second > self.rows[name].per_second:
            self.rows[name] = result


@dataclass(slots=True)
class Server:
    """One server under way; `place` only for ours."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    place: Place | None = None

    def cpu_seconds(self) -> float:
        """What it has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Resident memory in MiB."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure(places: Mapping[str, Place], rounds: int = ROUNDS) -> Best:
    """Start all servers, then let every row have its turn, round by round, so that noise falls on all alike."""
    best = Best()
    with _started("bare", 8391) as bare, _started("stateless", 8392) as peer:
        for number in range(rounds):
            for echo in (bare, peer):
                best.note(echo.name, _run(echo, [("oBenchEcho", "报平安")] * ECHOES))
            for name, place in places.items():
                with _started("all" if place.is_sqlite else "web", 8393, place) as ours:
                    _one_round(best, name, ours, number)
    return best


def _one_round(best: Best, name: str, ours: Server, number: int) -> None:
    _settle(ours)
    if ours.place and not ours.place.is_sqlite:
        asyncio.run(postgres.pin_backends(ours.place.database_url))
    for kind, many in PER_ROUND.items():
        people = TOWN.openids(kind)
        if number == 0 and kind == "safe":
            _run(ours, [(openid, "你好") for openid in people[-50:] * 4])
        said = [(openid, WORDS[kind]) for openid in people[number * many : (number + 1) * many]]
        result = _run(ours, said)
        _require_right(kind, result)
        best.note(f"{name} {kind}", result)
        best.memory[name] = max(best.memory[name], ours.memory())


def _run(server: Server, said: list[tuple[str, str]]) -> load.Result:
    prepared = pushes.requests(said, time.time())
    before = server.cpu_seconds()
    result = uvloop.run(load.send(server.port, prepared))
    result.processor = (server.cpu_seconds() - before) / len(said) * 1e6
    return result


def _require_right(kind: str, result: load.Result) -> None:
    answers = [pushes.words_of(body) for _, body in result.bodies]
    wrong = [words for words in answers if SAID[kind] not in words]
    if wrong or (not answers and not result.refused):
        raise SystemExit(f"{kind}: {result.refused} refused, {len(wrong)} of {len(answers)} wrong: {wrong[:1]}")


@contextmanager
def _started(name: str, port: int, place: Place | None = None) -> Iterator[Server]:
    """The server, as soon as it answers; ended when the block is left."""
    environment = {**os.environ, **(place.environment() if place else {})}
    command = [sys.executable, "-m", "tests.bench.servers", name, str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = Server(name, port, process, place)
    try:
        asyncio.run(_wait_for(server))
        yield server
    finally:
        process.terminate()
        process.wait(30)


async def _wait_for(server: Server) -> None:
    until = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < until and server.process.poll() is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        writer.close()
        return
    raise SystemExit(f"{server.name} did not start")


def _settle(server: Server) -> None:
    """Wait until the first round of timed jobs is over: what is measured is the door."""
    until = time.monotonic() + LONGEST_SETTLING
    while time.monotonic() < until:
        before = server.cpu_seconds()
        time.sleep(QUIET_SECONDS)
        if server.cpu_seconds() - before < QUIET_SHARE * QUIET_SECONDS:
            return
