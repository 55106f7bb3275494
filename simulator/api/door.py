"""The door every API call passes: method, token, rights, faults, quota, body; then books and answer."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from simulator.errors import Refused
from simulator.world import World

WORLD = web.AppKey("world", World)
_LOOK_SECONDS = 0.1

Answer = dict[str, Any]


@dataclass(frozen=True)
class File:
    """An answer that is a file, not JSON."""

    content: bytes
    content_type: str
    name: str


@dataclass(frozen=True)
class Call:
    """One call that has passed the door: its query, its JSON body, and the state it may change."""

    world: World
    query: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)
    raw: bytes = b""
    form: dict[str, Any] = field(default_factory=dict)
    caller: str = ""

    def text(self, name: str) -> str:
        """A text of the body; anything else counts as empty."""
        value = self.body.get(name)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class Api:
    """One API: where it is, how it is called, what it needs, and who answers."""

    method: str
    path: str
    answer: Callable[[Call], Awaitable[Answer | File]]
    needs_token: bool = True
    verified_only: bool = True
    body: str = "json"
    content_type: str = "application/json"


OK: Answer = {"errcode": 0, "errmsg": "ok"}


def get(path: str, answer: Callable[[Call], Awaitable[Answer | File]], **facts: Any) -> Api:
    """An API called with GET."""
    return Api("GET", path, answer, **facts)


def post(path: str, answer: Callable[[Call], Awaitable[Answer | File]], **facts: Any) -> Api:
    """An API called with POST."""
    return Api("POST", path, answer, **facts)


def mount(app: web.Application, apis: list[Api]) -> None:
    """Hang the APIs at their paths; any method is let in, since the platform refuses wrong ones itself."""
    for api in apis:
        app.router.add_route("*", api.path, _handler(api))


def _handler(api: Api) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        world = request.app[WORLD]
        # What came in before the port shuts is answered: a closed port leaves nobody in doubt.
        if world.faults.is_out() and not world.faults.is_shut():
            return await _out(request, world)
        gateway = world.faults.gateway(api.path)
        if gateway is not None:
            return _turned_away(api, world, *gateway)
        if world.faults.latency:
            await asyncio.sleep(world.faults.latency)
        try:
            answer = await _answered(api, request, world)
        except Refused as refusal:
            return _refusal(api, world, refusal)
        if world.faults.is_answer_lost(api.path):
            world.ledger.lost[api.path] += 1
            return _gone(request, "drop")
        world.ledger.accepted[api.path] += 1
        return _file(answer) if isinstance(answer, File) else _json(api, world, answer)

    return handle


async def _answered(api: Api, request: web.Request, world: World) -> Answer | File:
    if request.method != api.method:
        raise Refused(43002 if api.method == "POST" else 43001)
    query = dict(request.query)
    if api.needs_token:
        world.tokens.require_valid(query.get("access_token"))
    if api.verified_only and not world.account.verified:
        raise Refused(48001, "api unauthorized")
    code = world.faults.refusal(api.path)
    if code is not None:
        raise Refused(code)
    world.quotas.require_room(api.path)
    call = await _read(api, request, world, query)
    return await api.answer(call)


async def _read(api: Api, request: web.Request, world: World, query: dict[str, str]) -> Call:
    caller = request.remote or ""
    if api.method == "GET" or api.body == "none":
        return Call(world, query, caller=caller)
    if api.body == "form":
        return Call(world, query, form=await _form(request), caller=caller)
    raw = await request.read()
    return Call(world, query, _object(raw), raw, caller=caller)


async def _form(request: web.Request) -> dict[str, Any]:
    if not request.content_type.startswith("multipart/"):
        raise Refused(41005)
    try:
        return dict(await request.post())
    except ValueError:
        raise Refused(41005) from None


def _object(raw: bytes) -> dict[str, Any]:
    if not raw:
        raise Refused(44002)
    try:
        body = json.loads(raw.decode("utf-8"))
    except ValueError:
        raise Refused(47001) from None
    if not isinstance(body, dict):
        raise Refused(47001)
    return body


def _refusal(api: Api, world: World, refusal: Refused) -> web.Response:
    rid = new_rid()
    world.ledger.refuse(api.path, refusal.code, rid, world.clock.now())
    facts = {"errcode": refusal.code, "errmsg": f"{refusal.message} rid: {rid}", **refusal.extra}
    return _json(api, world, facts)


def _json(api: Api, world: World, answer: Answer) -> web.Response:
    if world.faults.extra_fields:
        answer = {**answer, "x_new_field": {"since": 2027}, "x_list": [1, None]}
    text = json.dumps(answer, ensure_ascii=False)
    if world.faults.control_chars:
        # Real answers now and then carry raw control characters inside strings (§3.1).
        text = text[:-1] + ', "x_remark": "a\x08b\tc"}'
    return web.Response(text=text, content_type=api.content_type, charset="utf-8")


def _file(answer: File) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{answer.name}"'}
    return web.Response(body=answer.content, content_type=answer.content_type, headers=headers)


def _turned_away(api: Api, world: World, status: int, seconds: int) -> web.Response:
    """A gateway before the platform answers; the platform itself never hears of the call."""
    world.ledger.refused[api.path][status] += 1
    headers = {"Retry-After": str(seconds)} if seconds else {}
    return web.Response(status=status, headers=headers, text="<html>no</html>", content_type="text/html")


async def _out(request: web.Request, world: World) -> web.Response:
    """The platform is away; what reached it all the same is noted, since nobody else can know of it."""
    if world.faults.outage_kind != "silent":
        return _gone(request, world.faults.outage_kind)
    world.ledger.unanswered.append({"path": request.path, "openid": _whom(await request.read())})
    while world.faults.is_out() and not world.is_closing.is_set():
        await asyncio.sleep(_LOOK_SECONDS)
    return _gone(request, "drop")


def _whom(raw: bytes) -> str:
    try:
        return str(_object(raw).get("touser", ""))
    except Refused:
        return ""


def _gone(request: web.Request, kind: str) -> web.Response:
    """Nobody answers: HTTP 503 from a gateway, or the connection simply ends."""
    if kind == "drop" and request.transport is not None:
        request.transport.abort()
    return web.Response(status=503, text="Service Unavailable")


def new_rid() -> str:
    """`xxxxxxxx-xxxxxxxx-xxxxxxxx`, the first group being the time."""
    return f"{int(time.time()):08x}-{secrets.randbits(32):08x}-{secrets.randbits(32):08x}"
