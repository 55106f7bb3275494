"""Customer messages (客服消息): who may be written to right now, and with what (wechat.md §3.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.api.door import OK, Answer, Api, Call, post
from simulator.errors import Refused
from simulator.state.phones import Phone
from simulator.world import World

TEXT_BYTES = 2048
TYPING_SECONDS = 15
RECENT_SECONDS = 30

Shown = dict[str, Any]


async def send(call: Call) -> Answer:
    """Write to a person inside an open window; 45015 without one, 45047 when it is used up."""
    phone = known_person(call)
    kind = call.text("msgtype")
    reader = _READERS.get(kind)
    if reader is None:
        raise Refused(40008)
    shown = reader(call.world, call.body.get(kind))
    _require_window(call.world, phone)
    phone.windows.spend(call.world.clock.now())
    entry = call.world.phones.show(phone, "customer", **{"type": kind, **shown})
    text = shown.get("text", "")
    call.world.ledger.sent.append(
        {"api": "customer", "openid": phone.openid, "type": kind, "text": text, "at": entry["at"]}
    )
    return OK


async def typing(call: Call) -> Answer:
    """Show that an answer is being written."""
    phone, now = known_person(call), call.world.clock.now()
    command = call.body.get("command")
    if command not in ("Typing", "CancelTyping"):
        raise Refused(45072)
    if not phone.following or now - phone.heard_at > RECENT_SECONDS:
        raise Refused(45080)
    if command == "Typing" and phone.typing_until > now:
        raise Refused(45081)
    phone.typing_until = now + TYPING_SECONDS if command == "Typing" else 0.0
    call.world.phones.tell({"event": "typing", "openid": phone.openid, "on": command == "Typing"})
    return OK


def known_person(call: Call) -> Phone:
    """The phone behind `touser`; an openid that is not this account's is 40003."""
    phone = call.world.phones.get(call.body.get("touser"))
    if phone is None:
        raise Refused(40003)
    return phone


def _require_window(world: World, phone: Phone) -> None:
    if phone.blacklisted:
        raise Refused(43019)
    left = phone.windows.left(world.clock.now())
    if not phone.following or phone.blocked or left is None:
        raise Refused(45015)
    if left == 0:
        raise Refused(45047)


def _text(world: World, part: Any) -> Shown:
    content = _object(part).get("content")
    if not isinstance(content, str) or not content:
        raise Refused(44004)
    if len(content.encode()) > TEXT_BYTES:
        raise Refused(45002)
    return {"text": content}


def _of_media(kind: str) -> Callable[[World, Any], Shown]:
    def read(world: World, part: Any) -> Shown:
        item = world.media.find(_object(part).get("media_id"), kind)
        return {"media_id": item.media_id, "text": str(part.get("title") or "")}

    return read


def _music(world: World, part: Any) -> Shown:
    inner = _object(part)
    world.media.find(inner.get("thumb_media_id"), "thumb", "image")
    return {"text": str(inner.get("title") or ""), "url": _required(inner, "musicurl")}


def _news(world: World, part: Any) -> Shown:
    articles = _object(part).get("articles")
    if isinstance(articles, dict):
        raise Refused(45162)
    if not isinstance(articles, list) or len(articles) != 1:
        raise Refused(45008)
    article = _object(articles[0])
    card = {
        "title": article.get("title"),
        "description": article.get("description"),
        "url": article.get("url"),
    }
    return {"text": _required(article, "title"), "articles": [{**card, "picture": article.get("picurl")}]}


def _menu(world: World, part: Any) -> Shown:
    inner = _object(part)
    items = inner.get("list")
    if not isinstance(items, list) or not items:
        raise Refused(47001)
    choices = [{"id": str(_object(item).get("id", "")), "content": _required(item, "content")} for item in items]
    head, tail = str(inner.get("head_content") or ""), str(inner.get("tail_content") or "")
    lines = [head, *(choice["content"] for choice in choices), tail]
    return {"text": "\n".join(line for line in lines if line), "head": head, "tail": tail, "choices": choices}


def _mini_program(world: World, part: Any) -> Shown:
    inner = _object(part)
    world.media.find(inner.get("thumb_media_id"), "thumb", "image")
    _required(inner, "appid")
    return {"text": _required(inner, "title"), "page": _required(inner, "pagepath")}


def _article(world: World, part: Any) -> Shown:
    return {"text": _required(_object(part), "article_id")}


def _object(part: Any) -> dict[str, Any]:
    if not isinstance(part, dict):
        raise Refused(47001)
    return part


def _required(part: dict[str, Any], name: str) -> str:
    value = part.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(47001)
    return value


_READERS: dict[str, Callable[[World, Any], Shown]] = {
    "text": _text,
    "image": _of_media("image"),
    "voice": _of_media("voice"),
    "video": _of_media("video"),
    "music": _music,
    "news": _news,
    "msgmenu": _menu,
    "miniprogrampage": _mini_program,
    "mpnewsarticle": _article,
}

APIS: list[Api] = [
    post("/cgi-bin/message/custom/send", send),
    post("/cgi-bin/message/custom/typing", typing),
]
