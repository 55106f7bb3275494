"""Makes a call to the platform: token, pace, errcode, one more try under a new token, patience."""

from __future__ import annotations

import asyncio
import random
from enum import Enum

import aiohttp
import structlog

from wechat.client.transport import Answer, Credentials, Json, Request, Transport
from wechat.errors import (
    OutcomeUnknown,
    Ruling,
    Tell,
    Throttled,
    TokenUnavailable,
    Unreachable,
    Verdict,
    WeChatError,
    ruling_of,
)
from wechat.limits import Limits
from wechat.token import FetchToken, TokenHolder

log = structlog.get_logger()

_TRIES = 3
STABLE_TOKEN = "/cgi-bin/stable_token"


class Effect(Enum):
    """What a call does there, which decides what may follow a failure."""

    READ = "read"  # or sets what is set already: repeated here
    KEYED = "keyed"  # a send under an idempotency id: its owner may send it again under the same id
    SEND = "send"  # a send without one: an unknown outcome stays unknown


class Caller:
    """Calls the platform for the account; every answer's errcode is read (R14)."""

    def __init__(
        self, http: aiohttp.ClientSession, credentials: Credentials, tokens: TokenHolder, limits: Limits
    ) -> None:
        self._transport = Transport(http, credentials.base)
        self._credentials = credentials
        self._tokens = tokens
        self._limits = limits

    async def read(self, path: str, body: Json | None = None, query: dict[str, str] | None = None) -> Json:
        """A call to repeat if need be: POST with a body, else GET. Raises `WeChatError`."""
        request = Request(path, "GET" if body is None else "POST", query or {}, body)
        return await self.repeated(request)

    async def repeated(self, request: Request) -> Json:
        """A call that may be repeated, up to three times with growing pauses. Raises `WeChatError`.

        A try that gets no token, because fetching it has just failed, tells of that failure.
        """
        failed: WeChatError | None = None
        for attempt in range(_TRIES):
            try:
                return await self.once(request, Effect.READ)
            except TokenUnavailable as refusal:
                raise failed or refusal from None
            except WeChatError as refusal:
                failed = refusal
                is_passing = refusal.verdict in (Verdict.RETRY, Verdict.UNKNOWN_OUTCOME)
                if attempt == _TRIES - 1 or not is_passing or refusal.failed:
                    raise
            await asyncio.sleep(random.uniform(0.2, 0.4) * 3**attempt)
        raise AssertionError("unreachable")

    async def send(self, path: str, body: Json, *, keyed: bool = False, urgent: bool = False) -> Json:
        """A call that must not happen twice: tried once, apart from a refused token. Raises `WeChatError`."""
        return await self.once(Request(path, body=body), Effect.KEYED if keyed else Effect.SEND, urgent=urgent)

    async def once(self, request: Request, effect: Effect, *, urgent: bool = False) -> Json:
        """One call, and one more under a new token if the first was refused for its token."""
        answer = await self.answered(request, effect, urgent=urgent)
        found = answer.json()
        if found is None:
            raise OutcomeUnknown(request.path)
        return found

    async def answered(self, request: Request, effect: Effect, *, urgent: bool = False) -> Answer:
        """Like `once`, for answers that need not be JSON; an errcode in them is raised all the same."""
        await self._limits.admit(request.path, urgent=urgent)
        token = await self._tokens.get()
        answer = await self._exchanged(request, token)
        refusal = self._refusal(answer, request, effect)
        if refusal and refusal.verdict is Verdict.REFRESH_TOKEN:
            token = await self._tokens.renew(token)
            await self._limits.admit(request.path, urgent=urgent)
            answer = await self._exchanged(request, token)
            refusal = self._refusal(answer, request, effect)
            if refusal and refusal.verdict is Verdict.REFRESH_TOKEN:
                raise WeChatError(refusal.code, request.path, ruling=_TOKEN_STUCK)
        if refusal:
            raise refusal
        return answer

    async def _exchanged(self, request: Request, token: str) -> Answer:
        try:
            return await self._transport.exchange(request, {"access_token": token})
        except Throttled as refusal:
            self._limits.rest(request.path, refusal.ruling.wait)
            raise

    def _refusal(self, answer: Answer, request: Request, effect: Effect) -> WeChatError | None:
        found = answer.json() if _may_be_json(answer) else None
        code, errmsg = code_of(found) if found else (0, "")
        if ruling_of(code).verdict is Verdict.OK:
            return None
        self._limits.heed(request.path, code)
        if code == -1 and effect is Effect.SEND:
            return OutcomeUnknown(request.path, code, errmsg)
        refusal = WeChatError(code, request.path, errmsg)
        refusal.failed = tuple(found.get("fail_openid_list") or ()) if found else ()
        return refusal


_TOKEN_STUCK = Ruling(Verdict.WAIT, wait=60, tell=Tell.OPERATOR)


def _may_be_json(answer: Answer) -> bool:
    # Errors come as JSON with HTTP 200 also where a file was asked for, under any content type.
    return answer.content[:64].lstrip()[:1] == b"{"


def code_of(found: Json) -> tuple[int, str]:
    """The errcode and errmsg of an answer; a missing errcode is success."""
    code = found.get("errcode") or 0
    try:
        return int(code), str(found.get("errmsg", ""))
    except (TypeError, ValueError):
        return -1, ""


def stable_token_fetcher(http: aiohttp.ClientSession, credentials: Credentials) -> FetchToken:
    """How a `TokenHolder` asks this platform. The secret rides in the body, never in a URL."""
    transport = Transport(http, credentials.base)

    async def fetch(force: bool) -> tuple[str, int]:
        who = {"grant_type": "client_credential", "appid": credentials.app_id, "secret": credentials.secret}
        request = Request(STABLE_TOKEN, body={**who, "force_refresh": force})
        found = (await transport.exchange(request)).json() or {}
        code, errmsg = code_of(found)
        if code:
            raise WeChatError(code, STABLE_TOKEN, errmsg, ruling_of(code, on_token_fetch=True))
        token = found.get("access_token")
        if not isinstance(token, str) or not token:
            raise Unreachable(STABLE_TOKEN)
        return token, int(found.get("expires_in") or 0)

    return fetch
