"""Listens at the platform's port, and at nobody's while an outage of the kind `closed` lasts."""

from __future__ import annotations

import asyncio
import signal

from aiohttp import web

from simulator.api.door import WORLD
from simulator.state.faults import Faults

LOOK_SECONDS = 0.05
LAST_ANSWERS_SECONDS = 1.0


async def listen(app: web.Application, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    ended = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, ended.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        while not ended.is_set():
            await _open_for_a_while(runner, host, port, app[WORLD].faults, ended)
    finally:
        await runner.cleanup()


async def _open_for_a_while(runner: web.AppRunner, host: str, port: int, faults: Faults, ended: asyncio.Event) -> None:
    """Once open and once shut. What is under way when the port shuts is answered first; idle connections end."""
    site = web.TCPSite(runner, host, port)
    await site.start()
    while not (faults.is_shut() or ended.is_set()):
        await asyncio.sleep(LOOK_SECONDS)
    if not faults.is_shut():
        return
    await site.stop()
    if runner.server is not None:
        await runner.server.shutdown(LAST_ANSWERS_SECONDS)
    while faults.is_shut() and not ended.is_set():
        await asyncio.sleep(LOOK_SECONDS)
