"""Pictures, voices and videos by media_id: what may be sent up, and how long it stays (wechat.md §3.9)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from simulator.config import DAY
from simulator.errors import Refused
from simulator.state.clock import Clock

MEGABYTE = 1024 * 1024
KEPT = 3 * DAY


@dataclass(frozen=True)
class Kind:
    """What one kind of media may be: its suffixes, its greatest size, and the code for too much."""

    suffixes: frozenset[str]
    size: int
    too_big: int


KINDS: dict[str, Kind] = {
    "image": Kind(frozenset({"png", "jpeg", "jpg", "gif", "bmp"}), 10 * MEGABYTE, 40009),
    "voice": Kind(frozenset({"amr", "mp3", "speex"}), 2 * MEGABYTE, 40006),
    "video": Kind(frozenset({"mp4"}), 10 * MEGABYTE, 40006),
    "thumb": Kind(frozenset({"jpg", "jpeg"}), 64 * 1024, 40006),
}
CONTENT_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "amr": "audio/amr",
    "speex": "audio/speex",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
}


@dataclass(frozen=True)
class Item:
    """One stored file; `until` is None for the permanent library."""

    media_id: str
    kind: str
    content: bytes
    suffix: str
    created_at: int
    until: float | None

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.suffix]


class Media:
    """The account's temporary and permanent files, and what people sent."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: dict[str, Item] = {}

    def add(self, kind: str, content: bytes, suffix: str, permanent: bool = False) -> Item:
        """Keep a file after the checks of the platform: 40004 kind, 40005 file type, 40006/40009 size."""
        rule = KINDS.get(kind)
        if rule is None:
            raise Refused(40004)
        if suffix not in rule.suffixes or not _looks_like(suffix, content):
            raise Refused(40005)
        if not content or len(content) > rule.size:
            raise Refused(rule.too_big)
        now = self._clock.now()
        media_id = secrets.token_urlsafe(48)
        item = Item(media_id, kind, content, suffix, int(now), None if permanent else now + KEPT)
        self._all[media_id] = item
        return item

    def find(self, media_id: object, *kinds: str) -> Item:
        """The file, or 40007 when it is unknown, over three days old, or of another kind."""
        item = self._all.get(media_id) if isinstance(media_id, str) else None
        if item is None or (item.until is not None and item.until <= self._clock.now()):
            raise Refused(40007)
        if kinds and item.kind not in kinds:
            raise Refused(40007)
        return item

    def remove(self, media_id: object) -> None:
        item = self.find(media_id)
        del self._all[item.media_id]

    def permanent_counts(self) -> dict[str, int]:
        """How much of the permanent library is used, by kind."""
        kept = [item.kind for item in self._all.values() if item.until is None]
        return {f"{kind}_count": kept.count(kind) for kind in ("voice", "video", "image")} | {"news_count": 0}


def _looks_like(suffix: str, content: bytes) -> bool:
    # The platform looks into pictures; for sound and film the name decides.
    heads = {
        "png": (b"\x89PNG",),
        "jpg": (b"\xff\xd8",),
        "jpeg": (b"\xff\xd8",),
        "gif": (b"GIF8",),
        "bmp": (b"BM",),
    }
    return suffix not in heads or content.startswith(heads[suffix])
