"""Tells the outside watcher that the house lives; when it hears nothing for some minutes, it tells a person."""

from __future__ import annotations

import aiohttp
import structlog

log = structlog.get_logger()

SECONDS = 10


async def ring(url: str) -> bool:
    """One call; whether it was heard. A watcher that is away is no fault of the house and holds nothing up.

    Its address is a secret of a kind (who knows it can keep a dead house alive), so it stands in no log.
    """
    limit = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=limit) as http, http.get(url, allow_redirects=False) as answer:
            is_heard = answer.status < 400
            problem = str(answer.status)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as exc:
        is_heard, problem = False, type(exc).__name__
    if not is_heard:
        log.warning("heartbeat.not_heard", problem=problem)
    return is_heard
