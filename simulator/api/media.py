"""Files up and down, temporary and permanent (wechat.md §3.9)."""

from __future__ import annotations

from pathlib import PurePath

from aiohttp import web

from simulator.api.door import OK, Answer, Api, Call, File, get, post
from simulator.errors import Refused
from simulator.state.media import MEGABYTE, Item


async def upload(call: Call) -> Answer:
    """Keep a file for three days."""
    item = _stored(call, permanent=False)
    name = "thumb_media_id" if item.kind == "thumb" else "media_id"
    return {"type": item.kind, name: item.media_id, "created_at": item.created_at}


async def add_material(call: Call) -> Answer:
    """Keep a file for good."""
    return {"media_id": _stored(call, permanent=True).media_id}


async def upload_picture(call: Call) -> Answer:
    """Keep a picture for use inside an article; its address comes back."""
    content, suffix = _uploaded(call)
    if suffix not in ("jpg", "jpeg", "png"):
        raise Refused(40005)
    if len(content) >= MEGABYTE:
        raise Refused(40009)
    item = call.world.media.add("image", content, suffix, permanent=True)
    return {"url": f"/sim/media/{item.media_id}"}


async def download(call: Call) -> Answer | File:
    """The file's bytes; a film gives an address instead; refusals come as JSON."""
    item = _wanted(call, call.query.get("media_id"))
    if item.kind == "video":
        return {"video_url": f"/sim/media/{item.media_id}"}
    return _as_file(item)


async def get_material(call: Call) -> Answer | File:
    """A file of the permanent library."""
    return _as_file(_wanted(call, call.body.get("media_id")))


async def remove_material(call: Call) -> Answer:
    """Delete a file of the permanent library."""
    call.world.media.remove(call.body.get("media_id"))
    return OK


async def count_material(call: Call) -> Answer:
    """How many files of each kind the permanent library holds."""
    return dict(call.world.media.permanent_counts())


def _stored(call: Call, permanent: bool) -> Item:
    kind = call.query.get("type", "")
    content, suffix = _uploaded(call)
    return call.world.media.add(kind, content, suffix, permanent)


def _uploaded(call: Call) -> tuple[bytes, str]:
    """The bytes and the suffix of the multipart field `media`, which must have a file name."""
    part = call.form.get("media")
    if not isinstance(part, web.FileField):
        raise Refused(41005)
    return part.file.read(), PurePath(part.filename).suffix.removeprefix(".").lower()


def _wanted(call: Call, media_id: object) -> Item:
    if not media_id:
        raise Refused(41006)
    return call.world.media.find(media_id)


def _as_file(item: Item) -> File:
    return File(item.content, item.content_type, f"{item.media_id[:16]}.{item.suffix}")


APIS: list[Api] = [
    post("/cgi-bin/media/upload", upload, body="form"),
    get("/cgi-bin/media/get", download),
    post("/cgi-bin/media/uploadimg", upload_picture, body="form"),
    post("/cgi-bin/material/add_material", add_material, body="form"),
    post("/cgi-bin/material/get_material", get_material),
    post("/cgi-bin/material/del_material", remove_material),
    get("/cgi-bin/material/get_materialcount", count_material),
]
