"""What a person did, other than sending a message: followed, scanned, tapped (wechat.md §2.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from wechat.messages.head import Message, bounded, decimal, digest_of, element, items, text, whole
from wechat.packets import Fields


def _lower(value: object) -> str:
    return text(value).lower()


@dataclass(frozen=True, slots=True, repr=False)
class Event(Message):
    """Something that happened. `event` is the platform's name for it in lower case."""

    names: ClassVar[tuple[str, ...]] = ()

    event: str = element("Event", _lower)
    event_key: str = element("EventKey")

    @property
    def kind(self) -> str:
        """The event's name in lower case; of one longer than any known a short stand-in."""
        return bounded(self.event)

    @property
    def identity(self) -> str:
        """Second, name and what tells two such events of one second apart."""
        return f"{self.created}.{self.kind}.{bounded(self._distinction())}"

    def _distinction(self) -> str:
        return self.event_key


def _scene(value: object) -> str:
    return text(value).removeprefix("qrscene_")


@dataclass(frozen=True, slots=True, repr=False)
class Subscribe(Event):
    """Somebody follows; `scene` is set if by one of our QR codes (`last_trade_no_…` after a payment)."""

    names = ("subscribe",)

    scene: str = element("EventKey", _scene)
    ticket: str = element("Ticket")


@dataclass(frozen=True, slots=True, repr=False)
class Unsubscribe(Event):
    """Somebody unfollowed: their personal data goes. It may come more than once."""

    answerable = False
    names = ("unsubscribe",)


@dataclass(frozen=True, slots=True, repr=False)
class Scan(Event):
    """A follower scanned one of our QR codes."""

    names = ("scan",)

    scene: str = element("EventKey", _scene)
    ticket: str = element("Ticket")


@dataclass(frozen=True, slots=True, repr=False)
class LocationReport(Event):
    """Where somebody is who allowed it; degrees, `precision` in metres."""

    names = ("location",)

    latitude: float = element("Latitude", decimal, "0")
    longitude: float = element("Longitude", decimal, "0")
    precision: float = element("Precision", decimal, "0")


@dataclass(frozen=True, slots=True, repr=False)
class Click(Event):
    """A menu button with a key was tapped."""

    names = ("click",)

    @property
    def key(self) -> str:
        """The button's key."""
        return self.event_key


@dataclass(frozen=True, slots=True, repr=False)
class View(Event):
    """A menu button with a page, or a mini program (then `event_key` is its path), was tapped."""

    answerable = False
    names = ("view", "view_miniprogram")

    menu_id: str = element("MenuId")

    @property
    def url(self) -> str:
        """The page."""
        return self.event_key


def inside(*path: str, read: Any = text, missing: str = "") -> Any:
    """Reads one element inside the structure."""

    def inner(value: object) -> Any:
        for name in path:
            value = value.get(name, missing) if isinstance(value, dict) else missing
        return read(value)

    return inner


@dataclass(frozen=True, slots=True, repr=False)
class ScanCode(Event):
    """A code was read by a menu button; `scancode_waitmsg` expects an answer, `scancode_push` takes none."""

    names = ("scancode_push", "scancode_waitmsg")

    scan_type: str = element("ScanCodeInfo", inside("ScanType"))
    result: str = element("ScanCodeInfo", inside("ScanResult"))


def _md5s(value: object) -> tuple[str, ...]:
    return tuple(text(entry.get("PicMd5Sum", "")) for entry in items(value, "PicList", "item"))


@dataclass(frozen=True, slots=True, repr=False)
class MenuPictures(Event):
    """Pictures were chosen by a menu button; they follow as messages."""

    answerable = False
    names = ("pic_sysphoto", "pic_photo_or_album", "pic_weixin")

    count: int = element("SendPicsInfo", inside("Count", read=whole))
    md5s: tuple[str, ...] = element("SendPicsInfo", _md5s)


@dataclass(frozen=True, slots=True, repr=False)
class LocationSelect(Event):
    """A place was chosen by a menu button; it follows as a message."""

    answerable = False
    names = ("location_select",)

    latitude: float = element("SendLocationInfo", inside("Location_X", read=decimal, missing="0"))
    longitude: float = element("SendLocationInfo", inside("Location_Y", read=decimal, missing="0"))
    scale: int = element("SendLocationInfo", inside("Scale", read=whole))
    label: str = element("SendLocationInfo", inside("Label"))
    place: str = element("SendLocationInfo", inside("Poiname"))


@dataclass(frozen=True, slots=True, repr=False)
class UnknownEvent(Event):
    """An event we do not know, or one whose elements do not fit it: kept with all its fields."""

    answerable = False

    fields: Fields = field(default_factory=dict, hash=False)

    def _distinction(self) -> str:
        return digest_of(self.fields)


EVENTS: tuple[type[Event], ...] = (
    *(Subscribe, Unsubscribe, Scan, LocationReport),
    *(Click, View, ScanCode, MenuPictures, LocationSelect),
)
