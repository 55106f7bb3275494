"""Talks to the house's inbox without the network: for tests of what is said, not of how it travels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from bot.inbox import Inbox
from conversation.context import Context, Speaker
from conversation.engine import Engine
from conversation.router import Directory, Router
from kit.county import County
from models.people.accounts import Account
from models.people.members import Person
from wechat.messages import Message, read

_numbers = count(7_000_000_000_000_000_000)


def text_message(openid: str, words: str, now: datetime) -> Message:
    """A text as the platform pushes it."""
    return read(
        {
            "ToUserName": "gh_5a17c0de0001",
            "FromUserName": openid,
            "CreateTime": str(int(now.timestamp())),
            "MsgType": "text",
            "Content": words,
            "MsgId": str(next(_numbers)),
        },
        "<xml/>",
    )


def event(openid: str, name: str, now: datetime, **fields: str) -> Message:
    """An event as the platform pushes it."""
    head = {"ToUserName": "gh_5a17c0de0001", "FromUserName": openid, "CreateTime": str(int(now.timestamp()))}
    return read({**head, "MsgType": "event", "Event": name, **fields}, "<xml/>")


def spoken(person: Person, words: str, now: datetime) -> Context:
    """One text from the person's own account, as a room alone hears it."""
    county = County()
    account = Account(openid="oPhone", first_seen=now, consented=county.privacy_version)
    return Context(account, text_message("oPhone", words, now), now, county, words, (Speaker(person, "self"),))


@dataclass
class Talk:
    """A running inbox and a clock that moves a second with each message."""

    inbox: Inbox
    now: datetime
    posted: list[int] = field(default_factory=list)

    async def say(self, openid: str, words: str) -> str:
        """What the account answers to these words."""
        self.now += timedelta(seconds=1)
        return await self.inbox.take(text_message(openid, words, self.now), self.now)

    async def push(self, openid: str, name: str, **fields: str) -> str:
        """What the account answers to this event."""
        self.now += timedelta(seconds=1)
        return await self.inbox.take(event(openid, name, self.now, **fields), self.now)


async def open_talk(routers: Sequence[Router], now: datetime, county: County | None = None) -> Talk:
    """An inbox with these routers, started."""
    posted: list[int] = []

    async def hand_out(ids: Sequence[int]) -> None:
        posted.extend(ids)

    inbox = Inbox(Engine(Directory.of(routers)), county or County(), lanes=1, hand_out=hand_out)
    await inbox.start()
    return Talk(inbox, now, posted)
