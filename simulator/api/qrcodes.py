"""QR codes with a scene, and their pictures (wechat.md §3.8)."""

from __future__ import annotations

import io
import secrets
from typing import Any

import segno
from aiohttp import web

from simulator.api.door import OK, WORLD, Answer, Api, Call, post
from simulator.errors import Refused
from simulator.state.qrcodes import LONGEST, ShortKey

LONG_DATA = 4096
SCALE = 10


async def create(call: Call) -> Answer:
    """A code for a scene, temporary or permanent."""
    info = call.body.get("action_info")
    scene: Any = info.get("scene") if isinstance(info, dict) else None
    if not isinstance(scene, dict):
        raise Refused(40053)
    life = call.body.get("expire_seconds")
    code = call.world.qrcodes.create(call.text("action_name"), scene, life)
    answer: Answer = {"ticket": code.ticket, "url": code.url}
    if code.until is not None:
        answer["expire_seconds"] = round(code.until - call.world.clock.now())
    return answer


async def picture(request: web.Request) -> web.Response:
    """GET /cgi-bin/showqrcode: the PNG, no token needed; 404 for a bad ticket or one whose time is over."""
    codes = request.app[WORLD].qrcodes
    code = codes.by_ticket(request.query.get("ticket", ""))
    if code is None or not codes.is_live(code):
        raise web.HTTPNotFound
    out = io.BytesIO()
    segno.make_qr(code.url, error="m").save(out, kind="png", scale=SCALE, border=4)
    return web.Response(body=out.getvalue(), content_type="image/png")


async def shorten(call: Call) -> Answer:
    """Keep a long text behind a short key."""
    text, life = call.body.get("long_data"), call.body.get("expire_seconds", LONGEST)
    if not isinstance(text, str) or not 1 <= len(text.encode()) <= LONG_DATA:
        raise Refused(9410010)
    if not isinstance(life, int) or not 1 <= life <= LONGEST:
        raise Refused(9410011)
    key, now = secrets.token_urlsafe(12)[:15], call.world.clock.now()
    call.world.qrcodes.short_keys[key] = ShortKey(text, int(now), now + life)
    return {**OK, "short_key": key}


async def lengthen(call: Call) -> Answer:
    """The long text behind a short key."""
    short, now = call.world.qrcodes.short_keys.get(call.text("short_key")), call.world.clock.now()
    if short is None or short.until <= now:
        raise Refused(9410012)
    facts = {"create_time": short.made_at, "expire_seconds": int(short.until - now)}
    return {**OK, "long_data": short.long_data, **facts}


APIS: list[Api] = [
    post("/cgi-bin/qrcode/create", create),
    post("/cgi-bin/shorten/gen", shorten),
    post("/cgi-bin/shorten/fetch", lengthen),
]
ROUTES = [web.get("/cgi-bin/showqrcode", picture)]
