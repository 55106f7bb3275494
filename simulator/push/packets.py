"""Writes a push as the platform does: XML with CDATA, and in safe mode sealed with wechatpy's own crypto."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from wechatpy.crypto import PrpCrypto, WeChatCrypto

from simulator.config import Account

Fields = dict[str, Any]


@dataclass(frozen=True)
class Packet:
    """One message or event; the same object is used for every repeat, so its identity never changes."""

    fields: Fields

    @property
    def openid(self) -> str:
        return str(self.fields["FromUserName"])

    @property
    def kind(self) -> str:
        """The event's name in lower case, or the message's type."""
        return str(self.fields.get("Event") or self.fields["MsgType"]).lower()

    @property
    def is_message(self) -> bool:
        return str(self.fields["MsgType"]) != "event"


@dataclass(frozen=True)
class Stamp:
    """The timestamp and nonce of one attempt."""

    timestamp: str
    nonce: str


class Seal:
    """Signs and encrypts for one account, and opens its sealed replies."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.crypto = WeChatCrypto(account.token, account.aes_key, account.app_id)

    def signature(self, *parts: str) -> str:
        """Lower-case hex of the sorted, joined parts together with the account's token (wechat.md §1.2)."""
        joined = "".join(sorted((self._account.token, *parts)))
        return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()

    def encrypt(self, plain: bytes) -> str:
        sealed = PrpCrypto(self.crypto.key).encrypt(plain, self._account.app_id)
        return str(sealed, "ascii") if isinstance(sealed, bytes) else str(sealed)

    def post(self, packet: Packet, stamp: Stamp) -> tuple[dict[str, str], bytes]:
        """The query and the body of one attempt, by the account's mode (§1.3, §1.4)."""
        query = {
            "signature": self.signature(stamp.timestamp, stamp.nonce),
            "timestamp": stamp.timestamp,
            "nonce": stamp.nonce,
            "openid": packet.openid,
        }
        if self._account.mode == "plain":
            return query, xml(packet.fields)
        sealed = self.encrypt(xml(packet.fields))
        query["encrypt_type"] = "aes"
        query["msg_signature"] = self.signature(stamp.timestamp, stamp.nonce, sealed)
        outer: Fields = {"ToUserName": packet.fields["ToUserName"]}
        if self._account.mode == "compatible":
            outer = dict(packet.fields)
        return query, xml({**outer, "Encrypt": sealed})


def new_nonce() -> str:
    """Ten digits, as the platform uses."""
    return str(secrets.randbelow(9_000_000_000) + 1_000_000_000)


def xml(fields: Fields) -> bytes:
    """The packet's bytes; text given as bytes goes in as it is, so that broken UTF-8 can be sent."""
    return b"<xml>" + _children(fields) + b"</xml>"


def _children(fields: Fields) -> bytes:
    return b"".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: object) -> bytes:
    if isinstance(value, list):
        return b"".join(_element(name, each) for each in value)
    tag = name.encode("ascii")
    return b"<" + tag + b">" + _inner(value) + b"</" + tag + b">"


def _inner(value: object) -> bytes:
    if isinstance(value, dict):
        return _children(value)
    if isinstance(value, int | float):
        return str(value).encode("ascii")
    raw = value if isinstance(value, bytes) else str(value).encode()
    return b"<![CDATA[" + raw.replace(b"]]>", b"]]]]><![CDATA[>") + b"]]>"
