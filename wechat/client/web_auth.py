"""Finds out who looks at a page of ours inside WeChat: web authorisation (wechat.md §3.10)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from wechat.client.calls import Caller, code_of
from wechat.client.transport import Request
from wechat.errors import OutcomeUnknown, WeChatError

_STATE = re.compile(r"[A-Za-z0-9]{1,128}")
_CODE = re.compile(r"[A-Za-z0-9_-]{1,512}")
_EXCHANGE = "/sns/oauth2/access_token"


@dataclass(frozen=True, slots=True, repr=False)
class WebIdentity:
    """Whose browser it is. A snapshot is a preview with a made-up account: create nobody from it."""

    openid: str
    union_id: str = ""
    is_snapshot: bool = False


class WebAuth(Caller):
    """Silent web authorisation (snsapi_base): the openid, nothing more."""

    def oauth_url(self, open_base: str, redirect: str, state: str) -> str:
        """Where to send the browser. `state` is ours: letters and digits, bound to the session, used once."""
        if not _STATE.fullmatch(state):
            raise ValueError("the state has 1 to 128 letters and digits")
        # The order of the parameters and the fragment matter to the platform.
        return (
            f"{open_base.rstrip('/')}/connect/oauth2/authorize?appid={self._credentials.app_id}"
            f"&redirect_uri={quote(redirect, safe='')}&response_type=code&scope=snsapi_base&state={state}"
            "#wechat_redirect"
        )

    async def oauth_exchange(self, code: str) -> WebIdentity:
        """Who came back with `code` (single use, 5 minutes). Raises `WeChatError`, mostly `restart_auth`."""
        if not _CODE.fullmatch(code):
            raise WeChatError(40029, _EXCHANGE)
        request = Request(_EXCHANGE, "GET", {"code": code, "grant_type": "authorization_code"})
        who = {"appid": self._credentials.app_id, "secret": self._credentials.secret}
        found = (await self._transport.exchange(request, who)).json()
        if found is None:
            raise OutcomeUnknown(_EXCHANGE)
        refused, errmsg = code_of(found)
        if refused or not found.get("openid"):
            raise WeChatError(refused or 40029, _EXCHANGE, errmsg)
        is_snapshot = bool(found.get("is_snapshotuser"))
        return WebIdentity(str(found["openid"]), str(found.get("unionid") or ""), is_snapshot)
