"""Keeps an uploaded file between two clicks: under a name of our own, for one desk alone, for an hour."""

from __future__ import annotations

import json
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from kit.errors import Refusal

_SECONDS = 3600
_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of files that nobody outside can name; old ones go whenever something new comes."""

    folder: Path

    def keep(self, owner: int, filename: str, content: bytes) -> str:
        """Put a file away; the mark by which its owner gets it back."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._clear()
        mark = secrets.token_hex(16)
        place = self.folder / f"{owner}-{mark}"
        place.touch(mode=0o600)
        place.write_bytes(json.dumps(filename).encode() + b"\n" + content)
        return mark

    def take(self, owner: int, mark: str) -> tuple[str, bytes]:
        """The file's name and what was in it, once; raises `console.file_gone` when it is not there (any more)."""
        place = self.folder / f"{owner}-{mark}"
        if not _NAME.fullmatch(mark) or not place.is_file():
            raise Refusal("console.file_gone")
        name, _, content = place.read_bytes().partition(b"\n")
        place.unlink()
        return str(json.loads(name)), content

    def _clear(self) -> None:
        for place in self.folder.iterdir():
            if time.time() - place.stat().st_mtime > _SECONDS:
                place.unlink(missing_ok=True)
