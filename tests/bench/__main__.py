"""Prints the benchmark table: everything in one run, the server on one core, whoever asks it on the other."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from kit import clock, log
from tests.bench import county, door, house, inside, pages, postgres, table
from tests.bench.servers import OTHER_CORE, pin
from tests.bench.table import Row
from tests.postgres import a_server

LABELS = {
    "safe": "one effect row, check-in-sized (报平安)",
    "asked": "a notice's question answered (1)",
    "checking_in": "a check-in handed in (1)",
}
WANTED = {"sqlite": 0.5, "postgresql": 0.4}
ROUNDS = min(door.ROUNDS, int(sys.argv[1])) if len(sys.argv) > 1 else door.ROUNDS
"""`python -m tests.bench 1` is for a first look; a second number says how many people its county has."""
PEOPLE = int(sys.argv[2]) if len(sys.argv) > 2 else county.FIRST_LOOK if len(sys.argv) > 1 else county.WHOLE
MOST_MILLISECONDS, MOST_MEBIBYTES = 500, 300


def main() -> None:
    """Measure everything and print one table."""
    log.configure()
    pin(OTHER_CORE)
    _say(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; best of {ROUNDS} rounds each")
    with a_server() as server, tempfile.TemporaryDirectory() as folder:
        rows = uvloop.run(_everything(Path(folder), server))
    print(table.show(rows))
    print(f"load average afterwards {os.getloadavg()[0]:.1f}")


async def _everything(folder: Path, server: str | None) -> list[Row]:
    rows = await _door_rows(folder, server)
    _say("gateway, understanding, picture")
    rows += [*inside.gateway_rows(), *inside.understanding_rows(), inside.picture_row()]
    _say("posting, planning, delivery")
    rows += [await inside.posting_row(folder), *await inside.planning_rows(folder)]
    rows.append(_delivery_row(folder))
    _say("the pages of the desk")
    rows += await pages.rows(folder)
    if server is None:
        return rows
    _say(f"a county of {PEOPLE:,} people")
    return [*rows, *await county.rows(server, folder, PEOPLE)]


async def _door_rows(folder: Path, server: str | None) -> list[Row]:
    if server is None:
        _say("!!! NOT RUN: the rows of PostgreSQL: no server answers, and no private one could be started")
        return await _measured({"sqlite": house.Place(folder / "sqlite")})
    async with postgres.database(server) as url:
        return await _measured({
            "sqlite": house.Place(folder / "sqlite"), "postgresql": house.Place(folder / "postgresql", url),
        })  # fmt: skip


async def _measured(places: dict[str, house.Place]) -> list[Row]:
    for name, place in places.items():
        _say(f"filling {name}")
        await house.prepare(place, door.TOWN, clock.now())
    statements = await inside.statement_row(places["sqlite"])
    _say("the door")
    best = await asyncio.to_thread(door.measure, places, ROUNDS)
    return [*_echo_rows(best), *(row for name in places for row in _own_rows(best, name)), statements]


def _echo_rows(best: door.Best) -> list[Row]:
    bare, peer = best.rows["bare"].per_second, best.rows["stateless"].per_second
    return [
        table.compared("bare aiohttp echo", bare, "messages/s", peer),
        table.compared("aiohttp + wechatpy, stateless", peer, "messages/s", peer),
    ]


def _own_rows(best: door.Best, name: str) -> list[Row]:
    peer, rows = best.rows["stateless"].per_second, []
    for kind, label in LABELS.items():
        result = best.rows[f"{name} {kind}"]
        least, most = (WANTED[name], MOST_MILLISECONDS) if kind == "safe" else (None, None)
        rows.append(table.compared(f"{name}: {label}", result.per_second, "messages/s", peer, least))
        median, late = result.percentile(0.5), result.percentile(0.99)
        beside = f"p50 {median:.0f} ms" + (f", {result.refused} REFUSED" if result.refused else "")
        rows.append(Row(f"{name}: p99 at 50 in flight", late, "ms", beside, late, most, True))
    spent, theirs = best.processor[f"{name} safe"], best.processor["stateless"]
    beside = f"{theirs / spent:.2f} × stateless ({theirs:.0f} µs)"
    rows.append(Row(f"{name}: processor for one effect row", spent, "µs/message", beside))
    return [*rows, Row(f"{name}: memory under load", best.memory[name], "MiB", "", None, MOST_MEBIBYTES, True)]


def _delivery_row(folder: Path) -> Row:
    command = [sys.executable, "-m", "tests.bench.delivering", str(folder / "delivery")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.splitlines()[-1] if done.stderr else "delivery did not run")
    return Row("delivery to the pretend platform", float(done.stdout.splitlines()[-1]), "notices/s")


def _say(step: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {step}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
