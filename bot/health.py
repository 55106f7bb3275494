"""Says whether the process lives and whether it can take messages; shows the counters to those who may see them."""

from __future__ import annotations

import asyncio
import hmac
import shutil
import sqlite3
import time
from ipaddress import ip_address

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from tortoise.exceptions import BaseORMException

from bot.house import House
from bot.rehearsal import Rehearsal
from bot.webhook import INBOX
from kit import clock
from kit.guesses import Guesses
from models.database import transaction
from models.schema import pending
from services.county import dump, upkeep, warnings
from services.people import audit

HOUSE = web.AppKey("house", House)
GUESSES = web.AppKey("guesses", Guesses)
REHEARSAL = web.AppKey("rehearsal", Rehearsal)
LEAST_FREE_BYTES = 50 * 1024 * 1024
PATIENCE_SECONDS = 4.0
"""How long a watcher waits for the database: one that does not answer in time is no better than one that is away."""


async def alive(request: web.Request) -> web.Response:
    """The process answers; in a rehearsal also up to which move of the clock all that is due is done."""
    rehearsing = {"clock_caught_up_seconds": request.app[REHEARSAL].caught_up} if clock.is_moved() else {}
    return web.json_response({"ok": True, **rehearsing})


async def ready(request: web.Request) -> web.Response:
    """Database writable, disk space left, schema current (T6); the reasons when not."""
    reasons = await _reasons(request.app[HOUSE])
    facts = {"ok": not reasons, "reasons": reasons, "clock_moved_seconds": clock.offset().total_seconds()}
    facts["warnings"] = [] if reasons else await warnings.standing(clock.now())
    return web.json_response(facts, status=503 if reasons else 200)


async def _reasons(house: House) -> list[str]:
    reasons = []
    if shutil.disk_usage(house.settings.data_dir).free < LEAST_FREE_BYTES:
        reasons.append("disk_full")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            async with transaction():
                await upkeep.note("ready", house.holder, clock.now())
            if await pending():
                reasons.append("schema")
    except (BaseORMException, sqlite3.Error, OSError) as exc:
        reasons.append(f"database: {type(exc).__name__}")
    return reasons


async def metrics(request: web.Request) -> web.Response:
    """Counters of promise T7 and timings in the Prometheus text format, for direct loopback callers or with the token.

    Counters are those of all processes, timings those of this one."""
    token = request.app[HOUSE].settings.metrics_token
    if not (await _knows(request, token) if token else _is_direct(request)):
        return web.Response(status=404)
    registry = CollectorRegistry()
    registry.register(_Totals(await dump.counters()))
    if INBOX in request.app:
        registry.register(request.app[INBOX].seconds)
    return web.Response(body=generate_latest(registry), content_type="text/plain", charset="utf-8")


async def _knows(request: web.Request, token: str) -> bool:
    """Whether the bearer token is right; who guesses at it is slowed, then stopped and written down (X11, X21)."""
    caller, guesses = request.remote or "", request.app[GUESSES]
    if guesses.is_stopped(caller, time.monotonic()):
        return False
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if hmac.compare_digest(given.encode(), token.encode()):
        guesses.right(caller)
        return True
    pause = guesses.wait(caller, time.monotonic())
    if guesses.wrong(caller, time.monotonic()):
        async with transaction():
            await audit.note("outside", "metrics_guessed", now=clock.now(), address=caller)
    await asyncio.sleep(pause)
    return False


def _is_direct(request: web.Request) -> bool:
    """From this machine and through nobody: a proxy on it must not make the world local."""
    is_proxied = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    return not is_proxied and request.remote is not None and ip_address(request.remote).is_loopback


class _Totals:
    """The counters, as a collector; what waits goes up and down, so it is a gauge under the same kind of name."""

    def __init__(self, counted: dict[str, int]) -> None:
        self._counted = counted

    def collect(self) -> list[Metric]:
        return [
            GaugeMetricFamily(f"jinqiu_{name}_total", name, value=value)
            if name == "waiting"
            else CounterMetricFamily(f"jinqiu_{name}", name, value=value)
            for name, value in sorted(self._counted.items())
        ]


def routes() -> list[web.AbstractRouteDef]:
    """Where watchers look."""
    return [web.get("/healthz", alive), web.get("/readyz", ready), web.get("/metrics", metrics)]
