"""Makes the web application of one process from its settings; nothing lives at module level."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal

from aiohttp import web

from bot import health, proof, webhook
from bot.caller import named_by
from bot.house import House, house
from bot.inbox import Inbox
from bot.learning import go_on_learning, learn
from bot.lent import doors
from bot.work import Work, stand_by
from console import rooms
from console.desk import DOORS
from kit.guesses import Guesses
from kit.settings import Settings
from models.database import spawn
from wechat.envelope import MAX_BODY, Envelope

Role = Literal["all", "web", "worker"]

LANES = 2
"""Transactions a web process keeps under way on PostgreSQL (SQLite has one writer): more would make batches smaller.

Measured on one core with 50 messages in flight: 1 lane 0.65–0.97 ms a message, 2 lanes 0.79–0.87, 4 lanes 1.14–1.18;
two, so that one slow message does not hold up everybody."""


def build(settings: Settings, role: Role = "all") -> web.Application:
    """The application of this role; raises `ValueError` for settings that cannot work."""
    named = [named_by(settings.proxies)] if settings.trusted_proxy else []
    app = web.Application(client_max_size=MAX_BODY + 1024, middlewares=named)
    app[webhook.ENVELOPE] = Envelope(
        settings.wechat_app_id,
        settings.wechat_token,
        settings.wechat_aes_key,
        settings.wechat_original_id,
        settings.wechat_mode,
    )
    app[health.GUESSES] = Guesses()
    app.cleanup_ctx.append(lambda one: _rooms(one, settings, role))
    app.add_routes([*webhook.routes(), *health.routes(), *proof.routes(settings), *rooms.routes()])
    app[DOORS] = lambda: doors(app[health.HOUSE])
    return app


async def _rooms(app: web.Application, settings: Settings, role: Role) -> AsyncIterator[None]:
    """Open before the first request, close after the last; on SQLite only when no other process works (R15)."""
    async with house(settings) as opened:
        app[health.HOUSE] = opened
        lease = stand_by(opened) if settings.is_sqlite else None
        if lease:
            await lease.wait()
        work = Work(opened, role)
        app[health.REHEARSAL] = work.rehearsal
        app[webhook.INBOX] = _inbox(opened, work)
        await app[webhook.INBOX].start()
        await work.start()
        await learn(settings.data_dir)
        learning = spawn(go_on_learning(settings.data_dir))
        try:
            yield
        finally:
            learning.cancel()
            await app[webhook.INBOX].stop()
            await work.stop()
            if lease:
                await lease.give_back()


def _inbox(opened: House, work: Work) -> Inbox:
    lanes = 1 if opened.settings.is_sqlite else LANES
    return Inbox(opened.engine, opened.county, lanes=lanes, hand_out=work.hand_out)
