"""Turns the fields of a push into a frozen value with a name: a message of some kind, or an event.

wechatpy's message classes are the model and the peer our tests compare with. Ours stand here because its
values are mutable and parse at every access, strip the text people sent, crash on packets that do not fit (a
repeated tag, no MsgType), and do not know half of today's events. Reading is table-driven: each class names
its elements once.
"""

from __future__ import annotations

from typing import Any

from wechat.errors import Refused
from wechat.messages.events import (
    EVENTS,
    Click,
    Event,
    LocationReport,
    LocationSelect,
    MenuPictures,
    Scan,
    ScanCode,
    Subscribe,
    UnknownEvent,
    Unsubscribe,
    View,
)
from wechat.messages.head import Message, plan_of, text, whole
from wechat.messages.ordinary import (
    MESSAGES,
    UNSUPPORTED_TEXTS,
    File,
    Image,
    Link,
    Location,
    MiniProgramPage,
    Ordinary,
    ShortVideo,
    Text,
    Unknown,
    Unsupported,
    Video,
    Voice,
)
from wechat.messages.outcomes import (
    OUTCOMES,
    AuthorizationCancellation,
    AuthorizationRevoke,
    Choice,
    KfSession,
    MassFinished,
    SentResult,
    SubscribeChange,
    SubscribePopup,
    SubscribeSent,
    TemplateFinished,
    UserInfoModified,
    VerificationFailed,
    Verified,
)
from wechat.packets import Fields, parse

__all__ = [
    "AuthorizationCancellation",
    "AuthorizationRevoke",
    "Choice",
    "Click",
    "Event",
    "File",
    "Image",
    "KfSession",
    "Link",
    "Location",
    "LocationReport",
    "LocationSelect",
    "MassFinished",
    "MenuPictures",
    "Message",
    "MiniProgramPage",
    "Ordinary",
    "Scan",
    "ScanCode",
    "SentResult",
    "ShortVideo",
    "Subscribe",
    "SubscribeChange",
    "SubscribePopup",
    "SubscribeSent",
    "TemplateFinished",
    "Text",
    "Unknown",
    "UnknownEvent",
    "Unsubscribe",
    "Unsupported",
    "UserInfoModified",
    "VerificationFailed",
    "Verified",
    "Video",
    "View",
    "Voice",
    "read",
    "read_raw",
]

_EVENTS: dict[str, type[Event]] = {name: kind for kind in (*EVENTS, *OUTCOMES) for name in kind.names}
_PLANS = {kind: plan_of(kind) for kind in (*MESSAGES.values(), Unsupported, *EVENTS, *OUTCOMES)}


def read_raw(raw: str) -> Message:
    """The message in a packet kept as text (`Message.raw`). Raises `Refused` if it is none."""
    return read(parse(raw), raw)


def read(fields: Fields, raw: str = "") -> Message:
    """The message these fields make up; never fails for a kind or an element we do not know.

    Raises `Refused("fields")` only where the head itself is missing: sender, receiver, time or type.
    """
    kind = _kind_of(fields)
    if kind is None:
        return _unknown(fields, raw)
    try:
        return kind(*[convert(fields.get(name, missing)) for name, convert, missing in _PLANS[kind]], raw=raw)
    except ValueError:
        return _unknown(fields, raw)


def _kind_of(fields: Fields) -> type[Message] | None:
    msg_type = fields.get("MsgType")
    if msg_type == "text":
        return _text_kind(fields)
    if not isinstance(msg_type, str) or not msg_type:
        raise Refused("fields")
    lower = msg_type.lower()
    if lower != "event":
        return MESSAGES.get(lower)
    event = fields.get("Event")
    return _EVENTS.get(event.lower()) if isinstance(event, str) else None


def _text_kind(fields: Fields) -> type[Text]:
    content: Any = fields.get("Content", "")
    is_stand_in = isinstance(content, str) and content.strip() in UNSUPPORTED_TEXTS
    return Unsupported if is_stand_in else Text


def _unknown(fields: Fields, raw: str) -> Message:
    try:
        head = (text(fields["ToUserName"]), text(fields["FromUserName"]), whole(fields["CreateTime"]))
    except (KeyError, ValueError):
        raise Refused("fields") from None
    msg_type = str(fields["MsgType"]).lower()
    if msg_type == "event":
        name, key = (str(fields.get(part, "")) for part in ("Event", "EventKey"))
        return UnknownEvent(*head, event=name.lower(), event_key=key, fields=fields, raw=raw)
    return Unknown(*head, msg_id=str(fields.get("MsgId", "")), name=msg_type, fields=fields, raw=raw)
