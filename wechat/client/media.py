"""Carries pictures, speech and films up to the platform and down from it; they live there for 3 days."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import aiohttp

from wechat.client.calls import Caller, Effect
from wechat.client.transport import Request
from wechat.errors import Ruling, Verdict, WeChatError

Kind = Literal["image", "voice", "video", "thumb"]
UPLOAD_LIMITS: dict[str, int] = {"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "thumb": 64 << 10}
"""Bytes by kind."""
DOWNLOAD_LIMIT = 12 << 20
_SECONDS = 30.0
_TYPES = {
    **{"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"},
    **{"amr": "audio/amr", "mp3": "audio/mpeg", "mp4": "video/mp4"},
}
_TAKEN = ("image/", "audio/", "video/", "voice/", "application/octet-stream")


@dataclass(frozen=True, slots=True)
class Media:
    """A file somebody sent; the content type is the platform's word and not to be trusted."""

    content_type: str
    content: bytes = field(repr=False)


class MediaShelf(Caller):
    """Temporary media."""

    async def upload_media(self, kind: Kind, filename: str, content: bytes) -> str:
        """Uploads for 3 days; returns the media_id. Raises ValueError for what would not be taken."""
        content_type = _TYPES.get(filename.rpartition(".")[2].lower())
        if content_type is None or not filename.isascii():
            raise ValueError("the file's name must be plain and end in a known type")
        if not 0 < len(content) <= UPLOAD_LIMITS[kind]:
            raise ValueError(f"a file of kind {kind} has at most {UPLOAD_LIMITS[kind]} bytes, and some")

        def form() -> aiohttp.FormData:
            made = aiohttp.FormData()
            made.add_field("media", content, filename=filename, content_type=content_type)
            return made

        request = Request("/cgi-bin/media/upload", query={"type": kind}, form=form, seconds=_SECONDS)
        found = await self.repeated(request)
        return str(found.get("media_id") or found.get("thumb_media_id") or "")

    async def download_media(self, media_id: str, limit: int = DOWNLOAD_LIMIT) -> Media:
        """What somebody sent, at most `limit` bytes, by its id and never by an address (X7).

        Raises `WeChatError`: `final` where the platform has only an address to give (films) or another type.
        """
        request = Request("/cgi-bin/media/get", "GET", {"media_id": media_id}, seconds=_SECONDS, limit=limit)
        answer = await self.answered(request, Effect.READ)
        if not answer.content_type.startswith(_TAKEN) or not answer.content:
            raise WeChatError(0, request.path, ruling=Ruling(Verdict.FINAL))
        return Media(answer.content_type, answer.content)
