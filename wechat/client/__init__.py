"""The asynchronous client of the platform's API: what this product asks of it, and nothing else.

wechatpy's client is synchronous, fetches the old kind of token without a lock, and repeats without end while
a token is refused (libraries.md §1); so everything outbound is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import aiohttp

from wechat.client.account import Account, QrCode, Quota
from wechat.client.calls import Effect, stable_token_fetcher
from wechat.client.media import Media, MediaShelf
from wechat.client.people import People, Tag, UserInfo
from wechat.client.sends import MassJob, PrivateTemplate, Sends, TemplateMessage
from wechat.client.transport import Credentials
from wechat.client.web_auth import WebAuth, WebIdentity
from wechat.limits import Limits
from wechat.token import TokenHolder, TokenStore

__all__ = [
    "Credentials",
    "Effect",
    "MassJob",
    "Media",
    "PrivateTemplate",
    "QrCode",
    "Quota",
    "Tag",
    "TemplateMessage",
    "UserInfo",
    "WeChatClient",
    "WebIdentity",
    "connect",
    "stable_token_fetcher",
]


class WeChatClient(Sends, People, Account, MediaShelf, WebAuth):
    """Every call the product makes. All raise `WeChatError` and its kinds, which show no URL or secret."""


def connect(
    http: aiohttp.ClientSession,
    credentials: Credentials,
    store: TokenStore,
    limits: Limits,
    now: Callable[[], datetime],
) -> WeChatClient:
    """A client with the usual token holder; `now` is the house's clock."""
    tokens = TokenHolder(store, stable_token_fetcher(http, credentials), lambda: now().timestamp())
    return WeChatClient(http, credentials, tokens, limits)
