"""The people: each a phone with what it shows, whether it follows, and what it allowed."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from simulator.state.clock import Clock
from simulator.state.windows import Windows

SCREEN_LENGTH = 400

Entry = dict[str, Any]


@dataclass
class Phone:
    """One person as the platform knows them; `screen` is the chat from oldest to newest."""

    openid: str
    name: str
    windows: Windows
    following: bool = False
    blocked: bool = False
    blacklisted: bool = False
    client: str = "android"
    unionid: str = ""
    since: int = 0
    scene: str = ""
    scene_kind: str = "ADD_SCENE_SEARCH"
    remark: str = ""
    tags: list[int] = field(default_factory=list)
    subscriptions: dict[str, int] = field(default_factory=dict)
    mass_sends: dict[str, int] = field(default_factory=dict)
    heard_at: float = 0.0
    typing_until: float = 0.0
    screen: deque[Entry] = field(default_factory=lambda: deque(maxlen=SCREEN_LENGTH))

    def card(self) -> dict[str, Any]:
        """What the phone page and tests see of the person."""
        return {
            "openid": self.openid,
            "name": self.name,
            "following": self.following,
            "blocked": self.blocked,
            "blacklisted": self.blacklisted,
            "client": self.client,
            "tags": list(self.tags),
        }


class Phones:
    """All phones by openid, and the one place where something appears on a screen."""

    def __init__(self, clock: Clock, new_windows: Callable[[], Windows]) -> None:
        self._clock = clock
        self._new_windows = new_windows
        self._all: dict[str, Phone] = {}
        self._shown = 0
        self.watchers: set[Callable[[dict[str, Any]], None]] = set()

    def __iter__(self) -> Iterator[Phone]:
        return iter(self._all.values())

    def __len__(self) -> int:
        return len(self._all)

    def get(self, openid: object) -> Phone | None:
        return self._all.get(openid) if isinstance(openid, str) else None

    def create(self, name: str, openid: str = "", following: bool = False) -> Phone:
        """A new phone; a known openid gives the phone that is there."""
        known = self._all.get(openid)
        if known is not None:
            return known
        phone = Phone(openid or _new_openid(), name, self._new_windows())
        self._all[phone.openid] = phone
        if following:
            self.follow(phone)
        self.tell({"event": "phone", **phone.card()})
        return phone

    def remove(self, phone: Phone) -> None:
        self._all.pop(phone.openid, None)

    def follow(self, phone: Phone, scene: str = "", scene_kind: str = "ADD_SCENE_SEARCH") -> None:
        phone.following = True
        phone.since = int(self._clock.now())
        phone.scene, phone.scene_kind = scene, scene_kind
        self.tell({"event": "phone", **phone.card()})

    def unfollow(self, phone: Phone) -> None:
        """Leaving ends every window and every permission (wechat.md §2.4)."""
        phone.following = False
        phone.tags.clear()
        phone.windows.close()
        self.tell({"event": "phone", **phone.card()})

    def show(self, phone: Phone, kind: str, text: str = "", **facts: Any) -> Entry:
        """Let something appear on the phone; empty facts are left out."""
        self._shown += 1
        entry: Entry = {"seq": self._shown, "kind": kind, "text": text, "at": round(self._clock.now(), 3)}
        entry.update({key: fact for key, fact in facts.items() if fact not in ("", None)})
        phone.screen.append(entry)
        self.tell({"event": "entry", "openid": phone.openid, "entry": entry})
        return entry

    def tell(self, news: dict[str, Any]) -> None:
        """Pass a change on to whoever looks at the page right now."""
        for watcher in tuple(self.watchers):
            watcher(news)


def _new_openid() -> str:
    return "o" + secrets.token_urlsafe(21)[:27]
