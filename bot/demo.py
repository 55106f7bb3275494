"""`make demo`: the whole house with the demo county and the pretend platform, from nothing, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot.demo_county import DEMO_PHONES, seed
from bot.house import house
from delivery.paper import slips as slip_sheet
from delivery.paper.slips import SlipFacts
from delivery.quiet import QuietPolicy, is_quiet
from kit import clock
from kit.clock import local, local_day
from kit.settings import Settings
from models.database import transaction
from services.people import binding, login_codes, members, organisation
from texts import render

FOLDER = Path("demo")
SERVICE_PORT, SIMULATOR_PORT = 8080, 8090
READY_SECONDS = 60.0
_POSTER_AT = "guihua"
_DAY_SECONDS = 86_400

ACCOUNT = {
    "JINQIU_WECHAT_APP_ID": "wx5a17c0de5a17c0de",
    "JINQIU_WECHAT_SECRET": "0123456789abcdef0123456789abcdef",
    "JINQIU_WECHAT_TOKEN": "JinqiuDemoToken",
    "JINQIU_WECHAT_AES_KEY": "jinqiu0demo0key0jinqiu0demo0key0jinqiu0demo",
    "JINQIU_WECHAT_ORIGINAL_ID": "gh_5a17c0de0001",
}
"""Made-up values that the pretend platform knows too."""
_OF_A_REAL_HOUSE = (
    "JINQIU_REDIS_URL", "JINQIU_FIELD_KEY", "JINQIU_TRUSTED_PROXY", "JINQIU_METRICS_TOKEN", "JINQIU_HEARTBEAT_URL",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stage:
    """Where one showing stands: its folder and the two ports."""

    folder: Path
    service: int
    simulator: int

    @property
    def log(self) -> Path:
        """What service and platform log."""
        return self.folder / "service.log"


async def main(folder: Path = FOLDER, ports: tuple[int, int] = (SERVICE_PORT, SIMULATOR_PORT)) -> int:
    """Set up, start, print where to look, and stop everything in order at Ctrl-C."""
    stopped = _stop_event()
    stage = Stage(folder, *(_free_port(port) for port in ports))
    environment = _environment(stage)
    print(render("demo.begin"), flush=True)
    _prepare(folder)
    for command in (["init"], ["seed", str(folder / "county.json")]):
        if await _finished(environment, *command, stopped=stopped) or stopped.is_set():
            return int(not stopped.is_set())
    phones = ["-m", "simulator", "--port", str(stage.simulator), "--phones", str(folder / "phones.json")]
    processes = [await _started(stage, environment, *room) for room in (phones, ["-m", "bot", "serve"])]
    try:
        if await _is_ready(f"http://127.0.0.1:{stage.service}/readyz", processes, stopped):
            await _open(stage, environment)
            await _until_stopped(stopped, processes)
        if not stopped.is_set():
            print(render("demo.broke", file=stage.log), file=sys.stderr)
    finally:
        await _stop(processes)
    return int(not stopped.is_set())


async def _open(stage: Stage, environment: dict[str, str]) -> None:
    """The account's menu, what is on paper, and the words that tell a visitor where to begin."""
    await _finished(environment, "menu", "push")
    await _finished(environment, "print", "poster", "--at", _POSTER_AT, str(stage.folder / "poster.pdf"))
    slip, desk_code = await _on_paper(environment, stage.folder / "slip.pdf")
    addresses = {
        "phones": f"http://127.0.0.1:{stage.simulator}/",
        "desk": f"http://127.0.0.1:{stage.service}/console/",
        "ready": f"http://127.0.0.1:{stage.service}/readyz",
    }
    facts = {"code": slip.code, "name": slip.name, "desk_code": desk_code, "folder": stage.folder}
    print(render("demo.open", **facts, **addresses), flush=True)


async def _on_paper(environment: dict[str, str], file: Path) -> tuple[SlipFacts, str]:
    """The newcomer's own binding slip, also among the codes a phone can scan; and the worker's code for the desk."""
    os.environ.update(environment)
    async with house(Settings(_env_file=None)) as opened:  # type: ignore[call-arg]  # pydantic-settings knows it
        name = next(one.name for one in DEMO_PHONES if one.part == "newcomer")
        async with transaction():
            persons = await members.named(name)
            place = await organisation.find(_POSTER_AT)
            numbers = opened.county.binding
            (slip,) = await binding.make_slips(place, now=clock.now(), policy=numbers, persons=persons)
            worker = (await organisation.holders(place, organisation.WORKERS, local_day(clock.now())))[0]
            desk_code = (await login_codes.make_code(worker, now=clock.now())).code
        code = await opened.client.qr_temporary(f"slip:{slip.scene}", numbers.slip_days * _DAY_SECONDS)
        phone = await organisation.phone_of(place) or opened.county.phone
        facts = SlipFacts(
            slip.code, slip.name, place.name, opened.county.account_name or place.name, phone, slip.until, code.url
        )
    file.write_bytes(await asyncio.to_thread(slip_sheet.pdf, [facts]))
    return facts, desk_code


def _environment(stage: Stage) -> dict[str, str]:
    own = {
        "JINQIU_DATA_DIR": str(stage.folder / "data"),
        "JINQIU_DATABASE_URL": "",
        "JINQIU_COUNTY": str(stage.folder / "county.toml"),
        "JINQIU_PORT": str(stage.service),
        "JINQIU_PUBLIC_URL": f"http://127.0.0.1:{stage.service}",
        "JINQIU_WECHAT_API_BASE": f"http://127.0.0.1:{stage.simulator}",
        "JINQIU_WECHAT_OPEN_BASE": f"http://127.0.0.1:{stage.simulator}",
        "JINQIU_WECHAT_MODE": "safe",
        "JINQIU_CLOCK_FILE": str(stage.folder / "clock"),
        "JINQIU_HOST": "127.0.0.1",
        "PYTHONUNBUFFERED": "1",
    }
    # The demo may be shown where a real house is set up: nothing of that one's settings reaches it.
    blank = dict.fromkeys(_OF_A_REAL_HOUSE, "")
    return {**os.environ, **ACCOUNT, **blank, **own}


def _prepare(folder: Path) -> None:
    """A fresh folder each time: the demo is a story that begins today."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    (folder / "clock").write_text(str(_to_a_morning()), "utf-8")
    county = seed(_first_day())
    (folder / "county.json").write_text(json.dumps(county, ensure_ascii=False), "utf-8")
    (folder / "phones.json").write_text(json.dumps(_phones(county), ensure_ascii=False), "utf-8")
    (folder / "county.toml").write_text(render("demo.county_toml"), "utf-8")


def _to_a_morning() -> float:
    """Seconds to nine in the morning when it is night or noon: notices keep quiet hours, visitors want to see some."""
    moment = local(datetime.now(UTC))
    if not is_quiet(moment, QuietPolicy()):
        return 0.0
    morning = moment.replace(hour=9, minute=0, second=0, microsecond=0)
    morning += timedelta(days=1) if morning <= moment else timedelta()
    return (morning - moment).total_seconds()


def _first_day() -> date:
    return local_day(datetime.now(UTC) + timedelta(seconds=_to_a_morning()))


def _phones(county: dict[str, Any]) -> list[dict[str, object]]:
    shown = [{"openid": one.openid, "name": one.name, "following": one.follows} for one in DEMO_PHONES]
    on_the_table = {phone["openid"] for phone in shown}
    members = [one for one in county["members"] if one.get("openid") and one["openid"] not in on_the_table]
    return shown + [{"openid": one["openid"], "name": one["name"], "following": one["follows"]} for one in members]


def _free_port(wanted: int) -> int:
    """The usual port, or any other when somebody has it."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise OSError("no free port")


async def _started(stage: Stage, environment: dict[str, str], *arguments: str) -> asyncio.subprocess.Process:
    """What it logs goes into a file: a visitor wants to see addresses."""
    # In a group of their own: Ctrl-C is for us, and we end them in order.
    with stage.log.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, *arguments, env=environment, start_new_session=True, stdout=log, stderr=log
        )


async def _finished(environment: dict[str, str], *command: str, stopped: asyncio.Event | None = None) -> int:
    """Run one command to its end, or until somebody has had enough; what it counts is not for visitors."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL
    )
    if stopped is not None:
        await _until_stopped(stopped, [process])
        await _stop([process])
    return await process.wait()


async def _is_ready(address: str, processes: list[asyncio.subprocess.Process], stopped: asyncio.Event) -> bool:
    """Wait until the service answers; False when it does not, or when somebody has had enough."""
    loop = asyncio.get_running_loop()
    until = loop.time() + READY_SECONDS
    async with aiohttp.ClientSession() as http:
        while loop.time() < until and not stopped.is_set() and all(one.returncode is None for one in processes):
            with suppress(aiohttp.ClientError):
                async with http.get(address) as answer:
                    if answer.status == 200:
                        return True
            await asyncio.sleep(0.2)
    return False


def _stop_event() -> asyncio.Event:
    stopped = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(one, stopped.set)
    return stopped


async def _until_stopped(stopped: asyncio.Event, processes: list[asyncio.subprocess.Process]) -> None:
    ends = [asyncio.ensure_future(one.wait()) for one in processes]
    stop = asyncio.ensure_future(stopped.wait())
    await asyncio.wait([stop, *ends], return_when=asyncio.FIRST_COMPLETED)
    for task in (stop, *ends):
        task.cancel()


async def _stop(processes: list[asyncio.subprocess.Process]) -> None:
    for one in reversed(processes):
        if one.returncode is None:
            one.terminate()
    await asyncio.gather(*(one.wait() for one in processes))


def _arguments() -> argparse.Namespace:
    """Where to show it; `--help` shows nothing else."""
    parser = argparse.ArgumentParser(prog="python -m bot.demo", description=render("demo.help"))
    parser.add_argument("--folder", type=Path, default=FOLDER, help=render("demo.help_folder"))
    parser.add_argument("--port", type=int, default=SERVICE_PORT, help=render("demo.help_port"))
    parser.add_argument("--phones", type=int, default=SIMULATOR_PORT, help=render("demo.help_phones"))
    chosen = parser.parse_args()
    if not may_empty(chosen.folder):
        parser.error(render("demo.not_ours", folder=chosen.folder))
    return chosen


def may_empty(folder: Path) -> bool:
    """Whether a folder is new, empty, or a demo's own from before: what is somebody else's is never wiped."""
    return not folder.exists() or (folder / "phones.json").exists() or not any(folder.iterdir())


if __name__ == "__main__":
    asked = _arguments()
    raise SystemExit(asyncio.run(main(asked.folder, (asked.port, asked.phones))))
