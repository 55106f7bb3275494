"""Hands on the phones: everything a person can do, as JSON calls under /sim/phones."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from simulator.api.door import WORLD
from simulator.control import samples
from simulator.control.answers import answered, wish
from simulator.errors import NotPossible
from simulator.push import deeds
from simulator.push.engine import Outcome
from simulator.state.media import Item
from simulator.state.phones import Phone
from simulator.words import table, word
from simulator.world import World

Deed = Callable[[web.Request, World, Phone, dict[str, Any]], Awaitable[Outcome | None]]


async def listing(request: web.Request) -> web.Response:
    """All phones."""
    return web.json_response([phone.card() for phone in request.app[WORLD].phones])


async def create(request: web.Request) -> web.Response:
    """{openid?, name?, following?} → the phone; a known openid gives the phone that is there."""
    asked, world = await wish(request), request.app[WORLD]
    openid = str(asked.get("openid") or "")
    phone = world.phones.create(str(asked.get("name") or openid), openid, bool(asked.get("following")))
    for name in ("unionid", "client"):
        setattr(phone, name, str(asked.get(name) or getattr(phone, name)))
    return web.json_response(phone.card(), status=201)


async def remove(request: web.Request) -> web.Response:
    """Throw a phone away."""
    request.app[WORLD].phones.remove(the_phone(request))
    return web.json_response({"removed": True})


async def screen(request: web.Request) -> web.Response:
    """Everything on this phone, oldest first; `?after=SEQ` only what is newer."""
    after = int(request.query.get("after", "0"))
    return web.json_response([entry for entry in the_phone(request).screen if entry["seq"] > after])


async def clear_screen(request: web.Request) -> web.Response:
    """Wipe a phone's screen."""
    the_phone(request).screen.clear()
    return web.json_response([])


async def menu(request: web.Request) -> web.Response:
    """The menu as this person sees it."""
    phone = the_phone(request)
    buttons, menuid = request.app[WORLD].menus.seen_by(phone.tags, phone.client)
    return web.json_response({"button": buttons, "menuid": menuid})


async def standing(request: web.Request) -> web.Response:
    """{blocked?, blacklisted?} as the person or the account set it."""
    phone, asked = the_phone(request), await wish(request)
    for name in ("blocked", "blacklisted"):
        setattr(phone, name, bool(asked.get(name, getattr(phone, name))))
    return web.json_response(phone.card())


def the_phone(request: web.Request) -> Phone:
    """The phone the address names; 404 when there is none."""
    phone = request.app[WORLD].phones.get(request.match_info["openid"])
    if phone is None:
        raise NotPossible("unknown-phone", status=404)
    return phone


def doing(deed: Deed) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A handler that does the deed and answers when the service has: {verdict, reply, …}."""

    async def handle(request: web.Request) -> web.Response:
        phone, asked = the_phone(request), await wish(request)
        last = phone.screen[-1]["seq"] if phone.screen else 0
        outcome = await deed(request, request.app[WORLD], phone, asked)
        return web.json_response(answered(phone, outcome, last))

    return handle


async def _say(request: web.Request, world: World, phone: Phone, asked: dict[str, Any]) -> Outcome:
    """{text} or {choice: {id, content}} or {odd: huge | emoji | malformed | empty}"""
    if "choice" in asked:
        return await deeds.choose(world, phone, {"id": "", "content": "", **asked["choice"]})
    if "odd" in asked:
        return await deeds.say(world, phone, samples.odd_text(str(asked["odd"])))
    return await deeds.say(world, phone, str(asked.get("text", "")))


async def _follow(request: web.Request, world: World, phone: Phone, asked: dict[str, Any]) -> Outcome:
    return await deeds.follow(world, phone)


async def _unfollow(request: web.Request, world: World, phone: Phone, asked: dict[str, Any]) -> Outcome:
    return await deeds.unfollow(world, phone)


async def _scan(request: web.Request, world: World, phone: Phone, asked: dict[str, Any]) -> Outcome | None:
    """{ticket} or {scene} or {content: what the picture says}"""
    wanted = str(asked.get("ticket") or asked.get("scene") or asked.get("content") or "")
    code = world.qrcodes.find(wanted)
    if code is None:
        raise NotPossible("unknown-code", status=404)
    return await deeds.scan(world, phone, code)


async def _tap(request: web.Request, world: World, phone: Phone, asked: dict[str, Any]) -> Outcome:
    """{key} or {name} of a button"""
    buttons, menuid = world.menus.seen_by(phone.tags, phone.client)
    leaves = [leaf for top in buttons for leaf in top.get("sub_button") or [top]]
    wanted = (asked.get("key"), asked.get("name"))
    button = next(
        (leaf for leaf in leaves if (leaf.get("key") or "", leaf["name"]) == wanted or _is(leaf, asked)), None
    )
    if button is None:
        raise NotPossible("unknown-button", status=404)
    return await deeds.tap(world, phone, button, menuid)


def _is(leaf: dict[str, Any], asked: dict[str, Any]) -> bool:
    return any(name in asked and leaf.get(name) == asked[name] for name in ("key", "name", "url"))


async def _voice(request: web.Request, world: World, phone: Phone, asked: dict[str, Any]) -> Outcome:
    """{content?: base64 of an AMR file, seconds?}"""
    item = _file(world, "voice", asked, samples.voice, "amr")
    return await deeds.send_voice(world, phone, item, int(asked.get("seconds", 3)))


async def _picture(request: web.Request, world: World, phone: Phone, asked: dict[str, Any]) -> Outcome:
    """{content?: base64, suffix?: png}"""
    item = _file(world, "image", asked, samples.picture, "png")
    return await deeds.send_picture(world, phone, item, str(request.url.origin()))


def _file(world: World, kind: str, asked: dict[str, Any], sample: Callable[[], bytes], suffix: str) -> Item:
    if "content" not in asked:
        return world.media.add(kind, sample(), suffix)
    try:
        content = base64.b64decode(str(asked["content"]), validate=True)
    except binascii.Error:
        raise NotPossible("not-base64", status=400) from None
    return world.media.add(kind, content, str(asked.get("suffix", suffix)))


async def _location(request: web.Request, world: World, phone: Phone, asked: dict[str, Any]) -> Outcome:
    """{latitude?, longitude?, label?}"""
    return await deeds.send_location(world, phone, {**table()["place"], **asked})


async def _sticker(request: web.Request, world: World, phone: Phone, asked: dict[str, Any]) -> Outcome:
    return await deeds.send_sticker(world, phone)


async def _link(request: web.Request, world: World, phone: Phone, asked: dict[str, Any]) -> Outcome:
    """{title?, url?}"""
    title = str(asked.get("title") or word("card", "title"))
    return await deeds.send_link(world, phone, title, str(asked.get("url") or "http://example.com/"))


async def _message(request: web.Request, world: World, phone: Phone, asked: dict[str, Any]) -> Outcome:
    """Any message by its own fields: {MsgType, …}"""
    return await deeds.message(world, phone, asked, word("notice", "unsupported"))


async def _event(request: web.Request, world: World, phone: Phone, asked: dict[str, Any]) -> Outcome:
    """Any event by its own fields: {Event, …}, also one that nobody knows"""
    return await deeds.event(world, phone, {"Event": "unknown_event_of_tomorrow", **asked})


async def _subscription(request: web.Request, world: World, phone: Phone, asked: dict[str, Any]) -> Outcome:
    """{template_id, accept?: true}, or {template_id, switch_off: true}"""
    template_id = str(asked.get("template_id", ""))
    if asked.get("switch_off"):
        return await deeds.refuse_subscription(world, phone, template_id)
    return await deeds.answer_subscription(world, phone, template_id, bool(asked.get("accept", True)))


_DEEDS: dict[str, Deed] = {
    "say": _say,
    "follow": _follow,
    "unfollow": _unfollow,
    "scan": _scan,
    "tap": _tap,
    "voice": _voice,
    "picture": _picture,
    "location": _location,
    "sticker": _sticker,
    "link": _link,
    "message": _message,
    "event": _event,
    "confirm-subscription": _subscription,
}

ROUTES = [
    web.get("/sim/phones", listing),
    web.post("/sim/phones", create),
    web.delete("/sim/phones/{openid}", remove),
    web.get("/sim/phones/{openid}/screen", screen),
    web.delete("/sim/phones/{openid}/screen", clear_screen),
    web.get("/sim/phones/{openid}/menu", menu),
    web.post("/sim/phones/{openid}/standing", standing),
    *(web.post(f"/sim/phones/{{openid}}/{name}", doing(deed)) for name, deed in _DEEDS.items()),
]
