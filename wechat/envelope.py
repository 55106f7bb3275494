"""Opens what the platform pushes to our door and seals what we answer: verify, decrypt, parse; fail closed.

The scheme is the platform's (wechat.md §1): SHA-1 signatures and AES-CBC without a MAC are forced by it
(X23), so the signature over `Encrypt` is checked before anything is decrypted, and a forger never reaches the
padding. What differs from wechatpy's `WeChatCrypto`, which our tests use as the independent peer: its compare
is not constant in time, it does not check the padding, builds its cipher anew for each packet, parses without
a bound on depth, and fails with seven kinds of exception. Here there is one, `Refused`, and the whole way
costs a third.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Mapping
from hmac import compare_digest
from typing import Literal

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from wechat.errors import Refused
from wechat.messages import Message, read
from wechat.packets import Fields, cdata, parse

__all__ = ["MAX_AGE", "MAX_BODY", "Envelope", "Mode", "Refused"]

MAX_BODY = 256 * 1024
"""Bytes of a request body (X6)."""
LONGEST_OPENID = 64
"""Characters of a sender; the platform's have 28, and what is longer would fit no column."""
MAX_AGE = 2 * 86_400 + 300
"""Seconds a push may be old (X5): two days and a margin; a clock one day off refuses nothing fresh."""

Mode = Literal["safe", "compatible", "plain"]
_AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}")
_UNSEALED = ("", "success")
_BLOCK = 16


class Envelope:
    """One account's door: its app id, token, EncodingAESKey, original id (`gh_…`) and mode.

    Raises ValueError where these cannot work, so a wrong setting stops the start and not the first message.
    `safe` and `compatible` take nothing but a packet whose `Encrypt` is signed: in compatible mode the
    platform sends the plain fields beside it, which no signature covers, so they are not looked at.
    """

    __slots__ = ("_app_id", "_cipher", "_original_id", "_token", "mode")

    def __init__(self, app_id: str, token: str, aes_key: str, original_id: str, mode: Mode = "safe") -> None:
        if mode not in ("safe", "compatible", "plain"):
            raise ValueError("the mode must be safe, compatible or plain")
        if not (app_id and token and original_id):
            raise ValueError("app id, token and original id must be set")
        self.mode: Mode = mode
        self._app_id = app_id.encode()
        self._token = token
        self._original_id = original_id
        self._cipher = None if mode == "plain" else _cipher(aes_key)

    def verify_url(self, query: Mapping[str, str]) -> str:
        """The `echostr` to give back byte for byte (X4), as often as asked. Raises `Refused`."""
        self._check("signature", query)
        return query.get("echostr", "")

    def open(self, query: Mapping[str, str], body: bytes, now: float) -> Message:
        """The message in a push. `now` is the house's time in seconds since 1970.

        Raises `Refused` for everything that is not the platform's, not for this account, or older than
        `MAX_AGE` (reason `stale`); a repeat that is fresh opens like the first one.
        """
        if len(body) > MAX_BODY:
            raise Refused("oversize")
        text = _utf8(body)
        if self._cipher is None:
            self._check("signature", query)
        else:
            text = self._decrypt(query, text)
        self._require_fresh(query.get("timestamp", ""), now)
        return self._message(parse(text), text, now)

    def seal(self, reply: str, query: Mapping[str, str], now: float) -> bytes:
        """The body that answers the push with `query`: encrypted and signed, with our time and their nonce.

        `success` and nothing at all stay as they are, and so does every reply in plain mode.
        """
        if self._cipher is None or reply in _UNSEALED:
            return reply.encode("utf-8")
        encrypted = self._encrypt(reply.encode("utf-8"))
        nonce, stamp = query.get("nonce", ""), str(int(now))
        signature = _sign(self._token, stamp, nonce, encrypted)
        return (
            f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{stamp}</TimeStamp><Nonce>{cdata(nonce)}</Nonce></xml>"
        ).encode()

    def _check(self, name: str, query: Mapping[str, str], *signed: str) -> None:
        expected = _sign(self._token, query.get("timestamp", ""), query.get("nonce", ""), *signed)
        given = query.get(name, "").encode("utf-8", "replace")
        if not compare_digest(expected.encode(), given):
            raise Refused("signature")

    def _decrypt(self, query: Mapping[str, str], body: str) -> str:
        outer = parse(body)
        encrypted = outer.get("Encrypt")
        if not isinstance(encrypted, str) or not encrypted:
            raise Refused("mode")
        self._check("msg_signature", query, encrypted)
        if outer.get("ToUserName", self._original_id) != self._original_id:
            raise Refused("recipient")
        return self._unpad(self._raw(encrypted))

    def _raw(self, encrypted: str) -> bytes:
        try:
            sealed = binascii.a2b_base64(encrypted)
        except ValueError:
            raise Refused("base64") from None
        if not sealed or len(sealed) % 16:
            raise Refused("length")
        assert self._cipher is not None
        return self._cipher.decrypted(sealed)

    def _unpad(self, full: bytes) -> str:
        pad = full[-1]
        if not 1 <= pad <= 32 or full[-pad:] != bytes((pad,)) * pad:
            raise Refused("padding")
        end = len(full) - pad
        stop = 20 + int.from_bytes(full[16:20], "big")
        if stop > end:
            raise Refused("length")
        if not compare_digest(full[stop:end], self._app_id):
            raise Refused("app_id")
        return _utf8(full[20:stop])

    def _encrypt(self, reply: bytes) -> str:
        # 16 characters of text, as the platform itself puts there; 96 random bits.
        head = base64.b64encode(os.urandom(12)) + len(reply).to_bytes(4, "big")
        full = head + reply + self._app_id
        pad = 32 - len(full) % 32
        assert self._cipher is not None
        return base64.b64encode(self._cipher.encrypted(full + bytes((pad,)) * pad)).decode("ascii")

    def _message(self, fields: Fields, text: str, now: float) -> Message:
        if fields.get("ToUserName") != self._original_id:
            raise Refused("recipient")
        message = read(fields, text)
        if not 0 < len(message.openid) <= LONGEST_OPENID or not message.created:
            raise Refused("fields")
        self._require_fresh(str(message.created), now)
        return message

    @staticmethod
    def _require_fresh(stamp: str, now: float) -> None:
        # Ten digits last until 2286; a longer number is no time that a calendar could show.
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 10):
            raise Refused("query")
        if now - int(stamp) > MAX_AGE:
            raise Refused("stale")


def _sign(*parts: str) -> str:
    joined = "".join(sorted(parts)).encode("utf-8", "replace")
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def _utf8(written: bytes) -> str:
    try:
        return written.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("encoding") from None


def _cipher(aes_key: str) -> _Cbc:
    # Some keys have spare bits set in their last character, so the decoder must not be a strict one.
    if not _AES_KEY.fullmatch(aes_key):
        raise ValueError("the EncodingAESKey must be 43 letters and digits")
    return _Cbc(binascii.a2b_base64(aes_key + "="))


class _Cbc:
    """AES-CBC as the platform uses it: the vector is the head of the key, the first block of every packet is random.

    One context serves all packets, for making one costs more than using it. It goes on with the last block of the
    packet before in place of the vector, which concerns a packet's first block alone: opened, nobody reads that
    block; sealed, it is turned around beforehand, so that what leaves is what a new context would have made.
    """

    __slots__ = ("_decryptor", "_encryptor", "_last", "_vector")

    def __init__(self, key: bytes) -> None:
        cipher = Cipher(algorithms.AES(key), modes.CBC(key[:_BLOCK]))
        self._decryptor, self._encryptor = cipher.decryptor(), cipher.encryptor()
        self._vector = self._last = int.from_bytes(key[:_BLOCK], "big")

    def decrypted(self, sealed: bytes) -> bytes:
        """What is behind whole blocks, but for the first one."""
        return self._decryptor.update(sealed)

    def encrypted(self, plain: bytes) -> bytes:
        """Whole blocks, sealed."""
        first = int.from_bytes(plain[:_BLOCK], "big") ^ self._vector ^ self._last
        sealed = self._encryptor.update(first.to_bytes(_BLOCK, "big") + plain[_BLOCK:])
        self._last = int.from_bytes(sealed[-_BLOCK:], "big")
        return sealed
