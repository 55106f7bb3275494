"""Judges what the service answered to a push: nothing, a good reply, or the fault notice (wechat.md §2.5)."""

from __future__ import annotations

import binascii
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException

from simulator.config import Mode
from simulator.errors import Refused
from simulator.push.packets import Packet, Seal
from simulator.state.media import Media

TEXT_BYTES = 2048
_SECONDS = re.compile(r"\d{10}")


Reader = Callable[[dict[str, Any], Packet, Media], "Reply | None"]


class BadReply(Exception):
    """The answer cannot be shown; the reason is a stable word for the ledger."""


@dataclass(frozen=True)
class Reply:
    """What appears on the phone: its type, its text, and whatever else the type has."""

    type: str
    text: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Judge:
    """Knows how this account's replies must look."""

    mode: Mode
    original_id: str
    seal: Seal
    media: Media

    def read(self, body: bytes, packet: Packet) -> Reply | None:
        """The reply to show, None for nothing; anything else is a `BadReply`."""
        if body in (b"", b"success"):
            return None
        fields = self._opened(_parse(body))
        if fields.get("ToUserName") != packet.openid or fields.get("FromUserName") != self.original_id:
            raise BadReply("names-not-swapped")
        if not _SECONDS.fullmatch(str(fields.get("CreateTime"))):
            raise BadReply("create-time")
        reader = _READERS.get(str(fields.get("MsgType")))
        if reader is None:
            raise BadReply("message-type")
        return reader(fields, packet, self.media)

    def _opened(self, fields: dict[str, Any]) -> dict[str, Any]:
        if "Encrypt" not in fields:
            if self.mode == "safe":
                raise BadReply("not-encrypted")
            return fields
        if self.mode == "plain":
            raise BadReply("encrypted-in-plain-mode")
        if not _SECONDS.fullmatch(str(fields.get("TimeStamp"))):
            raise BadReply("timestamp")
        return _parse(self._decrypted(fields))

    def _decrypted(self, fields: dict[str, Any]) -> bytes:
        try:
            plain: str = self.seal.crypto.decrypt_message(
                fields, fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"]
            )
        except InvalidSignatureException:
            raise BadReply("signature") from None
        except InvalidAppIdException:
            raise BadReply("foreign-appid") from None
        except (KeyError, ValueError, IndexError, TypeError, struct.error, binascii.Error):
            raise BadReply("sealed-wrongly") from None
        return plain.encode()


def _parse(body: bytes) -> dict[str, Any]:
    try:
        root = xmltodict.parse(body, strip_whitespace=False)
    except (ExpatError, ValueError):
        raise BadReply("not-xml") from None
    fields = root.get("xml")
    if not isinstance(fields, dict):
        raise BadReply("no-xml-root")
    return fields


def _text(fields: dict[str, Any], packet: Packet, media: Media) -> Reply:
    content = fields.get("Content")
    if not isinstance(content, str) or not content:
        raise BadReply("empty-text")
    if len(content.encode()) > TEXT_BYTES:
        raise BadReply("text-too-long")
    return Reply("text", content)


def _of_media(kind: str, element: str) -> Reader:
    def read(fields: dict[str, Any], packet: Packet, media: Media) -> Reply:
        inner = _inner(fields, element)
        try:
            item = media.find(inner.get("MediaId"), kind)
        except Refused:
            raise BadReply("media-id") from None
        return Reply(kind, inner.get("Title") or "", {"media_id": item.media_id})

    return read


def _music(fields: dict[str, Any], packet: Packet, media: Media) -> Reply:
    inner = _inner(fields, "Music")
    return Reply("music", inner.get("Title") or "", {"url": inner.get("MusicUrl")})


def _news(fields: dict[str, Any], packet: Packet, media: Media) -> Reply:
    items = _inner(fields, "Articles").get("item")
    articles: list[dict[str, Any]] = items if isinstance(items, list) else [items or {}]
    if str(fields.get("ArticleCount")) != str(len(articles)):
        raise BadReply("article-count")
    if len(articles) > (1 if packet.is_message else 8):
        raise BadReply("too-many-articles")
    cards = [
        {
            "title": a.get("Title"),
            "description": a.get("Description"),
            "url": a.get("Url"),
            "picture": a.get("PicUrl"),
        }
        for a in articles
    ]
    return Reply("news", str(cards[0]["title"] or ""), {"articles": cards})


def _transfer(fields: dict[str, Any], packet: Packet, media: Media) -> None:
    return None


def _inner(fields: dict[str, Any], element: str) -> dict[str, Any]:
    inner = fields.get(element)
    if not isinstance(inner, dict):
        raise BadReply(f"no-{element.lower()}")
    return inner


_READERS: dict[str, Reader] = {
    "text": _text,
    "image": _of_media("image", "Image"),
    "voice": _of_media("voice", "Voice"),
    "video": _of_media("video", "Video"),
    "music": _music,
    "news": _news,
    "transfer_customer_service": _transfer,
    "transfer_biz_ai_ivr": _transfer,
}
