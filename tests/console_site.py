"""A browser without a screen: keeps its cookies, finds the form's token, and reads the page as words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from console import rooms
from console.desk import DOORS, Doors
from kit import clock
from kit.county import County
from kit.shelf import Shelf
from models.database import transaction
from models.people.members import Person
from services.people import login_codes
from wechat.errors import WeChatError


@dataclass(frozen=True)
class Drawn:
    """A QR code of the platform, drawn by nobody."""

    url: str


@dataclass(frozen=True)
class Came:
    """Whose browser the platform says it is."""

    openid: str
    is_snapshot: bool = False


@dataclass
class Shown:
    """One page: its status, its words, its headers."""

    status: int
    text: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Browser:
    """One browser at one desk."""

    site: TestServer
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    attributes: list[str] = field(default_factory=list)
    here: str = ""

    async def look(self, path: str, **headers: str) -> Shown:
        """A page, as by a click."""
        return await self._ask("GET", path, None, headers)

    async def send(self, path: str, **fields: str) -> Shown:
        """A form, with the token of the page looked at last."""
        return await self._ask("POST", path, {"csrf": self.token, **fields}, {})

    async def _ask(self, method: str, path: str, fields: dict[str, str] | None, headers: dict[str, str]) -> Shown:
        came_from = {"Referer": str(self.site.make_url(self.here))} if self.here else {}
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **came_from, **headers}
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(cookie_jar=jar) as http:
            request = http.request(method, self.site.make_url(path), data=fields, headers=sent, allow_redirects=False)
            async with request as answer:
                self._keep(answer)
                body, status = await answer.read(), answer.status
                text = body.decode("utf-8", "replace")
        self.here = path if (method, status) == ("GET", 200) else self.here
        found = re.search(r'name="csrf" value="(\w+)"', text)
        self.token = found[1] if found else self.token
        return Shown(answer.status, text, dict(answer.headers), body)

    def _keep(self, answer: aiohttp.ClientResponse) -> None:
        self.attributes += answer.headers.getall("Set-Cookie", [])
        for name, cookie in answer.cookies.items():
            self.cookies[name] = cookie.value


@dataclass
class Site:
    """The console alone, on a port of its own; `scenes` are the QR codes that were asked for.

    `visitors` are those who come back from web authorisation, by their codes; `done_again` the parked messages.
    """

    scenes: list[str] = field(default_factory=list)
    folder: Path = Path("unused")
    is_away: bool = False
    done_again: list[int] = field(default_factory=list)
    visitors: dict[str, Came] = field(default_factory=dict)
    server: TestServer | None = None

    async def __aenter__(self) -> Site:
        app = web.Application()
        app[DOORS] = lambda: Doors(
            transaction, County(phone="19900000900"), self._draw, WeChatError, transaction, Shelf(self.folder),
            self._again, lambda state: f"https://open.example/?state={state}", self._came, self._lasting,
            lambda code: f"https://house.example/m/verify/{code}",
        )  # fmt: skip
        app.add_routes(rooms.routes())
        self.server = TestServer(app)
        await self.server.start_server()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.server:
            await self.server.close()

    async def _again(self, number: int, now: datetime) -> str:
        self.done_again.append(number)
        return "done"

    async def _came(self, code: str) -> Came:
        if code not in self.visitors:
            raise WeChatError(40029, "/sns/oauth2/access_token")
        return self.visitors[code]

    async def _lasting(self, scene: str) -> Drawn:
        return await self._draw(scene, 0)

    async def _draw(self, scene: str, seconds: int) -> Drawn:
        if self.is_away:
            raise WeChatError(-1, "/cgi-bin/qrcode/create")
        self.scenes.append(scene)
        return Drawn(f"https://weixin.example/{scene}")

    def browser(self) -> Browser:
        """A fresh browser."""
        assert self.server is not None
        return Browser(self.server)


async def with_code(site: Site, person: Person) -> Browser:
    """Somebody who has come in with the code from the paper."""
    printed = await login_codes.make_code(person, now=clock.now())
    browser = site.browser()
    await browser.look("/console/login")
    shown = await browser.send("/console/login/code", code=printed.code)
    assert shown.status == 303
    return browser
