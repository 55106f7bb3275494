"""Serves the platform's proof that the domain is ours, from the data folder."""

from __future__ import annotations

from aiohttp import web

from kit.settings import Settings


def routes(settings: Settings) -> list[web.AbstractRouteDef]:
    """`/MP_verify_….txt`."""

    async def proof(request: web.Request) -> web.StreamResponse:
        path = settings.data_dir / f"MP_verify_{request.match_info['name']}.txt"
        if not path.is_file():
            raise web.HTTPNotFound
        return web.Response(text=path.read_text("utf-8"), content_type="text/plain")

    return [web.get("/MP_verify_{name:[A-Za-z0-9]{1,64}}.txt", proof)]
