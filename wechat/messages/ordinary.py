"""The kinds of message a person can send (wechat.md §2.3)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from typing import ClassVar

from wechat.messages.head import Message, bounded, decimal, digest, digest_of, element, whole
from wechat.packets import Fields

_PHRASES = tomllib.loads(files("wechat").joinpath("phrases.toml").read_text("utf-8"))
UNSUPPORTED_TEXTS = frozenset(_PHRASES["unsupported"])


@dataclass(frozen=True, slots=True, repr=False)
class Ordinary(Message):
    """A message somebody sent. `msg_id`: up to 19 digits; the article fields are set if it comes from one."""

    msg_type: ClassVar[str] = ""

    msg_id: str = element("MsgId")
    article: str = element("MsgDataId")
    article_index: int = element("Idx", whole)

    @property
    def kind(self) -> str:
        """The platform's MsgType."""
        return self.msg_type

    @property
    def identity(self) -> str:
        """MsgId, which is unique per sender only."""
        return bounded(self.msg_id) or f"{self.created}.{self.kind}.{digest(self.raw)}"


@dataclass(frozen=True, slots=True, repr=False)
class Text(Ordinary):
    """Words, spaces kept as sent. `menu_id` is set when a line of a menu message was tapped."""

    msg_type = "text"

    content: str = element("Content")
    menu_id: str = element("bizmsgmenuid")


@dataclass(frozen=True, slots=True, repr=False)
class Unsupported(Text):
    """A sticker or another kind the client could not forward: the platform's own text stands in `content`."""


@dataclass(frozen=True, slots=True, repr=False)
class Image(Ordinary):
    """A picture, to be had by `media_id` for 3 days. The URL is never fetched (X7)."""

    msg_type = "image"

    media_id: str = element("MediaId")
    picture_url: str = element("PicUrl")


@dataclass(frozen=True, slots=True, repr=False)
class Voice(Ordinary):
    """Speech, `encoding` is amr or speex; the platform no longer recognises the words in it."""

    msg_type = "voice"

    media_id: str = element("MediaId")
    encoding: str = element("Format")
    media_id_16k: str = element("MediaId16K")


@dataclass(frozen=True, slots=True, repr=False)
class Video(Ordinary):
    """A film."""

    msg_type = "video"

    media_id: str = element("MediaId")
    thumb_media_id: str = element("ThumbMediaId")


@dataclass(frozen=True, slots=True, repr=False)
class ShortVideo(Video):
    """A film taken in the chat."""

    msg_type = "shortvideo"


@dataclass(frozen=True, slots=True, repr=False)
class Location(Ordinary):
    """A place somebody sent; degrees."""

    msg_type = "location"

    latitude: float = element("Location_X", decimal, "0")
    longitude: float = element("Location_Y", decimal, "0")
    scale: int = element("Scale", whole)
    label: str = element("Label")


@dataclass(frozen=True, slots=True, repr=False)
class Link(Ordinary):
    """A shared page."""

    msg_type = "link"

    title: str = element("Title")
    description: str = element("Description")
    url: str = element("Url")


@dataclass(frozen=True, slots=True, repr=False)
class File(Ordinary):
    """A file; the platform gives no way to fetch it."""

    msg_type = "file"

    title: str = element("Title")
    description: str = element("Description")
    file_key: str = element("FileKey")
    md5: str = element("FileMd5")
    size: int = element("FileTotalLen", whole)


@dataclass(frozen=True, slots=True, repr=False)
class MiniProgramPage(Ordinary):
    """A shared page of a mini program."""

    msg_type = "miniprogrampage"

    title: str = element("Title")
    app_id: str = element("AppId")
    page: str = element("PagePath")
    thumb_url: str = element("ThumbUrl")
    thumb_media_id: str = element("ThumbMediaId")


@dataclass(frozen=True, slots=True, repr=False)
class Unknown(Ordinary):
    """A kind we do not know, or one whose elements do not fit it: kept with all its fields, never a crash."""

    name: str = ""
    fields: Fields = field(default_factory=dict, hash=False)

    @property
    def kind(self) -> str:
        """The MsgType that was sent, in lower case; of one longer than any known a short stand-in."""
        return bounded(self.name)

    @property
    def identity(self) -> str:
        """MsgId, else a name made of everything that was sent."""
        return bounded(self.msg_id) or f"{self.created}.{digest_of(self.fields)}"


MESSAGES: dict[str, type[Ordinary]] = {
    kind.msg_type: kind for kind in (Text, Image, Voice, Video, ShortVideo, Location, Link, File, MiniProgramPage)
}
