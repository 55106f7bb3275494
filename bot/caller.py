"""Puts the caller's own address into each request, also behind a proxy that may be believed (JINQIU_TRUSTED_PROXY)."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from kit.caller import Proxies

_HEADER = "X-Forwarded-For"


def named_by(proxies: Proxies) -> Middleware:
    """From here inwards `request.remote` is who called, and `request.scheme` what they called by."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        told = request.headers.getall(_HEADER, [])
        caller = proxies.caller(request.remote, told)
        if told and caller != request.remote:
            request = request.clone(remote=caller or "", **_scheme(request))
        return await handler(request)

    return middleware


def _scheme(request: web.Request) -> dict[str, Any]:
    """What the trusted proxy says it was called by."""
    said = request.headers.get("X-Forwarded-Proto", "")
    return {"scheme": said} if said in ("http", "https") else {}
