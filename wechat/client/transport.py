"""Carries one request to the platform's host and one answer back; no failure shows a secret (X7, X8).

The access token and, for web authorisation, the secret ride in the query string: so every exception of
aiohttp that knows a URL is left behind here, and what leaves this file names the path alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractStreamWriter

from wechat.errors import OutcomeUnknown, Throttled, Unreachable, WeChatError

Json = dict[str, Any]
JSON_LIMIT = 4 * 1024 * 1024
"""Bytes; a full page of followers is a tenth of it."""
_THROTTLED, _REST_SECONDS, _LONGEST_REST = 429, 5, 600


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who we are at the platform, and where it is: `base` is the only host ever called (T2)."""

    app_id: str
    secret: str = field(repr=False)
    base: str = "https://api.weixin.qq.com"

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the base of the platform's API must be an http(s) address")


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: `form` makes a multipart body anew for each try; `seconds` bound the whole exchange."""

    path: str
    method: str = "POST"
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Json | None = field(default=None, repr=False)
    form: Callable[[], aiohttp.FormData] | None = field(default=None, repr=False)
    seconds: float = 7.0
    limit: int = JSON_LIMIT


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back with HTTP 200."""

    content_type: str
    content: bytes = field(repr=False)

    def json(self) -> Json | None:
        """The JSON object in it, or None. Control characters in its strings are the platform's way."""
        try:
            found = json.loads(self.content.decode("utf-8", "replace"), strict=False)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


class _Body(aiohttp.BytesPayload):
    """The bytes of a request, which remember whether any of them were handed to the connection."""

    is_begun = False

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Write them; a connection that was closed meanwhile takes none."""
        self.is_begun = True
        try:
            await super().write_with_length(writer, content_length)
        except aiohttp.ClientConnectionResetError:
            self.is_begun = False
            raise


class Transport:
    """The way to the platform: no redirects, bounded in time and size."""

    def __init__(self, http: aiohttp.ClientSession, base: str) -> None:
        self._http = http
        self._base = base.rstrip("/")

    async def exchange(self, request: Request, secrets: Mapping[str, str] | None = None) -> Answer:
        """The answer to `request`; `secrets` join its query.

        Raises `Unreachable` if it did not leave, `Throttled` if it was turned away, `OutcomeUnknown` if it left and
        no whole answer with 200 came.
        """
        body = _json_body(request)
        try:
            return await self._exchange(request, {**(secrets or {}), **request.query}, body)
        except WeChatError:
            raise
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            failure: WeChatError = Unreachable(request.path)
        except (aiohttp.ClientError, TimeoutError, OSError):
            has_left = body is None or body.is_begun
            failure = OutcomeUnknown(request.path) if has_left else Unreachable(request.path)
        # Raised out here so that it carries no context: aiohttp's own exceptions know the URL.
        raise failure

    async def _exchange(self, request: Request, query: Mapping[str, str], body: _Body | None) -> Answer:
        timeout = aiohttp.ClientTimeout(total=request.seconds, connect=min(3.0, request.seconds))
        async with self._http.request(
            request.method,
            self._base + request.path,
            params=query,
            timeout=timeout,
            allow_redirects=False,
            data=request.form() if request.form else body,
        ) as response:
            if response.status == _THROTTLED:
                raise Throttled(request.path, _rest(response.headers.get("Retry-After", "")))
            if response.status != 200:
                raise OutcomeUnknown(request.path, response.status)
            content = await _capped(response.content, request)
            return Answer(response.content_type, content)


async def _capped(stream: aiohttp.StreamReader, request: Request) -> bytes:
    held = bytearray()
    async for chunk in stream.iter_any():
        held += chunk
        if len(held) > request.limit:
            raise OutcomeUnknown(request.path)
    return bytes(held)


def _json_body(request: Request) -> _Body | None:
    if request.form or request.body is None:
        return None
    # Never escaped: the platform refuses \u sequences in menus (40033).
    written = json.dumps(request.body, ensure_ascii=False).encode("utf-8", "replace")
    return _Body(written, content_type="application/json; charset=utf-8")


def _rest(asked: str) -> int:
    """The seconds a `Retry-After` asks for, within reason; a date or nothing is a short rest."""
    seconds = int(asked) if asked.isdecimal() and len(asked) < 9 else _REST_SECONDS
    return min(max(seconds, 1), _LONGEST_REST)
