"""Service posts (服务岗位) with places left."""

from __future__ import annotations

from aiohttp import web

from console.desk import Desk
from console.guard import staff
from services import desk

PATH = "/console/posts"


async def unfilled(at: Desk) -> web.Response:
    """Posts somebody could still take, by community and number."""
    return at.show("posts.html", rows=await desk.open_posts(at.reach))


def routes() -> list[web.AbstractRouteDef]:
    """The list."""
    return [web.get(PATH, staff(unfilled))]
