"""The row of delivery: notices a second through the courier to the pretend platform. Runs as a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import uvloop

from delivery.courier import Courier
from delivery.ledger import RowQuotaLedger, RowTokenStore
from delivery.outbox import Letter, post_many
from delivery.policy import DeliveryPolicy, Template
from delivery.waiting import NOTICE, due_work
from kit import clock, log
from kit.clock import local_day
from models.database import transaction
from models.outreach.notices import ACCEPTED, Notice
from scheduler.engine_inprocess import InProcessEngine
from tests.bench.house import SECRET, Place, prepared
from tests.bench.pushes import APP_ID
from tests.bench.servers import OTHER_CORE, SERVER_CORE, pin
from tests.bench.town import Town
from wechat.client import Credentials, WeChatClient, stable_token_fetcher
from wechat.limits import Limits, Rate
from wechat.token import TokenHolder

PORT, MANY = 8395, 400
TEMPLATE = "CommunityNotice_000000000000000000000000Sim"
"""A template the pretend platform knows: it needs no open window."""


async def measure(folder: Path) -> float:
    """Notices a second: claimed, sent as a form, recorded; the house on one core, the platform on the other."""
    town = Town(safe=MANY)
    place = Place(folder, api_base=f"http://127.0.0.1:{PORT}")
    now = datetime.combine(local_day(clock.now()), datetime.min.time(), UTC) + timedelta(hours=2)
    with _platform(place, town.openids("safe"), folder):
        async with prepared(place, town, now), aiohttp.ClientSession() as http:
            await _until_answering(http)
            return await _sent(_client(http, place.api_base, now), now)


def _client(http: aiohttp.ClientSession, api_base: str, now: datetime) -> WeChatClient:
    """The house's client without its pace of 45 calls a second: what is measured is our own cost."""
    credentials = Credentials(APP_ID, SECRET, api_base)
    fetch = stable_token_fetcher(http, credentials)
    tokens = TokenHolder(RowTokenStore(APP_ID), fetch, lambda: now.timestamp())
    rates = {"/cgi-bin/message/template/send": Rate(100_000, per_day=100_000)}
    return WeChatClient(http, credentials, tokens, Limits(RowQuotaLedger(), lambda: now, rates))


async def _sent(client: WeChatClient, now: datetime) -> float:
    async def draw(_: str) -> bytes:
        return b""

    policy = DeliveryPolicy(templates={"*": Template(TEMPLATE)})
    courier, engine = Courier(client, policy, draw, "bench"), InProcessEngine()

    async def deliver(notice: int) -> None:
        await courier.deliver(notice, now)

    engine.register(NOTICE, deliver)
    async with transaction():
        letter = Letter("delivery.form_hint", {})
        await post_many([f"person:{number}" for number in range(2, MANY + 2)], letter, once="bench", now=now)
    await courier.is_reachable()
    await engine.start()
    begun = time.perf_counter()
    await engine.hand_out(await due_work(now, MANY))
    await engine.drain()
    spent = time.perf_counter() - begun
    await engine.stop()
    accepted = await Notice.filter(state=ACCEPTED, business_key="bench").count()
    if accepted != MANY:
        raise SystemExit(f"delivered {accepted} of {MANY}")
    return MANY / spent


@contextmanager
def _platform(place: Place, openids: list[str], folder: Path) -> Iterator[None]:
    phones = folder / "phones.json"
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"openid": one, "name": f"phone {number}", "following": True} for number, one in enumerate(openids)]
    phones.write_text(json.dumps(rows), "utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", "--port", str(PORT), "--phones", str(phones)],
        env={**os.environ, **place.environment()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        os.sched_setaffinity(process.pid, {OTHER_CORE})
        yield
    finally:
        process.terminate()
        process.wait(20)


async def _until_answering(http: aiohttp.ClientSession) -> None:
    for _ in range(150):
        try:
            async with http.get(f"http://127.0.0.1:{PORT}/"):
                return
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.2)
    raise SystemExit("the pretend platform did not start")


if __name__ == "__main__":
    pin(SERVER_CORE)
    log.configure()
    print(uvloop.run(measure(Path(sys.argv[1]))))
