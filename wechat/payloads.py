"""What our messages to people carry: frozen values that know the platform's JSON for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wechat.packets import legal
from wechat.replies import Article, fit

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Payload:
    """The contents of a customer message or a mass send."""

    def body(self) -> Json:
        """`msgtype` and its object, as a customer message has them."""
        raise NotImplementedError

    def mass_body(self) -> Json:
        """The same for a mass send; raises ValueError for kinds that cannot be sent so."""
        raise ValueError("this kind cannot be sent to many")

    def preview_body(self) -> Json:
        """The same for a preview of a mass send."""
        return self.mass_body()


@dataclass(frozen=True, slots=True)
class Text(Payload):
    """Words; what passes 2048 bytes is cut (`wechat.replies.parts` splits beforehand)."""

    content: str

    def body(self) -> Json:
        """As text."""
        return {"msgtype": "text", "text": {"content": fit(legal(self.content))}}

    def mass_body(self) -> Json:
        """As text."""
        return self.body()


@dataclass(frozen=True, slots=True)
class Image(Payload):
    """A picture uploaded before."""

    media_id: str

    def body(self) -> Json:
        """As one picture."""
        return {"msgtype": "image", "image": {"media_id": self.media_id}}

    def mass_body(self) -> Json:
        """As a job of one picture."""
        images = {"media_ids": [self.media_id], "need_open_comment": 0, "only_fans_can_comment": 0}
        return {"msgtype": "image", "images": images}

    def preview_body(self) -> Json:
        """A preview takes the single form."""
        return self.body()


@dataclass(frozen=True, slots=True)
class Voice(Payload):
    """Speech uploaded before."""

    media_id: str

    def body(self) -> Json:
        """As voice."""
        return {"msgtype": "voice", "voice": {"media_id": self.media_id}}

    def mass_body(self) -> Json:
        """As voice."""
        return self.body()


@dataclass(frozen=True, slots=True)
class Video(Payload):
    """A film uploaded before, with a small picture."""

    media_id: str
    thumb_media_id: str
    title: str = ""
    description: str = ""

    def body(self) -> Json:
        """As video."""
        ids = {"media_id": self.media_id, "thumb_media_id": self.thumb_media_id}
        return {"msgtype": "video", "video": {**ids, "title": self.title, "description": self.description}}


@dataclass(frozen=True, slots=True)
class Music(Payload):
    """Music from an address."""

    thumb_media_id: str
    url: str
    title: str = ""
    description: str = ""

    def body(self) -> Json:
        """As music."""
        words = {"title": self.title, "description": self.description}
        urls = {"musicurl": self.url, "hqmusicurl": self.url}
        return {"msgtype": "music", "music": {**words, **urls, "thumb_media_id": self.thumb_media_id}}


@dataclass(frozen=True, slots=True)
class News(Payload):
    """One card with a picture and a page; the platform takes a list of exactly one."""

    article: Article

    def body(self) -> Json:
        """As news."""
        card = self.article
        words = {"title": card.title, "description": card.description}
        shown = {**words, "url": card.url, "picurl": card.picture_url}
        return {"msgtype": "news", "news": {"articles": [shown]}}


@dataclass(frozen=True, slots=True)
class Choices(Payload):
    """A menu message: lines to tap, each with an id that comes back as `menu_id` of the text."""

    choices: Mapping[str, str]
    head: str = ""
    tail: str = ""

    def body(self) -> Json:
        """As msgmenu."""
        lines = [{"id": name, "content": content} for name, content in self.choices.items()]
        menu = {"head_content": self.head, "list": lines, "tail_content": self.tail}
        return {"msgtype": "msgmenu", "msgmenu": menu}


@dataclass(frozen=True, slots=True)
class MiniProgramCard(Payload):
    """A card that opens a mini program."""

    title: str
    app_id: str
    page: str
    thumb_media_id: str

    def body(self) -> Json:
        """As miniprogrampage."""
        target = {"appid": self.app_id, "pagepath": self.page}
        card = {"title": self.title, **target, "thumb_media_id": self.thumb_media_id}
        return {"msgtype": "miniprogrampage", "miniprogrampage": card}


@dataclass(frozen=True, slots=True)
class PublishedArticle(Payload):
    """An article published in the console: `article_id` to one person, `media_id` of its draft to many."""

    article_id: str = ""
    media_id: str = ""

    def body(self) -> Json:
        """As mpnewsarticle."""
        return {"msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": self.article_id}}

    def mass_body(self) -> Json:
        """As mpnews; originality conflicts do not stop it."""
        return {"msgtype": "mpnews", "mpnews": {"media_id": self.media_id}, "send_ignore_reprint": 1}


@dataclass(frozen=True, slots=True)
class Everybody:
    """All followers: at most 4 such jobs a month and one a day."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """All followers with one tag."""

    tag_id: int


@dataclass(frozen=True, slots=True)
class These:
    """2 to 10 000 followers by name."""

    openids: tuple[str, ...]


Audience = Everybody | Tagged | These
