"""Running the service: serve, init, one round of the timed jobs, what is coming, the account's menu."""

from __future__ import annotations

import asyncio
import errno
import gc
import json
import signal
import sys
from dataclasses import asdict

import structlog
from aiohttp import web

from bot.app import Role, build
from bot.commands.desk import command
from bot.house import county_of, database, house
from bot.menu import account_menu
from bot.work import Work
from kit import clock
from kit.errors import Refusal
from kit.settings import Settings
from models.database import transaction
from models.schema import pending, upgrade
from services.care.visits import rules_now
from services.county import workdays
from services.county.coming import Coming
from services.county.coming import coming as coming_facts
from services.outreach.audience import policy_of
from services.people.members import find
from texts import render
from texts.days import spoken_day

log = structlog.get_logger()

SHUTDOWN_SECONDS = 8


@command
async def serve(settings: Settings, /, role: Role) -> int:
    """Run until SIGTERM or Ctrl-C; on SQLite a second process stands by until the first is gone."""
    if missing := settings.missing():
        raise Refusal("running.settings_missing", names="、".join(missing))
    if settings.is_sqlite and role != "all":
        print(render("running.sqlite_is_one"), file=sys.stderr)
        return 2
    stopped = _stop_event()
    async with database(settings):
        if await pending():
            raise Refusal("running.not_initialised")
    return await _run(settings, role, stopped)


async def _run(settings: Settings, role: Role, stopped: asyncio.Event) -> int:
    runner = web.AppRunner(build(settings, role), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    if not await _is_set_up(runner, stopped):
        return 0
    _settle_memory()
    try:
        if role != "worker":
            if not await _listens(runner, settings):
                return 1
            print(render("running.listening", address=f"http://{settings.host}:{settings.port}"), flush=True)
        if clock.is_moved():
            print(render("running.clock_moved"), flush=True)
        await stopped.wait()
        log.info("service.stopping")
    finally:
        await runner.cleanup()
    return 0


async def _listens(runner: web.AppRunner, settings: Settings) -> bool:
    """Whether the door is open now; somebody else at this port is told in one line."""
    site = web.TCPSite(runner, settings.host, settings.port, reuse_port=not settings.is_sqlite)
    try:
        await site.start()
    except OSError as exc:
        why = exc.strerror or type(exc).__name__
        if exc.errno == errno.EADDRINUSE:
            print(render("running.port_busy", host=settings.host, port=settings.port), file=sys.stderr)
        else:
            print(render("running.port_refused", host=settings.host, port=settings.port, why=why), file=sys.stderr)
        return False
    return True


def _settle_memory() -> None:
    """What was loaded stays for good: without this the collector walks all of it again and again under load."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def _is_set_up(runner: web.AppRunner, stopped: asyncio.Event) -> bool:
    """Open the rooms; on SQLite that waits for another process to end, and a stop ends the waiting."""
    setup, stop = asyncio.ensure_future(runner.setup()), asyncio.ensure_future(stopped.wait())
    await asyncio.wait({setup, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if setup.done():
        await setup
        return True
    setup.cancel()
    await asyncio.gather(setup, return_exceptions=True)
    return False


def _stop_event() -> asyncio.Event:
    stopped = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stopped.set)
    return stopped


@command
async def init(settings: Settings, /) -> int:
    """Create or upgrade the database; safe to repeat."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with database(settings):
        taken = await upgrade()
        if not settings.is_sqlite:
            from scheduler.engine_procrastinate import ProcrastinateEngine

            await ProcrastinateEngine(settings.database_url, works=False).prepare()
        this_year = clock.local_day(clock.now()).year
        async with transaction():
            for year in (this_year, this_year + 1):
                await workdays.load_year(year)
    print(render("running.initialised", steps=len(taken)))
    return 0


@command
async def tick(settings: Settings, /, job: str | None) -> int:
    """One round of the timed jobs and of what they made due; the counters as one line of JSON."""
    async with house(settings) as opened:
        if await pending():
            raise Refusal("running.not_initialised")
        work = Work(opened, "all")
        if not settings.is_sqlite:
            await opened.presence.begin()
        await work.engine.start()
        try:
            counted = await work.clockwork.tick(job)
            await work.finish()
        except KeyError:
            print(render("running.job_unknown", name=job or ""), file=sys.stderr)
            return 2
        finally:
            await work.engine.stop()
            if not settings.is_sqlite:
                await opened.presence.end()
    print(json.dumps(counted, ensure_ascii=False, sort_keys=True))
    return 0


@command
async def coming(settings: Settings, /, days: int, member: str | None, as_json: bool) -> int:
    """What will go out, to whom, when, and why."""
    async with database(settings):
        person = await find(member) if member else None
        rules = await rules_now(county_of(settings))
        policy = policy_of(county_of(settings))
        for one in await coming_facts(rules, now=clock.now(), days=days, person=person, policy=policy):
            print(_as_json(one) if as_json else _as_line(one))
    return 0


@command
async def menu_push(settings: Settings, /) -> int:
    """Put the account's menu on the platform."""
    async with house(settings) as opened:
        await opened.client.menu_create(account_menu(settings.public_url))
    print(render("running.menu_pushed"))
    return 0


def _as_json(one: Coming) -> str:
    facts = asdict(one) | {"at": one.at.isoformat(), "text": render(one.say, **one.facts), "reason": _reason(one)}
    facts["way"] = _way(one)
    shown = ("at", "kind", "name", "text", "reason", "way")
    return json.dumps({name: facts[name] for name in shown}, ensure_ascii=False)


def _as_line(one: Coming) -> str:
    moment = clock.local(one.at)
    said, when = render(one.say, **one.facts), f"{spoken_day(moment.date())} {moment:%H:%M}"
    return f"{when}  {one.name}  {said}  {_reason(one)}  {_way(one)}"


def _way(one: Coming) -> str:
    return render(one.way) if one.way else ""


def _reason(one: Coming) -> str:
    return render(one.why, **one.because)
