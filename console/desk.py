"""One request of somebody who works at the console: who, how far they reach, when, and under which numbers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from aiohttp import web

import texts
from console.pages import page
from kit.clock import local_day
from kit.county import County
from kit.errors import Refusal
from kit.shelf import Shelf
from services.people import access, logins


class Scene(Protocol):
    """A QR code of the platform, as far as a page draws it."""

    @property
    def url(self) -> str:
        """What the code says."""


class Visitor(Protocol):
    """Whose browser came back from the platform, as far as a page asks."""

    @property
    def openid(self) -> str:
        """The account."""

    @property
    def is_snapshot(self) -> bool:
        """A preview with a made-up account: nobody is known by it."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What the house lends to its pages: a transaction (one, or the portions of long work), the county's
    numbers, the account's own QR codes, a shelf for files between two clicks, and one more attempt at a parked
    message (`done` or `parked`, in transactions of its own). Members come in by the platform's web authorisation:
    where to send a browser with our `state`, and whose it is that comes back with a code. Paper carries a code
    that lasts, and the page that verifies a certificate."""

    transaction: Callable[[], AbstractAsyncContextManager[Any]]
    county: County
    qr_code: Callable[[str, int], Awaitable[Scene]]
    platform_errors: type[Exception]
    portion: Callable[[], AbstractAsyncContextManager[Any]]
    shelf: Shelf
    do_again: Callable[[int, datetime], Awaitable[str]]
    member_way: Callable[[str], str]
    member_who: Callable[[str], Awaitable[Visitor]]
    lasting_code: Callable[[str], Awaitable[Scene]]
    verify_link: Callable[[str], str]


DOORS: web.AppKey[Callable[[], Doors]] = web.AppKey("console_doors")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a page needs to know; made anew for each request."""

    request: web.Request
    doors: Doors
    opened: logins.Opened
    now: datetime
    csrf: str

    @property
    def reach(self) -> access.Reach:
        """How far this person's hand reaches today."""
        return self.opened.reach

    @property
    def today(self) -> date:
        """The day in the county."""
        return local_day(self.now)

    @property
    def seconds_left(self) -> int:
        """How long the session goes on if nothing more is done."""
        return max(0, int((self.opened.until - self.now).total_seconds()))

    async def form(self) -> Mapping[str, str]:
        """The fields of the form that was sent; files are left out."""
        sent = await self.request.post()
        return {name: value for name, value in sent.items() if isinstance(value, str)}

    def show(self, template: str, *, status: int = 200, **facts: Any) -> web.Response:
        """A page of the console, with its frame."""
        is_here = self.request.path
        frame = {"me": self.opened.person.name, "csrf": self.csrf, "here": is_here, "today": self.today,
                 "seconds_left": self.seconds_left}  # fmt: skip
        done = texts.section("console", "say").get(f"done_{self.request.query.get('done', '')}", "")
        return page(f"console/{template}", frame | {"said": done} | facts, status=status)

    def back(self, path: str, done: str) -> web.Response:
        """After a change: to the list again, where `console.done_…` says what was done; nothing private in the URL."""
        mark = "&" if "?" in path else "?"
        return web.Response(status=303, headers={"Location": f"{path}{mark}done={done}"})

    def whole(self, name: str, lowest: int = 0) -> int:
        """A whole number of the address; raises `access.unknown` for anything else, as for what does not exist."""
        said = self.request.match_info.get(name) or self.request.query.get(name) or str(lowest)
        if not said.isascii() or not said.isdigit() or len(said) > 9:
            raise Refusal("access.unknown")
        return max(lowest, int(said))


Page = Callable[[Desk], Awaitable[web.StreamResponse]]
