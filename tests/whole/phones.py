"""Hands on the phones of the pretend platform, over its own HTTP control."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp

from tests.whole.town import ACCOUNT

Entry = dict[str, Any]

TOKEN_WISH = {
    "grant_type": "client_credential",
    "appid": ACCOUNT["JINQIU_WECHAT_APP_ID"],
    "secret": ACCOUNT["JINQIU_WECHAT_SECRET"],
}
UNASKED = ("customer", "template", "subscription", "mass")


class Phones:
    """Everything a person can do, and what stands on the screens."""

    def __init__(self, http: aiohttp.ClientSession, platform: str) -> None:
        self._http, self._platform = http, platform
        self._taken: set[int] = set()

    async def put(self, openid: str, name: str, *, following: bool) -> None:
        """A phone on the table."""
        await self.call("POST", "/sim/phones", {"openid": openid, "name": name, "following": following})

    async def do(self, openid: str, deed: str, **asked: Any) -> Entry:
        """One deed; what came of it."""
        result: Entry = await self.call("POST", f"/sim/phones/{openid}/{deed}", asked)
        assert "error" not in result, f"{deed}: {result['error']}"
        return result

    async def say(self, openid: str, words: str) -> str:
        """The answer to these words, empty for silence."""
        return str((await self.do(openid, "say", text=words))["reply"] or "")

    async def arrived(self, openid: str) -> list[Entry]:
        """What arrived unasked on this screen and was not taken yet."""
        screen: list[Entry] = await self.call("GET", f"/sim/phones/{openid}/screen")
        fresh = [one for one in screen if one["seq"] not in self._taken]
        return [one for one in fresh if one["kind"] in UNASKED]

    async def code(self, scene: str) -> None:
        """A QR code of the account hangs on a wall, as one made in the platform's console would."""
        found = await self.call("POST", "/cgi-bin/stable_token", TOKEN_WISH)
        wanted = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}
        await self.call("POST", f"/cgi-bin/qrcode/create?access_token={found['access_token']}", wanted)

    async def move_clock(self, *, by: float | None = None, to: float | None = None) -> None:
        """Move the clock of platform and house on by seconds, or set it to an offset from the wall clock."""
        await self.call("POST", "/sim/clock", {"seconds": by} if by is not None else {"offset": to})

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """Any call of the control API."""
        async with self._http.request(method, self._platform + path, json=body) as answer:
            return await answer.json(content_type=None)

    async def until(self, openid: str, fits: Callable[[Entry], bool], seconds: float = 10.0) -> Entry:
        """Take the first arrival on this screen that fits. Raises `AssertionError` with what arrived instead."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while True:
            entries = await self.arrived(openid)
            for entry in entries:
                if fits(entry):
                    self._taken.add(int(entry["seq"]))
                    return entry
            if loop.time() > until:
                shown = [one["text"] for one in entries]
                raise AssertionError(f"nothing that fits within {seconds:.0f} s; arrived: {shown}")
            await asyncio.sleep(0.1)
