"""Members' large-type pages: verifying a 报到证 shows no more than the paper does."""

from __future__ import annotations

from aiohttp import web

from console.pages import page
from kit.clock import local_day
from services.people import check_in
from texts.days import spoken_day


async def verify(request: web.Request) -> web.Response:
    """The page behind the QR code of a certificate: number, community and day; no name, no address."""
    shown = await check_in.verified(request.match_info["code"])
    if shown is None:
        return page("verify.html", {"found": False}, status=404)
    facts = {
        "found": True,
        "is_valid": shown.is_valid,
        "number": shown.number,
        "community": shown.community,
        "year": local_day(shown.accepted_at).year,
        "day": spoken_day(local_day(shown.accepted_at)),
    }
    return page("verify.html", facts)


def routes() -> list[web.AbstractRouteDef]:
    """The pages for members."""
    return [web.get("/m/verify/{code:[A-Za-z0-9_-]{8,40}}", verify)]
