"""A whole town for tests: the real service as processes, the pretend platform beside it, everything over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from wechatpy.crypto import WeChatCrypto

from bot import demo

ROOT = Path(__file__).resolve().parents[2]

ACCOUNT = {**demo.ACCOUNT, "JINQIU_WECHAT_MODE": "safe"}
COUNTY = '[platform.templates]\n"*" = "CommunityNotice_000000000000000000000000Sim"\n'
READY_SECONDS, STOP_SECONDS = 180.0, 15.0

Row = dict[str, Any]


def free_port() -> int:
    """A port nobody listens at right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def crypto() -> WeChatCrypto:
    """The account's sealing, by wechatpy and not by the house."""
    token, key = ACCOUNT["JINQIU_WECHAT_TOKEN"], ACCOUNT["JINQIU_WECHAT_AES_KEY"]
    return WeChatCrypto(token, key, ACCOUNT["JINQIU_WECHAT_APP_ID"])


@dataclass
class Town:
    """One data folder with its processes; `roles` are those of the service, `url` a PostgreSQL database or empty."""

    folder: Path
    url: str = ""
    roles: Sequence[str] = ("all",)
    county: str = COUNTY
    quiet: bool = True
    port: int = field(default_factory=free_port)
    simulator_port: int = field(default_factory=free_port)
    service: list[subprocess.Popen[bytes]] = field(default_factory=list)
    simulator: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        self.clock_file.write_text("0", "utf-8")
        (self.folder / "county.toml").write_text(self.county, "utf-8")

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def clock_file(self) -> Path:
        """Where the offset of the house's clock stands."""
        return self.folder / "clock"

    @property
    def address(self) -> str:
        """Where the service listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def platform(self) -> str:
        """Where the pretend platform listens."""
        return f"http://127.0.0.1:{self.simulator_port}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every process of this town; nothing of the developer's own leaks in."""
        own = {
            "JINQIU_DATA_DIR": str(self.data),
            "JINQIU_DATABASE_URL": self.url,
            "JINQIU_COUNTY": str(self.folder / "county.toml"),
            "JINQIU_PORT": str(self.port),
            "JINQIU_PUBLIC_URL": self.address,
            "JINQIU_WECHAT_API_BASE": self.platform,
            "JINQIU_WECHAT_OPEN_BASE": self.platform,
            "JINQIU_CLOCK_FILE": str(self.clock_file),
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("JINQIU_")}
        return inherited | ACCOUNT | own

    async def found(self, seed: Mapping[str, Any]) -> None:
        """Make the database and load the seed."""
        (self.folder / "seed.json").write_text(json.dumps(seed, ensure_ascii=False), "utf-8")
        await self.command("init")
        await self.command("seed", str(self.folder / "seed.json"))

    async def open(self, phones: Sequence[Mapping[str, Any]] = ()) -> None:
        """Start the platform and the service, and wait until both answer."""
        (self.folder / "phones.json").write_text(json.dumps(list(phones), ensure_ascii=False), "utf-8")
        options = ["--port", str(self.simulator_port), "--phones", str(self.folder / "phones.json")]
        self.simulator = self._spawn("simulator", "-m", "simulator", *options)
        await self.start()
        await self.until_ready(f"{self.platform}/sim/clock")

    async def start(self, *, wait: bool = True) -> None:
        """Start the service's processes and wait until the front door is ready."""
        for number, role in enumerate(self.roles):
            name = f"serve-{role}-{number}"
            self.service.append(self._spawn(name, "-m", "bot", "serve", "--role", role))
        if wait:
            await self.until_ready(f"{self.address}/readyz")

    def start_beside(self, port: int) -> subprocess.Popen[bytes]:
        """One more process of the first role at a port of its own, without waiting for it."""
        name, role = f"serve-beside-{port}", self.roles[0]
        beside = self._spawn(name, "-m", "bot", "serve", "--role", role, JINQIU_PORT=str(port))
        self.service.append(beside)
        return beside

    async def until_ready(self, address: str, seconds: float = READY_SECONDS) -> float:
        """Wait for a 200; how many seconds it took. Raises `TimeoutError` with what the processes said."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http:
            while loop.time() < begun + seconds:
                with suppress(aiohttp.ClientError, TimeoutError):
                    async with http.get(address) as answer:
                        if answer.status == 200:
                            return loop.time() - begun
                await asyncio.sleep(0.1)
        raise TimeoutError(f"{address} did not become ready:\n{self.logs()[-3000:]}")

    async def kill(self, process: subprocess.Popen[bytes] | None = None) -> None:
        """SIGKILL to one process of the service, or to all."""
        for one in [process] if process else list(self.service):
            one.kill()
            await asyncio.to_thread(one.wait)
            self.service.remove(one)

    async def stop(self, seconds: float = STOP_SECONDS) -> list[int]:
        """SIGTERM to the service; the exit codes. A process that does not end is killed and counts as -9."""
        for one in self.service:
            one.send_signal(signal.SIGTERM)
        codes = [await _ended(one, seconds) for one in self.service]
        self.service.clear()
        return codes

    async def close(self) -> None:
        """End everything."""
        await self.stop()
        if self.simulator is not None:
            self.simulator.terminate()
            await _ended(self.simulator, 5)

    async def command(self, *arguments: str) -> str:
        """Run `python -m bot …`; its standard output. Raises `RuntimeError` with what it said when it fails."""
        code, said, complained = await self.tried(*arguments)
        if code:
            raise RuntimeError(f"{arguments}: {code}\n{complained[-2000:]}")
        return said

    async def tried(self, *arguments: str) -> tuple[int, str, str]:
        """Run `python -m bot …`; its exit code, standard output and standard error."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments, env=self.environment, cwd=self.folder,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, complained = await process.communicate()
        return process.returncode or 0, said.decode(), complained.decode()

    async def dump(self) -> list[Row]:
        """All rows as `dump` shows them."""
        return [json.loads(line) for line in (await self.command("dump")).splitlines()]

    async def counters(self) -> dict[str, int]:
        """The counters of promise T7."""
        counted: dict[str, int] = json.loads(await self.command("dump", "--counters"))
        return counted

    def logs(self) -> str:
        """What the processes wrote, newest file last."""
        return "\n".join(path.read_text("utf-8", "replace") for path in sorted(self.folder.glob("*.log")))

    def _spawn(self, name: str, *arguments: str, **changed: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments], env=self.environment | changed, cwd=self.folder, stdout=log, stderr=log
            )


async def _ended(process: subprocess.Popen[bytes], seconds: float) -> int:
    try:
        return await asyncio.to_thread(process.wait, seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        await asyncio.to_thread(process.wait)
        return -9
