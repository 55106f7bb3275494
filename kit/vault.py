"""Seals single fields with AES-GCM-SIV and makes blind indexes for exact look-up (promise V8)."""

from __future__ import annotations

import hashlib
import hmac
import os
import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

_PREFIX = "v1."


class Vault:
    """A ring of field keys: the newest seals, all open.

    `keys` are 32 random bytes each, newest last. A value carries the id of the key that sealed it, so that
    keys can be changed without losing what older ones sealed (promise X9).
    """

    def __init__(self, *keys: bytes) -> None:
        if not keys or any(len(key) != 32 for key in keys):
            raise ValueError("a field key is 32 bytes")
        self._ciphers = {_key_id(key): AESGCMSIV(_derive(key, b"seal")) for key in keys}
        self._newest = _key_id(keys[-1])
        # The index must not change with the sealing key, or every look-up would miss: it stays with the first.
        self._index_key = _derive(keys[0], b"index")

    def seal(self, text: str, scope: str) -> str:
        """`text` sealed for the column named `scope`; another scope cannot open it."""
        nonce = os.urandom(12)
        sealed = self._ciphers[self._newest].encrypt(nonce, text.encode(), scope.encode())
        return f"{_PREFIX}{self._newest}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, scope: str) -> str:
        """The text behind `sealed`; raises `InvalidTag` or `KeyError` when it was not sealed here for `scope`."""
        _, key_id, body = sealed.split(".", 2)
        raw = urlsafe_b64decode(body)
        return self._ciphers[key_id].decrypt(raw[:12], raw[12:], scope.encode()).decode()

    @property
    def has_old_keys(self) -> bool:
        """Whether there are keys that open but seal no more."""
        return len(self._ciphers) > 1

    def is_newest(self, sealed: str) -> bool:
        """Whether the newest key sealed it."""
        return sealed.startswith(f"{_PREFIX}{self._newest}.")

    def blind(self, text: str, scope: str) -> str:
        """A keyed fingerprint of `text`, equal for equal text: for look-ups, not for opening."""
        normal = unicodedata.normalize("NFKC", text).replace(" ", "").replace("-", "")
        return hmac.new(self._index_key, f"{scope}:{normal}".encode(), hashlib.sha256).hexdigest()[:40]


def is_sealed(value: str) -> bool:
    """Whether `value` looks like something `seal` made."""
    return value.startswith(_PREFIX) and value.count(".") >= 2


def _derive(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, purpose, hashlib.sha256).digest()


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"id" + key).hexdigest()[:6]
