"""What a person can do with the phone, and what the platform pushes because of it (wechat.md §2.3, §2.4)."""

from __future__ import annotations

from typing import Any

from simulator.errors import NotPossible
from simulator.push.engine import Outcome
from simulator.push.packets import Fields, Packet
from simulator.state.media import Item
from simulator.state.phones import Phone
from simulator.state.qrcodes import QrCode
from simulator.words import table, word
from simulator.world import World

# Events whose answer reaches the person; to all others only `success` makes sense (§2.5).
REPLYABLE = frozenset({"subscribe", "scan", "click", "scancode_waitmsg", "location"})


async def say(world: World, phone: Phone, text: str | bytes, **extra: Any) -> Outcome:
    """Write a text; as bytes it may be no UTF-8 at all."""
    shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
    return await message(world, phone, {"MsgType": "text", "Content": text, **extra}, shown)


async def choose(world: World, phone: Phone, choice: dict[str, str]) -> Outcome:
    """Tap an item of a `msgmenu`: arrives as a text, but opens the window of a menu tap (§3.3)."""
    _require_following(phone)
    fields = {"MsgType": "text", "Content": choice["content"], "bizmsgmenuid": choice["id"]}
    return await _sent(world, phone, fields, choice["content"], "tap")


async def send_picture(world: World, phone: Phone, item: Item, base: str) -> Outcome:
    """Send a picture."""
    fields = {"MsgType": "image", "PicUrl": f"{base}/sim/media/{item.media_id}", "MediaId": item.media_id}
    return await message(world, phone, fields, word("notice", "picture"), type="image", media_id=item.media_id)


async def send_voice(world: World, phone: Phone, item: Item, seconds: int) -> Outcome:
    """Send a voice message; what was said is not recognised (§2.3)."""
    fields = {"MsgType": "voice", "MediaId": item.media_id, "Format": "amr", "MediaId16K": item.media_id}
    facts = {"type": "voice", "media_id": item.media_id, "seconds": seconds}
    return await message(world, phone, fields, word("notice", "voice"), **facts)


async def send_location(world: World, phone: Phone, place: dict[str, Any]) -> Outcome:
    """Send a place: latitude, longitude, label."""
    fields = {"MsgType": "location", "Location_X": place["latitude"], "Location_Y": place["longitude"]}
    fields |= {"Scale": 15, "Label": place["label"]}
    return await message(world, phone, fields, f"{word('notice', 'location')} {place['label']}", type="location")


async def send_sticker(world: World, phone: Phone) -> Outcome:
    """A sticker is not passed on; the service only reads that the type is not supported."""
    fields = {"MsgType": "text", "Content": word("notice", "unsupported")}
    return await message(world, phone, fields, word("notice", "sticker"), type="sticker")


async def send_link(world: World, phone: Phone, title: str, url: str) -> Outcome:
    """Pass a link on."""
    fields = {"MsgType": "link", "Title": title, "Description": table()["card"]["description"], "Url": url}
    return await message(world, phone, fields, f"{word('notice', 'link')} {title}", type="link")


async def message(world: World, phone: Phone, fields: Fields, shown: str, **facts: Any) -> Outcome:
    """Any message; opens the 48-hour window. Who does not follow cannot write."""
    _require_following(phone)
    return await _sent(world, phone, fields, shown, "message", **facts)


async def follow(world: World, phone: Phone, code: QrCode | None = None) -> Outcome:
    """Follow the account, perhaps by scanning a code."""
    if phone.following:
        raise NotPossible("already-following")
    fields: Fields = {"Event": "subscribe", "EventKey": ""}
    if code is not None:
        fields |= {"EventKey": f"qrscene_{code.scene}", "Ticket": code.ticket}
    kind = "ADD_SCENE_QR_CODE" if code else "ADD_SCENE_SEARCH"
    world.phones.follow(phone, code.scene if code else "", kind)
    world.phones.show(phone, "note", word("notice", "followed"))
    return await event(world, phone, fields, window="follow")


async def unfollow(world: World, phone: Phone) -> Outcome:
    """Leave the account; it may no longer write."""
    _require_following(phone)
    world.phones.unfollow(phone)
    world.phones.show(phone, "note", word("notice", "unfollowed"))
    return await event(world, phone, {"Event": "unsubscribe", "EventKey": ""})


async def scan(world: World, phone: Phone, code: QrCode) -> Outcome | None:
    """Scan a code of the account; None when the code's time is over."""
    if not world.qrcodes.is_live(code):
        world.phones.show(phone, "note", word("notice", "code_expired"))
        return None
    if not phone.following:
        return await follow(world, phone, code)
    world.phones.show(phone, "note", word("notice", "scan"))
    fields = {"Event": "SCAN", "EventKey": code.scene, "Ticket": code.ticket}
    return await event(world, phone, fields, window="scan")


async def tap(world: World, phone: Phone, button: dict[str, Any], menuid: int) -> Outcome:
    """Tap a menu button; only those of a kind that may be answered open a window (§3.3)."""
    _require_following(phone)
    kind = button["type"]
    if kind == "click":
        return await event(world, phone, {"Event": "CLICK", "EventKey": button["key"]}, window="tap")
    if kind in ("view", "miniprogram"):
        name, target = ("VIEW", button["url"]) if kind == "view" else ("view_miniprogram", button.get("pagepath"))
        return await event(world, phone, {"Event": name, "EventKey": target, "MenuId": menuid})
    if kind in ("scancode_push", "scancode_waitmsg"):
        scanned = {"ScanType": "qrcode", "ScanResult": "1"}
        fields = {"Event": kind, "EventKey": button["key"], "ScanCodeInfo": scanned}
        return await event(world, phone, fields, window="tap")
    return await event(world, phone, _other_tap(button))


def _other_tap(button: dict[str, Any]) -> Fields:
    kind = button["type"]
    fields: Fields = {"Event": kind, "EventKey": button.get("key", "")}
    if kind == "location_select":
        place = table()["place"]
        at = {"Location_X": str(place["latitude"]), "Location_Y": str(place["longitude"]), "Scale": "15"}
        return fields | {"SendLocationInfo": {**at, "Label": place["label"], "Poiname": ""}}
    if kind.startswith("pic_"):
        return fields | {"SendPicsInfo": {"Count": 0, "PicList": ""}}
    return fields


async def answer_subscription(world: World, phone: Phone, template_id: str, accepted: bool) -> Outcome:
    """Say yes or no when a page asks for subscription notices; one yes is one notice (§3.5)."""
    template = world.templates.find(template_id, "once", "always")
    if accepted:
        phone.subscriptions[template_id] = phone.subscriptions.get(template_id, 0) + 1
    else:
        phone.subscriptions.pop(template_id, None)
    status = "accept" if accepted else "reject"
    row = {"TemplateId": template.template_id, "SubscribeStatusString": status, "PopupScene": "1"}
    fields = {"Event": "subscribe_msg_popup_event", "SubscribeMsgPopupEvent": {"List": row}}
    return await event(world, phone, fields)


async def refuse_subscription(world: World, phone: Phone, template_id: str) -> Outcome:
    """Switch a kind of notice off in the settings; only this direction is pushed."""
    world.templates.find(template_id, "once", "always")
    phone.subscriptions.pop(template_id, None)
    row = {"TemplateId": template_id, "SubscribeStatusString": "reject"}
    return await event(world, phone, {"Event": "subscribe_msg_change_event", "SubscribeMsgChangeEvent": {"List": row}})


async def event(world: World, phone: Phone, fields: Fields, window: str = "") -> Outcome:
    """Any event of this person; opens the named window."""
    if window:
        phone.windows.opened(window, world.clock.now())
    packet = _packet(world, phone.openid, {"MsgType": "event", **fields})
    outcome = await world.engine.push(packet)
    if packet.kind in REPLYABLE:
        _show(world, phone, outcome)
    return outcome


async def job_event(world: World, openid: str, fields: Fields) -> Outcome:
    """An event of the platform itself, about a finished job; its answer is read and dropped."""
    return await world.engine.push(_packet(world, openid, {"MsgType": "event", **fields}))


async def _sent(world: World, phone: Phone, fields: Fields, shown: str, window: str, **facts: Any) -> Outcome:
    phone.heard_at = now = world.clock.now()
    phone.windows.opened(window, now)
    world.phones.show(phone, "sent", shown, **{"type": "text", **facts})
    packet = _packet(world, phone.openid, {**fields, "MsgId": world.next_msg_id()})
    outcome = await world.engine.push(packet)
    _show(world, phone, outcome)
    return outcome


def _show(world: World, phone: Phone, outcome: Outcome) -> None:
    if outcome.reply is not None:
        world.phones.show(phone, "reply", outcome.reply.text, type=outcome.reply.type, **outcome.reply.facts)
    elif outcome.verdict == "fault":
        world.phones.show(phone, "notice-of-fault", word("notice", "fault"))


def _packet(world: World, openid: str, fields: Fields) -> Packet:
    head: Fields = {"ToUserName": world.account.original_id, "FromUserName": openid}
    return Packet({**head, "CreateTime": int(world.clock.now()), **fields})


def _require_following(phone: Phone) -> None:
    if not phone.following:
        raise NotPossible("not-following")
