"""PostgreSQL for tests: a server that answers already, or a private one from the binaries Debian installs."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from tests.whole.town import free_port

NAMED = "JINQIU_TEST_SERVER"
_USUAL = ("postgres://postgres@127.0.0.1:5432/postgres", "postgres:///postgres?host=/var/run/postgresql")
_BINARIES = Path("/usr/lib/postgresql")


def running_server() -> str | None:
    """The URL of a server that answers and lets databases be made: the one named in the environment, or the usual."""
    named = os.environ.get(NAMED)
    for url in [named] if named else _USUAL:
        if asyncio.run(_may_create(url)):
            return url
    return None


async def _may_create(url: str) -> bool:
    try:
        held = await asyncpg.connect(url, timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    try:
        sql = "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
        return bool(await held.fetchval(sql))
    finally:
        await held.close()


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))


async def create(server: str, name: str) -> str:
    """A fresh, empty database; its URL."""
    await drop(server, name)
    await _do(server, f'CREATE DATABASE "{name}"')
    return with_database(server, name)


async def need_not_last(server: str, name: str) -> None:
    """What is in this database may be lost at a power cut: tests that ask for rows need not wait for the disk."""
    await _do(server, f'ALTER DATABASE "{name}" SET synchronous_commit TO off')


async def drop(server: str, name: str) -> None:
    """The database is gone, whoever is still in it."""
    await _do(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def _do(server: str, sql: str) -> None:
    held = await asyncpg.connect(server, timeout=10)
    try:
        await held.execute(sql)
    finally:
        await held.close()


@dataclass(frozen=True)
class PrivateServer:
    """A server of our own in a folder that goes away; as root it runs as the user `postgres`."""

    folder: Path
    binaries: Path
    port: int

    @property
    def url(self) -> str:
        """Where to make databases."""
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start and wait until it answers."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
        self.run("pg_ctl", "start", "-w", "-t", "60", "-l", str(self.folder / "log"), "-o", options)

    def stop(self, mode: str = "immediate") -> None:
        """Stop; `immediate` is what a power cut looks like."""
        self.run("pg_ctl", "stop", "-w", "-m", mode)

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """All its processes are stopped while the block runs, and go on where they were."""
        main = int((self.folder / "data" / "postmaster.pid").read_text("ascii").split()[0])
        stopped = [main, *_children_of(main)]
        for process in stopped:
            _signal(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in stopped:
                _signal(process, signal.SIGCONT)

    def run(self, tool: str, *arguments: str) -> None:
        """One of the server's own tools on its data."""
        command = [str(self.binaries / tool), "-D", str(self.folder / "data"), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


def _children_of(process: int) -> list[int]:
    """The processes it has started, by what the system tells of every process."""
    told = [path.read_text("utf-8", "replace") for path in Path("/proc").glob("[0-9]*/stat") if path.exists()]
    # After the name, which may hold anything, stand the state and the parent.
    named = [(int(one.split(" ", 1)[0]), one.rpartition(")")[2].split()) for one in told]
    return [number for number, rest in named if int(rest[1]) == process]


def _signal(process: int, sign: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, sign)


def binaries() -> Path | None:
    """Where the newest installed server's tools are."""
    found = sorted(
        _BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0
    )
    return found[-1].parent if found else None


@contextmanager
def private_server() -> Iterator[PrivateServer | None]:
    """A server of our own while the block runs; None where it cannot be had."""
    tools = binaries()
    if tools is None or (os.geteuid() == 0 and shutil.which("runuser") is None):
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="jinqiu-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    server = PrivateServer(folder, tools, free_port())
    try:
        server.run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        server.start()
    except (OSError, subprocess.CalledProcessError):
        shutil.rmtree(folder, ignore_errors=True)
        yield None
        return
    try:
        yield server
    finally:
        try:
            server.stop()
        except subprocess.CalledProcessError:
            server.run("pg_ctl", "status")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
