"""How the control API reads a wish and tells what came of it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from simulator.errors import NotPossible, Refused
from simulator.push.engine import Outcome
from simulator.state.phones import Phone

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def wish(request: web.Request) -> dict[str, Any]:
    """The JSON object of the request; no body is an empty one."""
    raw = await request.read()
    try:
        asked = json.loads(raw) if raw else {}
    except ValueError:
        raise NotPossible("not-json", status=400) from None
    if not isinstance(asked, dict):
        raise NotPossible("not-an-object", status=400)
    return asked


def answered(phone: Phone, outcome: Outcome | None, last: int) -> dict[str, Any]:
    """What a deed led to: the verdict, the reply's text, and what is new on the screen since `last`."""
    news = [entry for entry in phone.screen if entry["seq"] > last]
    if outcome is None:
        return {"verdict": "nothing", "reply": None, "type": None, "attempts": 0, "entries": news}
    return {
        "verdict": outcome.verdict,
        "reply": outcome.reply.text if outcome.reply else None,
        "type": outcome.reply.type if outcome.reply else None,
        "media_id": outcome.reply.facts.get("media_id") if outcome.reply else None,
        "reason": outcome.reason,
        "attempts": outcome.attempts,
        "seconds": round(outcome.seconds, 4),
        "copies": outcome.copies,
        "entries": news,
    }


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What cannot be done becomes a JSON reason with a fitting status."""
    try:
        return await handler(request)
    except NotPossible as problem:
        return web.json_response({"error": problem.reason}, status=problem.status)
    except Refused as refusal:
        return web.json_response({"error": f"refused-{refusal.code}"}, status=400)
