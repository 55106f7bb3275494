"""The pretend platform as an application: its API, its pages, and the hands on it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from simulator.api import (
    credentials,
    customer,
    mass,
    media,
    menus,
    people,
    qrcodes,
    subscriptions,
    tags,
    templates,
    web_auth,
)
from simulator.api.door import WORLD, mount
from simulator.config import Account, Config, PhonePreset
from simulator.control import authorize, jobs, pages, phones, switches
from simulator.control.answers import refusals
from simulator.world import World

__all__ = ["WORLD", "Account", "Config", "PhonePreset", "World", "build"]

APIS = [
    *credentials.APIS,
    *customer.APIS,
    *templates.APIS,
    *subscriptions.APIS,
    *mass.APIS,
    *people.APIS,
    *tags.APIS,
    *qrcodes.APIS,
    *menus.APIS,
    *media.APIS,
    *web_auth.APIS,
]

LARGEST_UPLOAD = 24 * 1024 * 1024


def build(config: Config) -> web.Application:
    """A fresh platform; its state is `app[WORLD]` and ends with the application."""
    app = web.Application(client_max_size=LARGEST_UPLOAD, middlewares=[refusals])
    world = app[WORLD] = World(config)
    world.api_paths = frozenset(api.path for api in APIS)
    mount(app, APIS)
    for routes in (
        qrcodes.ROUTES,
        phones.ROUTES,
        switches.ROUTES,
        jobs.ROUTES,
        authorize.ROUTES,
        pages.ROUTES,
    ):
        app.router.add_routes(routes)
    app.router.add_static("/static/", pages.FOLDER)
    app.cleanup_ctx.append(_running)
    app.on_shutdown.append(_say_goodbye)
    return app


async def _running(app: web.Application) -> AsyncIterator[None]:
    await app[WORLD].open()
    yield
    await app[WORLD].close()


async def _say_goodbye(app: web.Application) -> None:
    """End the live streams at once; they would hold the shutdown up otherwise."""
    app[WORLD].is_closing.set()
    app[WORLD].phones.tell({"event": "closing"})
