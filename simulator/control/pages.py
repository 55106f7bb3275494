"""The pages one can look at: the phones on their table, the pictures on them, and their rules of safety."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from simulator.api.door import WORLD
from simulator.errors import Refused

FOLDER = Path(__file__).parent.parent / "page"
SAFETY = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


async def table(request: web.Request) -> web.Response:
    """The page with the phones."""
    html = (FOLDER / "index.html").read_text(encoding="utf-8")
    return web.Response(text=html, content_type="text/html", headers=SAFETY)


async def media(request: web.Request) -> web.Response:
    """A file as the phone sees it; 404 once its three days are over."""
    try:
        item = request.app[WORLD].media.find(request.match_info["media_id"])
    except Refused:
        raise web.HTTPNotFound from None
    return web.Response(
        body=item.content, content_type=item.content_type, headers={"X-Content-Type-Options": "nosniff"}
    )


ROUTES = [web.get("/", table), web.get("/sim/media/{media_id}", media)]
