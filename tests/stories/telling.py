"""Tells a story to the running house through the phones of the pretend platform, and holds every answer to it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cast import SEED

from tests.stories.reading import Beat, Story
from tests.whole.phones import Entry, Phones

_SLIP = re.compile(r"\{绑定条:(.+?)\}")
_DEEDS = {
    "关注": "follow",
    "取消关注": "unfollow",
    "扫码": "scan",
    "点菜单": "tap",
    "语音": "voice",
    "图片": "picture",
    "表情": "sticker",
    "位置": "location",
    "链接": "link",
}
_SHOWN_AS = {"[图片]": "image", "[语音]": "voice"}
_ARGUMENT = {"scan": "scene", "tap": "name"}
PATIENCE = 60.0
SETTLING = 0.3
"""What is on the screen is noted in the house a moment later."""

Slip = Callable[[str], Awaitable[str]]
Rest = Callable[[], Awaitable[None]]


async def _no_rest() -> None:
    """A house in one process follows the clock by itself."""


def seed_of(story: Story) -> dict[str, Any]:
    """The fixed cast and whoever else this story has."""
    return {name: [*SEED.get(name, []), *story.roster.get(name, [])] for name in SEED | story.roster}


def openids(seed: dict[str, Any]) -> dict[str, str]:
    """Everybody's account by name."""
    people = [*seed["members"], *seed.get("staff", [])]
    people += [contact for one in people for contact in one.get("contacts", [])]
    return {one["name"]: one["openid"] for one in people if one.get("openid")}


@dataclass
class Teller:
    """One story being told."""

    story: Story
    phones: Phones
    slip: Slip
    rest: Rest = _no_rest
    names: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    said: list[str] = field(default_factory=list)

    async def tell(self) -> None:
        """From the first line to the last. Raises `AssertionError` with the line and what was said until then."""
        for beat in self.story.beats:
            try:
                await getattr(self, f"_{beat.kind}")(beat)
            except AssertionError as exc:
                so_far = "\n".join(self.said[-12:])
                raise AssertionError(f"{self.story.name}.story:{beat.line}: {exc}\n--- so far\n{so_far}") from None

    async def lay_out(self) -> None:
        """Everybody's phone on the table; by default all of them wrote this morning, so that chat is open."""
        self.names = openids(seed_of(self.story))
        for name, openid in self.names.items():
            await self.phones.put(openid, name, following=True)
            if self.story.windows_open:
                await self.phones.say(openid, "你好")
        for scene in ("community:guihua", "community:liutang"):
            await self.phones.code(scene)

    async def _phone(self, who: str, *, following: bool) -> str:
        """The account behind a name; a new phone for a name without one."""
        if who not in self.names:
            self.names[who] = f"oStory{len(self.names):03}{abs(hash(who)) % 10**9:09}"
            await self.phones.put(self.names[who], who, following=following)
        return self.names[who]

    async def _says(self, beat: Beat) -> None:
        openid = await self._phone(beat.who, following=True)
        words = beat.words
        for name in _SLIP.findall(words):
            words = words.replace(f"{{绑定条:{name}}}", await self.slip(name))
        self.answer = await self.phones.say(openid, words)
        self._noted(beat.who, words)

    async def _does(self, beat: Beat) -> None:
        deed = _DEEDS[beat.words]
        openid = await self._phone(beat.who, following=deed not in ("follow", "scan"))
        asked = {_ARGUMENT[deed]: beat.argument} if deed in _ARGUMENT else {}
        self.answer = str((await self.phones.do(openid, deed, **asked))["reply"] or "")
        self._noted(beat.who, f"[{beat.words} {beat.argument}]")

    async def _hears(self, beat: Beat) -> None:
        lines = self.answer.splitlines() if self.answer else ["[不回]"]
        expected = beat.expected[:-1] if beat.expected[-1] == "…" else beat.expected
        if beat.expected[-1] == "…":
            lines = lines[: len(expected)]
        fits = len(lines) == len(expected) and all(map(_fits, lines, expected))
        assert fits, f"\nexpected {beat.expected}\nanswered {self.answer.splitlines()}"

    async def _arrives(self, beat: Beat) -> None:
        openid = await self._phone(beat.who, following=True)
        try:
            await self.phones.until(openid, lambda entry: _is(entry, beat.expected), PATIENCE)
        except AssertionError as exc:
            raise AssertionError(f"{beat.who} << {beat.expected}: {exc}") from None
        self.said.append(f"{beat.who} << {beat.expected[0]}")
        await asyncio.sleep(SETTLING)

    async def _ails(self, beat: Beat) -> None:
        if beat.argument:
            await self.phones.call("POST", "/sim/faults", json.loads(beat.argument))
        else:
            await self.phones.call("DELETE", "/sim/faults")

    async def _passes(self, beat: Beat) -> None:
        await self._moves(by=beat.span.total_seconds())

    async def _comes(self, beat: Beat) -> None:
        await self._moves(to=(beat.moment - datetime.now(UTC)).total_seconds())

    async def _moves(self, **clock: float) -> None:
        """What was due is done before the clock moves, and what the move made due before anybody speaks."""
        await self.rest()
        await self.phones.move_clock(**clock)
        await self.rest()

    def _noted(self, who: str, words: str) -> None:
        self.said += [f"{who} > {words}", *(f"< {line}" for line in self.answer.splitlines())]


def _fits(line: str, expected: str) -> bool:
    """Whether the line is as told; … stands for any words."""
    return re.fullmatch(".*".join(map(re.escape, expected.split("…"))), line) is not None


def _is(entry: Entry, expected: list[str]) -> bool:
    """Whether this arrival is the expected one; several notices may have come as one message."""
    if len(expected) == 1 and expected[0] in _SHOWN_AS:
        return entry.get("type") == _SHOWN_AS[expected[0]]
    for part in str(entry["text"]).split("\n\n"):
        lines = part.splitlines()
        if len(lines) >= len(expected) and all(map(_fits, lines, expected)):
            return True
    return False
