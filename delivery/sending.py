"""Hands a claimed notice to the platform: as a chat message, with its picture, or as a form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

import structlog

from delivery.claims import Sending
from delivery.ledger import take_allowance
from delivery.sms import Sms
from delivery.wording import form_values, spoken_of
from models.outreach.notices import URGENT
from wechat.client.media import Kind
from wechat.client.sends import MassJob, TemplateMessage
from wechat.errors import Ruling, Tell, Verdict, WeChatError
from wechat.payloads import Audience, Image, Payload, Text, Voice
from wechat.templates import UnfitValue

log = structlog.get_logger()

Draw = Callable[[str], Awaitable[bytes]]
"""Makes what a notice's `picture` names: draws `certificate:12`, fetches `voice:7`."""


class Platform(Protocol):
    """The calls a courier makes; `wechat.client.WeChatClient` has them."""

    async def send_customer(self, openid: str, payload: Payload, *, urgent: bool = False) -> None:
        """A customer message."""

    async def send_template(self, openid: str, message: TemplateMessage, *, urgent: bool = False) -> str:
        """A template message."""

    async def send_subscription(self, openid: str, message: TemplateMessage, *, urgent: bool = False) -> str:
        """A subscription notice."""

    async def mass_send(self, audience: Audience, payload: Payload, client_msg_id: str) -> MassJob:
        """A mass job."""

    async def upload_media(self, kind: Kind, filename: str, content: bytes) -> str:
        """A picture for later."""

    async def probe(self) -> None:
        """A harmless question: whether the platform answers at all."""


async def send(client: Platform, draw: Draw, sending: Sending, now: datetime, sms: Sms | None = None) -> str:
    """Hand it to the platform or the SMS gateway; the message's id there, if it has one.

    Raises `WeChatError`. No transaction is open.
    """
    if sending.way.channel == "sms":
        if sms is None:
            raise ValueError("no gateway for SMS")
        return await sms.send(sending.openid, spoken_of(sending.notice), once=f"n{sending.notice.id}")
    urgent = sending.notice.urgency == URGENT
    if sending.way.channel == "customer":
        await _send_chat(client, draw, sending, now)
        return ""
    message = _form(sending, now)
    if sending.way.channel == "subscription":
        return await client.send_subscription(sending.openid, message, urgent=urgent)
    return await client.send_template(sending.openid, message, urgent=urgent)


async def _send_chat(client: Platform, draw: Draw, sending: Sending, now: datetime) -> None:
    urgent = sending.notice.urgency == URGENT
    if sending.notice.picture is None:
        await client.send_customer(sending.openid, Text(sending.text), urgent=urgent)
        return
    drawn = await draw(sending.notice.picture)
    kind, suffix = _kind_of(drawn)
    media_id = await client.upload_media(kind, f"notice{sending.notice.id}.{suffix}", drawn)
    payload = Voice(media_id) if kind == "voice" else Image(media_id)
    # The picture or voice first: if the platform refuses it nothing was sent yet, and all can be tried again.
    await client.send_customer(sending.openid, payload, urgent=urgent)
    if await take_allowance(sending.openid, now):
        await _add_words(client, sending, urgent)


def _kind_of(content: bytes) -> tuple[Kind, str]:
    """What the platform is to take it for, by its first bytes."""
    if content.startswith(b"#!AMR"):
        return "voice", "amr"
    if content.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3")):
        return "voice", "mp3"
    return "image", "png" if content.startswith(b"\x89PNG") else "jpg"


async def _add_words(client: Platform, sending: Sending, urgent: bool) -> None:
    """The sentence after a picture; the picture has arrived, so a failure here changes nothing."""
    try:
        await client.send_customer(sending.openid, Text(sending.text), urgent=urgent)
    except WeChatError as refusal:
        log.warning("notice.words_missing", notice=sending.notice.id, code=refusal.code)


def _form(sending: Sending, now: datetime) -> TemplateMessage:
    template = sending.way.template
    if template is None:
        raise ValueError("a form needs a template")
    try:
        values = form_values(sending.notice, template, now)
    except UnfitValue as unfit:
        raise WeChatError(47003, ruling=Ruling(Verdict.OUR_BUG, tell=Tell.OPERATOR)) from unfit
    return TemplateMessage(template.id, values, client_msg_id=f"n{sending.notice.id}")
