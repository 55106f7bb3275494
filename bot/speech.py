"""Turns a voice into words, where the county switched that on: by a service over HTTP, or a program on this machine.

Off by default. Nothing is contacted but the address in `county.toml`; what comes back is only ever a suggestion
that is read back to whoever spoke.
"""

from __future__ import annotations

import asyncio
import json
import shlex
from typing import Any, Protocol

import aiohttp
import structlog

from kit.county import SpeechNumbers

log = structlog.get_logger()

MOST_SOUND = 2 << 20
_MOST_ANSWER = 64 << 10
_MOST_WORDS = 300


class Speech(Protocol):
    """Hears one recording."""

    async def words(self, sound: bytes, content_type: str) -> str:
        """What is said in it; empty when nothing was recognised, whatever the reason."""


def speech_of(numbers: SpeechNumbers, http: aiohttp.ClientSession) -> Speech | None:
    """The county's way of hearing; None where it has none."""
    if numbers.url:
        return HttpSpeech(numbers, http)
    return ProgramSpeech(numbers) if numbers.command else None


class HttpSpeech:
    """A service: the recording goes there as the body of a POST, and the words come back as JSON."""

    def __init__(self, numbers: SpeechNumbers, http: aiohttp.ClientSession) -> None:
        self._numbers, self._http = numbers, http

    async def words(self, sound: bytes, content_type: str) -> str:
        """The words at the place `answer` of the JSON that comes back (`"result.0.text"`)."""
        try:
            found = await self._asked(sound, content_type)
            return _clean(_at(found, self._numbers.answer))
        except (aiohttp.ClientError, TimeoutError, ValueError, LookupError, TypeError) as exc:
            # Neither address nor words: only that a person must listen.
            log.warning("speech.not_heard", why=type(exc).__name__)
            return ""

    async def _asked(self, sound: bytes, content_type: str) -> Any:
        limit = aiohttp.ClientTimeout(total=self._numbers.seconds)
        headers = {"Content-Type": content_type, **self._numbers.headers}
        async with self._http.post(
            self._numbers.url, data=sound, headers=headers, timeout=limit, allow_redirects=False
        ) as answer:
            if answer.status != 200:
                raise ValueError(answer.status)
            return json.loads(await answer.content.read(_MOST_ANSWER))


class ProgramSpeech:
    """A program on this machine: it reads the recording from its input and prints the words. Nothing leaves here."""

    def __init__(self, numbers: SpeechNumbers) -> None:
        self._numbers = numbers

    async def words(self, sound: bytes, content_type: str) -> str:
        """What the program printed; a program that fails or takes too long has heard nothing."""
        try:
            process = await asyncio.create_subprocess_exec(
                *shlex.split(self._numbers.command),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as exc:
            log.error("speech.no_program", why=type(exc).__name__)
            return ""
        try:
            printed, _ = await asyncio.wait_for(process.communicate(sound), self._numbers.seconds)
        except TimeoutError:
            process.kill()
            await process.wait()
            log.warning("speech.not_heard", why="TimeoutError")
            return ""
        return _clean(printed[:_MOST_ANSWER].decode("utf-8", "replace")) if process.returncode == 0 else ""


def _at(found: Any, place: str) -> str:
    for step in place.split("."):
        found = found[int(step)] if isinstance(found, list) else found[step]
    return str(found)


def _clean(words: str) -> str:
    return " ".join(words.split())[:_MOST_WORDS]
