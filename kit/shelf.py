"""Keeps an uploaded file between two clicks: sealed by a mark that only its owner's page holds, for an hour."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kit.errors import Refusal

_SECONDS = 3600
_MARK = re.compile(r"[0-9a-f]{32}")
_NONCE = 12


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of files that nobody outside can name or read; old ones go whenever something new comes.

    Neither the mark nor anything derived from it that would open the file stays here (promise V8).
    """

    folder: Path

    def keep(self, owner: int, filename: str, content: bytes) -> str:
        """Put a file away; the mark by which its owner gets it back."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._clear()
        mark, nonce = secrets.token_hex(16), os.urandom(_NONCE)
        place = self._place(owner, mark)
        place.touch(mode=0o600)
        place.write_bytes(nonce + _cipher(mark).encrypt(nonce, json.dumps(filename).encode() + b"\n" + content, None))
        return mark

    def read(self, owner: int, mark: str) -> tuple[str, bytes]:
        """The file's name and what is in it; it stays. Raises `console.file_gone` when it is not there (any more)."""
        place = self._place(owner, mark)
        if not _MARK.fullmatch(mark) or not place.is_file():
            raise Refusal("console.file_gone")
        sealed = place.read_bytes()
        try:
            plain = _cipher(mark).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except (InvalidTag, ValueError) as broken:
            raise Refusal("console.file_gone") from broken
        name, _, content = plain.partition(b"\n")
        return str(json.loads(name)), content

    def drop(self, owner: int, mark: str) -> None:
        """The file is used up, once: raises `console.file_gone` for whoever comes second."""
        try:
            self._place(owner, mark).unlink()
        except FileNotFoundError as gone:
            raise Refusal("console.file_gone") from gone

    def _place(self, owner: int, mark: str) -> Path:
        return self.folder / f"{owner}-{hashlib.sha256(b'place' + mark.encode()).hexdigest()[:32]}"

    def _clear(self) -> None:
        for place in self.folder.iterdir():
            if time.time() - place.stat().st_mtime > _SECONDS:
                place.unlink(missing_ok=True)


def _cipher(mark: str) -> AESGCM:
    return AESGCM(hashlib.sha256(b"seal" + mark.encode()).digest())
