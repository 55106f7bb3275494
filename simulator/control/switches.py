"""Hands on the clock, the faults, the account and the books, as JSON calls under /sim."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from borax.calendars.lunardate import LunarDate

from simulator.api.door import WORLD
from simulator.control.answers import wish
from simulator.errors import NotPossible
from simulator.push import deeds
from simulator.state.clock import BEIJING
from simulator.state.templates import Template
from simulator.world import World

PING_SECONDS = 15


def clock_facts(world: World) -> dict[str, Any]:
    """The clock as the page shows it: the offset, the moment, and the lunar day."""
    now = datetime.fromtimestamp(world.clock.now(), UTC).astimezone(BEIJING)
    lunar = LunarDate.from_solar(now.date())
    return {
        "offset": world.clock.offset(),
        "now": now.timestamp(),
        "local": now.strftime("%Y-%m-%d %H:%M"),
        "weekday": now.isoweekday(),
        "year": lunar.gz_year,
        "lunar": lunar.cn_str()[5:],
    }


async def clock(request: web.Request) -> web.Response:
    """The clock as it stands."""
    return web.json_response(clock_facts(request.app[WORLD]))


async def move_clock(request: web.Request) -> web.Response:
    """{seconds} moves it on (or back, if negative); {offset} sets it, 0 being the wall clock."""
    asked, world = await wish(request), request.app[WORLD]
    by, to = asked.get("seconds", 0), asked.get("offset", world.clock.offset())
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in (by, to)):
        raise NotPossible("not-a-number", status=400)
    world.clock.set(float(to) + float(by))
    world.phones.tell({"event": "clock", **clock_facts(world)})
    return web.json_response(clock_facts(world))


async def faults(request: web.Request) -> web.Response:
    """The switches as they stand."""
    return web.json_response(_standing(request.app[WORLD]))


async def set_faults(request: web.Request) -> web.Response:
    """The switches of `state.faults`, and {void_token}, {whitelist: [addresses] or null}, {retry_pause}."""
    asked, world = await wish(request), request.app[WORLD]
    own = {name: asked.pop(name) for name in ("void_token", "whitelist", "retry_pause") if name in asked}
    world.faults.apply(asked)
    if own.get("void_token"):
        world.tokens.void_all()
    if "whitelist" in own:
        world.whitelist = None if own["whitelist"] is None else frozenset(own["whitelist"])
    world.engine.retry_pause = float(own.get("retry_pause", world.engine.retry_pause))
    return web.json_response(_told(world))


async def clear_faults(request: web.Request) -> web.Response:
    """All switches off."""
    world = request.app[WORLD]
    world.faults.clear()
    world.whitelist = world.config.whitelist
    world.engine.retry_pause = world.config.retry_pause
    return web.json_response(_told(world))


def _standing(world: World) -> dict[str, Any]:
    listed = None if world.whitelist is None else sorted(world.whitelist)
    return {**world.faults.standing(), "whitelist": listed, "retry_pause": world.engine.retry_pause}


def _told(world: World) -> dict[str, Any]:
    standing = _standing(world)
    world.phones.tell({"event": "faults", "faults": standing})
    return standing


async def calls(request: web.Request) -> web.Response:
    """Counters per API path: accepted, refused by code, lost (done, but the answer never left)."""
    return web.json_response(request.app[WORLD].ledger.calls())


async def unanswered(request: web.Request) -> web.Response:
    """What reached the platform while it was silent: path and openid, oldest first; nothing came of it."""
    return web.json_response(request.app[WORLD].ledger.unanswered)


async def sent(request: web.Request) -> web.Response:
    """Every send the platform accepted, oldest first; `?after=N` leaves out the first N."""
    return web.json_response(request.app[WORLD].ledger.sent[int(request.query.get("after", "0")) :])


async def forget_sent(request: web.Request) -> web.Response:
    """Begin a new list of accepted sends."""
    request.app[WORLD].ledger.sent.clear()
    return web.json_response([])


async def pushes(request: web.Request) -> web.Response:
    """Counters of the pushes and the latest 2000 of them."""
    ledger = request.app[WORLD].ledger
    return web.json_response({**ledger.pushes, "recent": list(ledger.recent_pushes)})


async def set_quota(request: web.Request) -> web.Response:
    """{path, daily}: what the account may do with one API each day."""
    asked, world = await wish(request), request.app[WORLD]
    world.quotas.set_daily(str(asked["path"]), int(asked["daily"]))
    return web.json_response(world.quotas.standing(str(asked["path"])))


async def account(request: web.Request) -> web.Response:
    """What the page shows of the account; no secrets."""
    world = request.app[WORLD]
    shown = {
        "app_id": world.account.app_id,
        "original_id": world.account.original_id,
        "mode": world.account.mode,
    }
    return web.json_response({**shown, "webhook": world.engine.webhook})


async def set_webhook(request: web.Request) -> web.Response:
    """{url}: where pushes go from now on."""
    request.app[WORLD].engine.webhook = str((await wish(request))["url"])
    return await account(request)


async def verify(request: web.Request) -> web.Response:
    """Press the console's button: is the address ours?"""
    return web.json_response(await request.app[WORLD].engine.verify())


async def templates(request: web.Request) -> web.Response:
    """The account's templates of both kinds."""
    shown = request.app[WORLD].templates.listing("template", "once", "always")
    return web.json_response(
        [{"template_id": each.template_id, "title": each.title, "kind": each.kind} for each in shown]
    )


async def add_template(request: web.Request) -> web.Response:
    """{template_id, title, content, kind?: template | once | always, constants?: {key: [values]}}"""
    asked = await wish(request)
    known = {each.name for each in fields(Template)}
    if not {"template_id", "title", "content"} <= set(asked) <= known:
        raise NotPossible("wrong-fields", status=400)
    request.app[WORLD].templates.add(Template(**asked))
    return web.json_response(asked, status=201)


async def codes(request: web.Request) -> web.Response:
    """The QR codes that work now, newest first."""
    return web.json_response(request.app[WORLD].qrcodes.listing())


async def platform_event(request: web.Request) -> web.Response:
    """{openid, Event, …}: an event about somebody who need not have a phone here."""
    asked = await wish(request)
    openid = str(asked.pop("openid", "oPlatformItself0000000000000"))
    outcome = await deeds.job_event(request.app[WORLD], openid, asked)
    return web.json_response({"verdict": outcome.verdict, "attempts": outcome.attempts, "reason": outcome.reason})


async def live(request: web.Request) -> web.StreamResponse:
    """Server-sent events: whatever changes on the phones, the clock and the switches."""
    world, news = request.app[WORLD], asyncio.Queue[dict[str, Any]](maxsize=5_000)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    watch = _watcher(news)
    world.phones.watchers.add(watch)
    try:
        await _stream(world, response, news)
    except ConnectionResetError:
        return response
    finally:
        world.phones.watchers.discard(watch)
    return response


def _watcher(news: asyncio.Queue[dict[str, Any]]) -> Callable[[dict[str, Any]], None]:
    def watch(item: dict[str, Any]) -> None:
        # A page that cannot keep up reads the screens again; the platform does not wait for it.
        if not news.full():
            news.put_nowait(item)

    return watch


async def _stream(world: World, response: web.StreamResponse, news: asyncio.Queue[dict[str, Any]]) -> None:
    await response.write(b"retry: 1000\n\n")
    while not world.is_closing.is_set():
        try:
            item = await asyncio.wait_for(news.get(), PING_SECONDS)
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        await response.write(b"data: " + json.dumps(item, ensure_ascii=False).encode() + b"\n\n")


ROUTES = [
    web.get("/sim/clock", clock),
    web.post("/sim/clock", move_clock),
    web.get("/sim/faults", faults),
    web.post("/sim/faults", set_faults),
    web.delete("/sim/faults", clear_faults),
    web.get("/sim/calls", calls),
    web.get("/sim/unanswered", unanswered),
    web.get("/sim/sent", sent),
    web.delete("/sim/sent", forget_sent),
    web.get("/sim/pushes", pushes),
    web.post("/sim/quotas", set_quota),
    web.get("/sim/account", account),
    web.post("/sim/webhook", set_webhook),
    web.post("/sim/verify", verify),
    web.get("/sim/templates", templates),
    web.post("/sim/templates", add_template),
    web.get("/sim/codes", codes),
    web.post("/sim/events", platform_event),
    web.get("/sim/live", live),
]
