"""Short messages (短信): one port and its two adapters, a gateway the county describes and a file for trying it out."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import aiohttp
import structlog

import texts
from kit import clock
from wechat.errors import OutcomeUnknown, Ruling, Verdict, WeChatError

log = structlog.get_logger()

_API = "sms/message/"
_SECONDS = 10
_LONGEST = 300
_MOST_BYTES = 65_536


class Sms(Protocol):
    """What can send a short message."""

    async def send(self, phone: str, words: str, *, once: str) -> str:
        """Send the words under the idempotency id `once`; the gateway's id, if it gives one.

        Raises `WeChatError` like the platform's client: RETRY where nothing was sent, FINAL where the gateway says
        no, `OutcomeUnknown` where nobody knows.
        """


@dataclass(frozen=True, slots=True)
class Gateway:
    """How to call any gateway that takes one HTTP request a message.

    `{phone}`, `{words}` and `{once}` in the address, the headers and the body are filled in: as JSON strings' insides
    where the body is JSON, percent-encoded elsewhere. `accepted` must occur in the answer; empty: any 2xx is a yes.
    """

    url: str
    body: str = ""
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    accepted: str = ""
    phone: str = ""

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON, by its own look."""
        return self.body.lstrip().startswith(("{", "["))


@dataclass(slots=True)
class HttpSms:
    """Sends through a gateway; `http` follows no redirects and reads no more than it needs (promise X7)."""

    gateway: Gateway
    http: aiohttp.ClientSession

    async def send(self, phone: str, words: str, *, once: str) -> str:
        """One request. Neither number nor words are ever logged."""
        gateway, known = self.gateway, {"phone": phone, "words": sms_text(words, self.gateway.phone), "once": once}
        url = _filled(gateway.url, known, is_json=False)
        body = _filled(gateway.body, known, is_json=gateway.is_json).encode()
        headers = {"Content-Type": _kind(gateway), **gateway.headers}
        try:
            async with self.http.request(
                gateway.method, url, data=body or None, headers=headers, allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=_SECONDS),
            ) as answer:  # fmt: skip
                said = (await answer.content.read(_MOST_BYTES)).decode(errors="replace")
                status = answer.status
        except aiohttp.ClientConnectorError:
            raise WeChatError(0, _API, ruling=Ruling(Verdict.RETRY)) from None
        except (aiohttp.ClientError, TimeoutError):
            raise OutcomeUnknown(_API) from None
        return _judged(status, said, gateway)


def _judged(status: int, said: str, gateway: Gateway) -> str:
    if status >= 500:
        raise OutcomeUnknown(_API, status)
    if status >= 300 or gateway.accepted not in said:
        log.error("sms.refused", status=status)
        raise WeChatError(status, _API, ruling=Ruling(Verdict.FINAL))
    return ""


def _kind(gateway: Gateway) -> str:
    return "application/json" if gateway.is_json else "application/x-www-form-urlencoded"


def _filled(pattern: str, known: Mapping[str, str], *, is_json: bool) -> str:
    """Only our three marks are replaced, so that a JSON body keeps its braces."""
    for name, value in known.items():
        pattern = pattern.replace(
            "{" + name + "}", json.dumps(value, ensure_ascii=False)[1:-1] if is_json else quote(value, safe="")
        )
    return pattern


@dataclass(frozen=True, slots=True)
class FileSms:
    """Writes each message as a line of JSON into a private file instead of sending it."""

    path: Path
    phone: str = ""

    async def send(self, phone: str, words: str, *, once: str) -> str:
        """One line; the same `once` may stand there twice after a kill, as with a real gateway."""
        line = {"at": clock.now().isoformat(), "phone": phone, "words": sms_text(words, self.phone), "once": once}
        await asyncio.to_thread(_append, self.path, json.dumps(line, ensure_ascii=False) + "\n")
        return ""


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
        file.write(line)


def sms_text(words: str, phone: str) -> str:
    """What stands in the message: the words, and whom to call."""
    said = texts.render("delivery.sms", words=words, phone=phone) if phone else words
    return said[:_LONGEST]
