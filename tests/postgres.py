"""`python -m tests.postgres [arguments]`: the tests on a real PostgreSQL, or a loud word that they did not run."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.whole.servers import create, drop, private_server, running_server

WORKERS = 2
DEFAULT = (
    ["-q", "-rs", "-n", str(WORKERS), "-m", "not browser and not storm", "--ignore=tests/stories"],
    ["-q", "-rs", "tests/stories"],
    ["-q", "-rs", "-m", "storm"],
)
"""Stories and storm go alone: what comes within seconds must not be judged on a machine busy with other tests."""
BANNER = "!!! NOT RUN: tests on PostgreSQL: no server answers, and no private one could be started"
"""CI never takes this for success."""


@contextmanager
def a_server() -> Iterator[str | None]:
    """The URL of a server in which databases may be made; None when there is none."""
    if (url := running_server()) is not None:
        yield url
        return
    with private_server() as server:
        yield server.url if server else None


async def _made(server: str, names: list[str]) -> str:
    urls = [await create(server, name) for name in names]
    return urls[0]


async def _gone(server: str, names: list[str]) -> None:
    for name in names:
        await drop(server, name)


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, env=os.environ | environment, check=False).returncode


def main(arguments: list[str]) -> int:
    """Pytest's own exit code; 0 after the loud word, but 1 where CI must not miss it."""
    with a_server() as server:
        if server is None:
            print(f"{BANNER}\n!!! set JINQIU_TEST_SERVER, or install Debian's postgresql", file=sys.stderr, flush=True)
            return 1 if os.environ.get("CI") else 0
        name = f"jinqiu_test_{os.getpid()}"
        names = [name, *(f"{name}_gw{number}" for number in range(WORKERS))]
        names += [f"{one}_town" for one in names]
        try:
            environment = {"JINQIU_TEST_DATABASE": asyncio.run(_made(server, names)), "JINQIU_TEST_SERVER": server}
            turns = [arguments] if arguments else DEFAULT
            codes = [_pytest(turn, environment) for turn in turns]
            return max(codes)
        finally:
            asyncio.run(_gone(server, names))


if __name__ == "__main__":
    # Ended from outside, the databases go too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    raise SystemExit(main(sys.argv[1:]))
