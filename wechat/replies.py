"""The passive replies: frozen values, as XML that no content can break out of and no length can spoil.

wechatpy's replies leave `]]>` and control characters as they are, and do not know the limits (wechat.md
§6.1): text of a member could add elements, or turn the whole answer into the platform's fault notice. So
these stand in front; our tests read them back with wechatpy.
"""

from __future__ import annotations

from dataclasses import dataclass

from wechat.messages import Event, Message
from wechat.packets import cdata, legal

SUCCESS = "success"
"""The body that says: taken, nothing to show, do not repeat."""
TEXT_LIMIT = 2048
"""Bytes of UTF-8 a text may have; measured, longer ones become the fault notice."""


def fit(text: str, limit: int = TEXT_LIMIT) -> str:
    """`text` cut to `limit` bytes of UTF-8, never inside a character nor inside a link."""
    if len(text) * 4 <= limit:
        return text
    encoded = legal(text).encode("utf-8")
    if len(encoded) <= limit:
        return text
    cut = encoded[:limit].decode("utf-8", "ignore")
    link = cut.rfind("<a ")
    return cut[:link] if link >= 0 and "</a>" not in cut[link:] else cut


def parts(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """`text` in pieces of at most `limit` bytes, broken at line ends where one is near; nothing is lost."""
    pieces: list[str] = []
    while len(text.encode("utf-8")) > limit:
        piece = fit(text, limit) or text[: limit // 4]
        line_end = piece.rfind("\n")
        piece = piece[: line_end + 1] if line_end > len(piece) // 2 else piece
        pieces.append(piece)
        text = text[len(piece) :]
    return [*pieces, text] if text else pieces


@dataclass(frozen=True, slots=True)
class Reply:
    """What the platform shows to the person as the answer to a push."""

    def body(self, message: Message) -> str:
        """The elements after the head, MsgType included; empty means there is nothing to show."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Nothing(Reply):
    """Taken, and nothing to show."""

    def body(self, message: Message) -> str:
        """No elements."""
        return ""


@dataclass(frozen=True, slots=True)
class TextReply(Reply):
    """Words, at most `TEXT_LIMIT` bytes are shown; line breaks and `<a href>` are allowed."""

    content: str

    def body(self, message: Message) -> str:
        """The text; no elements for an empty one, which the platform would answer with its fault notice."""
        content = fit(self.content)
        if not legal(content).strip():
            return ""
        return f"<MsgType><![CDATA[text]]></MsgType><Content>{cdata(content)}</Content>"


@dataclass(frozen=True, slots=True)
class ImageReply(Reply):
    """A picture uploaded before (no moving ones)."""

    media_id: str

    def body(self, message: Message) -> str:
        """The picture's id."""
        return _media("image", "Image", MediaId=self.media_id)


@dataclass(frozen=True, slots=True)
class VoiceReply(Reply):
    """Speech uploaded before."""

    media_id: str

    def body(self, message: Message) -> str:
        """The recording's id."""
        return _media("voice", "Voice", MediaId=self.media_id)


@dataclass(frozen=True, slots=True)
class VideoReply(Reply):
    """A film uploaded before."""

    media_id: str
    title: str = ""
    description: str = ""

    def body(self, message: Message) -> str:
        """The film's id and its words."""
        return _media("video", "Video", MediaId=self.media_id, Title=self.title, Description=self.description)


@dataclass(frozen=True, slots=True)
class MusicReply(Reply):
    """Music from an address, with a small picture uploaded before."""

    thumb_media_id: str
    title: str = ""
    description: str = ""
    url: str = ""
    hq_url: str = ""

    def body(self, message: Message) -> str:
        """The addresses, the words and the picture's id."""
        words = {"Title": self.title, "Description": self.description, "MusicUrl": self.url}
        return _media("music", "Music", **words, HQMusicUrl=self.hq_url, ThumbMediaId=self.thumb_media_id)


@dataclass(frozen=True, slots=True)
class Article:
    """One card of a `NewsReply`."""

    title: str
    description: str = ""
    picture_url: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class NewsReply(Reply):
    """Cards with a picture and a page: one in answer to a message, up to eight to an event."""

    articles: tuple[Article, ...]

    def body(self, message: Message) -> str:
        """As many cards as the platform takes here."""
        shown = self.articles[: 8 if isinstance(message, Event) else 1]
        if not shown:
            return ""
        cards = "".join(f"<item>{_card(article)}</item>" for article in shown)
        count = f"<ArticleCount>{len(shown)}</ArticleCount>"
        return f"<MsgType><![CDATA[news]]></MsgType>{count}<Articles>{cards}</Articles>"


@dataclass(frozen=True, slots=True)
class Transfer(Reply):
    """Hands this message to the human agents, or to the one named."""

    account: str = ""

    def body(self, message: Message) -> str:
        """The agent's account, if any."""
        agent = f"<TransInfo><KfAccount>{cdata(self.account)}</KfAccount></TransInfo>" if self.account else ""
        return f"<MsgType><![CDATA[transfer_customer_service]]></MsgType>{agent}"


def render(reply: Reply, message: Message, now: float) -> str:
    """The body that answers `message` with `reply`; `now` in seconds since 1970.

    It is `SUCCESS` where there is nothing to show, and where the platform shows no answer to such a push.
    """
    body = reply.body(message) if message.answerable else ""
    if not body:
        return SUCCESS
    return (
        f"<xml><ToUserName>{cdata(message.openid)}</ToUserName><FromUserName>{cdata(message.to)}</FromUserName>"
        f"<CreateTime>{int(now)}</CreateTime>{body}</xml>"
    )


def _media(msg_type: str, wrapper: str, **elements: str) -> str:
    inner = "".join(f"<{name}>{cdata(value)}</{name}>" for name, value in elements.items() if value)
    return f"<MsgType><![CDATA[{msg_type}]]></MsgType><{wrapper}>{inner}</{wrapper}>"


def _card(article: Article) -> str:
    named = {"Title": article.title, "Description": article.description}
    named |= {"PicUrl": article.picture_url, "Url": article.url}
    return "".join(f"<{name}>{cdata(value)}</{name}>" for name, value in named.items())
