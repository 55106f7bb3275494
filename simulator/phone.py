"""A phone in the terminal: `python -m simulator.phone --openid X`; lines in, answers out."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Any

import aiohttp

from simulator.words import table, word

BASE = "http://127.0.0.1:8090"
POLL_SECONDS = 1.0


class TerminalPhone:
    """One person's phone on a platform elsewhere; prints what appears on it and is not their own."""

    def __init__(self, session: aiohttp.ClientSession, openid: str) -> None:
        self._session = session
        self._here = f"/sim/phones/{openid}"
        self._openid = openid
        self._seen = 0

    async def start(self) -> None:
        """Make sure the phone exists; what is on it already is not printed again."""
        await self._post("/sim/phones", {"openid": self._openid, "name": self._openid})
        entries = await self._entries()
        self._seen = entries[-1]["seq"] if entries else 0

    async def line(self, text: str) -> bool:
        """Do what one typed line asks for; False when the person puts the phone down."""
        command, _, rest = text.strip().partition(" ")
        deed = table()["console"]["commands"].get(command)
        if deed == "quit":
            return False
        if deed == "help" or (deed is None and command.startswith("/")):
            print(word("console", "say_help"))
        elif deed == "screen":
            self._seen = 0
        elif text.strip():
            await self._do(deed or "say", rest.strip() if deed else text.strip())
        await self.look()
        return True

    async def look(self) -> None:
        """Print what is new."""
        for entry in await self._entries():
            if entry["seq"] > self._seen:
                self._seen = entry["seq"]
                if entry["kind"] != "sent":
                    print(_spoken(entry), flush=True)

    async def _do(self, deed: str, rest: str) -> None:
        asked = {"say": {"text": rest}, "scan": {"scene": rest}, "tap": {"name": rest}}.get(deed, {})
        came = await self._post(f"{self._here}/{deed}", asked)
        if "error" in came:
            print(f"{word('console', 'fault')} {came['error']}", flush=True)
        elif came["verdict"] == "silent":
            print(word("console", "silent"), flush=True)

    async def _post(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        async with self._session.post(path, json=asked) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    async def _entries(self) -> list[dict[str, Any]]:
        async with self._session.get(f"{self._here}/screen", params={"after": str(self._seen)}) as response:
            entries: list[dict[str, Any]] = await response.json()
            return entries


def _spoken(entry: dict[str, Any]) -> str:
    """One entry as lines of text."""
    title = f"[{entry['title']}] " if "title" in entry else ""
    text = entry["text"] or entry.get("type", entry["kind"])
    address = f" {entry['url']}" if "url" in entry else ""
    return f"< {title}{text}{address}"


async def hold(base: str, openid: str) -> int:
    """Read lines until the end of the input; in between, print what arrives by itself."""
    async with aiohttp.ClientSession(base) as session:
        phone = TerminalPhone(session, openid)
        try:
            await phone.start()
            watching = asyncio.create_task(_watch(phone)) if sys.stdin.isatty() else None
            await _read_lines(phone)
        except aiohttp.ClientError:
            print(word("console", "away"), file=sys.stderr)
            return 1
        if watching:
            watching.cancel()
    return 0


async def _read_lines(phone: TerminalPhone) -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        if not await phone.line(line):
            return


async def _watch(phone: TerminalPhone) -> None:
    while True:
        await asyncio.sleep(POLL_SECONDS)
        await phone.look()


def main() -> int:
    """Parse the options and hold the phone; 1 when the platform is not there."""
    parser = argparse.ArgumentParser(prog="python -m simulator.phone", description=__doc__)
    parser.add_argument("--openid", required=True)
    parser.add_argument("--base", default=BASE, help=f"where the platform is; default {BASE}")
    options = parser.parse_args()
    return asyncio.run(hold(options.base, options.openid))


if __name__ == "__main__":
    sys.exit(main())
