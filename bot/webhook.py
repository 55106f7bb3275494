"""The platform's door: opens what it pushes, hands it to the inbox, seals the answer."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from bot.inbox import Inbox, NotInTime, NotSaved, Overloaded
from kit import clock
from wechat.envelope import MAX_BODY, Envelope
from wechat.errors import Refused
from wechat.replies import TextReply, render

ENVELOPE = web.AppKey("envelope", Envelope)
INBOX = web.AppKey("inbox", Inbox)

_PLAIN = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_XML = {**_PLAIN, "Content-Type": "application/xml; charset=utf-8"}


async def verify(request: web.Request) -> web.Response:
    """The platform asks whether we are ours; the echo leaves only after the signature holds (promise X4)."""
    try:
        echo = request.app[ENVELOPE].verify_url(request.query)
    except Refused:
        return _refused()
    return web.Response(text=echo, content_type="text/plain", headers=_PLAIN)


async def push(request: web.Request) -> web.Response:
    """One push: refused without any effect, or answered after its effect is on disk."""
    now = clock.now()
    inbox = request.app[INBOX]
    try:
        message = request.app[ENVELOPE].open(request.query, await _body(request), now.timestamp())
    except Refused:
        inbox.note("received")
        inbox.note("refused")
        return _refused()
    try:
        words = await inbox.take(message, now)
    except (NotInTime, NotSaved, Overloaded):
        # Not acknowledged, so the platform repeats within seconds and joins the work or finds it done.
        return web.Response(status=503, headers=_PLAIN)
    return _answer(request, render(TextReply(words), message, now.timestamp()), now)


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > MAX_BODY:
        raise Refused("oversize")
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Refused("oversize") from None
    except web.RequestPayloadError:
        # Packed or cut in a way that does not unpack.
        raise Refused("body") from None


def _answer(request: web.Request, reply: str, now: datetime) -> web.Response:
    body = request.app[ENVELOPE].seal(reply, request.query, now.timestamp())
    return web.Response(body=body, headers=_XML)


def _refused() -> web.Response:
    """One and the same refusal for every reason, with no detail (promise X2)."""
    return web.Response(status=403, headers=_PLAIN)


def routes() -> list[web.AbstractRouteDef]:
    """Where the platform knocks."""
    return [web.get("/wechat", verify), web.post("/wechat", push)]
