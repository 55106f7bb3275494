"""Puts the house together: database, platform client, courier, inbox, clock; and takes it apart in order."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

import texts
from bot.drawing import draw
from bot.speech import Speech, speech_of
from conversation.engine import Engine
from conversation.router import Directory
from delivery.courier import Courier
from delivery.ledger import RowQuotaLedger, RowTokenStore
from delivery.sms import FileSms, Gateway, HttpSms, Sms
from handlers.routers import ROUTERS
from kit import clock
from kit.county import County, read_county
from kit.settings import Settings
from kit.vault import Vault
from models.database import close_database, open_database
from scheduler.presence import Presence
from services.outreach.audience import policy_of
from wechat.client import Credentials, WeChatClient, connect
from wechat.limits import Limits, rates_with

HTTP_SECONDS = 20


@dataclass(slots=True)
class House:
    """What the rooms of one process share."""

    settings: Settings
    county: County
    client: WeChatClient
    courier: Courier
    engine: Engine
    speech: Speech | None
    presence: Presence = field(default_factory=lambda: Presence("alone", is_alone=True))
    holder: str = field(default_factory=lambda: process_name())


def county_of(settings: Settings) -> County:
    """The county's numbers, its own words put in place; raises `ValueError` naming what is wrong in the file."""
    county = read_county(settings.county_file)
    texts.reword(county.texts)
    texts.extend("organisation", "kinds", {kind: list(named) for kind, named in county.kinds.items()})
    return county


def database_url(settings: Settings) -> str:
    """The URL Tortoise is opened with; raises `ValueError` for a database this house does not know."""
    if not settings.is_sqlite and not settings.database_url.startswith(("postgres://", "postgresql://")):
        raise ValueError("JINQIU_DATABASE_URL")
    return f"sqlite://{settings.database_file}" if settings.is_sqlite else settings.database_url


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[None]:
    """The database open for as long as the block runs."""
    await open_database(database_url(settings), Vault(*settings.field_keys()))
    try:
        yield
    finally:
        await close_database()


@asynccontextmanager
async def house(settings: Settings) -> AsyncIterator[House]:
    """Everything a process needs, opened in order and closed in the opposite one."""
    county = county_of(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(database(settings))
        http = await stack.enter_async_context(
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=HTTP_SECONDS), auto_decompress=True)
        )
        name = process_name()
        presence = Presence(name, is_alone=settings.is_sqlite)
        client = platform_client(settings, county, http, presence.share)
        sms = sms_of(county, http)
        courier = Courier(client, policy_of(county), lambda picture: draw(picture, settings, client), name, sms)
        yield House(
            settings,
            county,
            client,
            courier,
            Engine(Directory.of(ROUTERS)),
            speech_of(county.speech, http),
            presence,
            name,
        )


def sms_of(county: County, http: aiohttp.ClientSession) -> Sms | None:
    """The county's SMS gateway or file; None where it has neither."""
    numbers = county.sms
    if numbers.url.startswith("file://"):
        return FileSms(Path(numbers.url.removeprefix("file://")), county.phone)
    if not numbers.url:
        return None
    gateway = Gateway(numbers.url, numbers.body, numbers.method, numbers.headers, numbers.accepted, county.phone)
    return HttpSms(gateway, http)


def process_name() -> str:
    """How rows name this process: machine, process number, and a mark, since numbers come again in a container."""
    return f"{socket.gethostname()[:18]}:{os.getpid()}:{secrets.token_hex(2)}"


def platform_client(
    settings: Settings, county: County, http: aiohttp.ClientSession, share: Callable[[], float]
) -> WeChatClient:
    """The client of the platform's API, with token and quotas kept as rows for all processes."""
    credentials = Credentials(settings.wechat_app_id, settings.wechat_secret, settings.wechat_api_base)
    rates = rates_with(county.platform.daily, county.platform.per_second)
    limits = Limits(RowQuotaLedger(), clock.now, rates, share)
    return connect(http, credentials, RowTokenStore(settings.wechat_app_id), limits, clock.now)
