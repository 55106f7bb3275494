"""Runs one server on one core: a bare echo, the stateless wechatpy echo, or ours. Started by the table as a process."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import cast

import uvloop
from aiohttp import web
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import TextReply

from bot.app import Role
from bot.commands import running
from kit import log
from kit.settings import Settings
from tests.bench.pushes import AES_KEY, APP_ID, TOKEN

SERVER_CORE, OTHER_CORE = 0, 1
ANSWER = "收到，您今天平安，我们就放心了。"

_peer = WeChatCrypto(TOKEN, AES_KEY, APP_ID)


def pin(core: int) -> None:
    """Keep this process on one core, where the machine has several."""
    if len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {core})


async def bare(request: web.Request) -> web.Response:
    """What aiohttp itself costs: the body back."""
    return web.Response(body=await request.read())


async def stateless(request: web.Request) -> web.Response:
    """wechatpy's own way: verify, decrypt, parse, reply, encrypt; nothing is kept."""
    query = request.query
    text = _peer.decrypt_message(await request.read(), query["msg_signature"], query["timestamp"], query["nonce"])
    reply = TextReply(message=parse_message(text), content=ANSWER)
    sealed = _peer.encrypt_message(reply.render(), query["nonce"])
    return web.Response(text=sealed, content_type="application/xml")


async def _echo(handler: Callable[[web.Request], Awaitable[web.Response]], port: int) -> None:
    app = web.Application()
    app.router.add_post("/wechat", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


def main(kind: str, port: int) -> None:
    """Serve `bare`, `stateless`, or ours in the role named (`all`, `web`), until the process is ended."""
    pin(SERVER_CORE)
    if kind in ("bare", "stateless"):
        uvloop.run(_echo(bare if kind == "bare" else stateless, port))
        return
    log.configure()
    settings = Settings(_env_file=None, port=port)  # type: ignore[call-arg]  # pydantic-settings' own argument
    raise SystemExit(uvloop.run(running.serve(settings, cast(Role, kind))))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
