"""`python -m tests.postgres [arguments]`: the tests on a real PostgreSQL, or a loud word that they did not run."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.whole.servers import create, drop, need_not_last, private_server, running_server

WORKERS = 4
"""At most so many side by side (`-n`): each has a database of its own."""
DEFAULT = ("-q", "-rs", "-n", str(WORKERS), "-m", "not storm", "--ignore=tests/stories")
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
    for name in names:
        await need_not_last(server, name)
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
        try:
            environment = {"JINQIU_TEST_DATABASE": asyncio.run(_made(server, names)), "JINQIU_TEST_SERVER": server}
            return _pytest(arguments or list(DEFAULT), environment)
        finally:
            asyncio.run(_gone(server, [*names, *(f"{one}_town" for one in names)]))


if __name__ == "__main__":
    # Ended from outside, the databases go too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    raise SystemExit(main(sys.argv[1:]))
