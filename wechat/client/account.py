"""Keeps the account itself: menu, QR codes, quotas, callback addresses (wechat.md §3.2, 3.8, 3.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wechat.client.calls import Caller
from wechat.client.transport import Answer, Json, Request
from wechat.errors import OutcomeUnknown

Buttons = Sequence[Mapping[str, Any]]
_THIRTY_DAYS = 2_592_000
_SCENE_LIMIT = 64
_IMAGE_LIMIT = 1024 * 1024
_CALLBACK_IP, _PROBE_SECONDS = "/cgi-bin/getcallbackip", 4.0


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code: `url` is what is drawn in it, so it can be printed without asking for the picture."""

    ticket: str
    url: str
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Quota:
    """One API's day: what is allowed, used and left."""

    limit: int
    used: int
    left: int


class Account(Caller):
    """Menu, QR codes, quotas."""

    async def menu_create(self, buttons: Buttons) -> None:
        """Replaces the whole menu: three columns, five lines in each."""
        await self.read("/cgi-bin/menu/create", {"button": list(buttons)})

    async def menu_get(self) -> Json | None:
        """The menu as the platform has it, or None if there is none."""
        return (await self.read("/cgi-bin/menu/get")).get("menu")

    async def menu_delete(self) -> None:
        """Takes the menu away, the conditional ones too."""
        await self.read("/cgi-bin/menu/delete")

    async def menu_add_conditional(self, buttons: Buttons, match: Mapping[str, Any]) -> str:
        """A menu for those who fit `match` (`tag_id` or `client_platform_type`); returns its id."""
        found = await self.send("/cgi-bin/menu/addconditional", {"button": list(buttons), "matchrule": dict(match)})
        return str(found.get("menuid", ""))

    async def menu_delete_conditional(self, menu_id: str) -> None:
        """Takes one conditional menu away."""
        await self.read("/cgi-bin/menu/delconditional", {"menuid": menu_id})

    async def qr_temporary(self, scene: str, seconds: int) -> QrCode:
        """A QR code for `scene` (1–64 characters) that lives at most 30 days."""
        life = max(60, min(seconds, _THIRTY_DAYS))
        return await self._qr("QR_STR_SCENE", scene, {"expire_seconds": life})

    async def qr_permanent(self, scene: str) -> QrCode:
        """A QR code for `scene` (1–64 characters) for ever; the account has 100 000 of them in all."""
        return await self._qr("QR_LIMIT_STR_SCENE", scene, {})

    async def _qr(self, action: str, scene: str, life: Json) -> QrCode:
        if not 1 <= len(scene) <= _SCENE_LIMIT:
            raise ValueError("a scene has 1 to 64 characters")
        body = {**life, "action_name": action, "action_info": {"scene": {"scene_str": scene}}}
        found = await self.read("/cgi-bin/qrcode/create", body)
        return QrCode(str(found["ticket"]), str(found.get("url", "")), int(found.get("expire_seconds") or 0))

    async def qr_image(self, ticket: str) -> bytes:
        """The picture of a code, from the API's host (T2). Better: draw `QrCode.url` ourselves."""
        request = Request("/cgi-bin/showqrcode", "GET", {"ticket": ticket}, limit=_IMAGE_LIMIT)
        answer: Answer = await self._transport.exchange(request)
        if not answer.content_type.startswith("image/"):
            raise OutcomeUnknown(request.path)
        return answer.content

    async def quota_get(self, path: str) -> Quota:
        """How much of the day's quota of the API `path` is left."""
        found = (await self.read("/cgi-bin/openapi/quota/get", {"cgi_path": path})).get("quota") or {}
        limit, used, left = (int(found.get(name) or 0) for name in ("daily_limit", "used", "remain"))
        return Quota(limit, used, left)

    async def probe(self) -> None:
        """Returns when the platform answers and there is a token; asked without one, so it counts in no quota.

        Raises `WeChatError` after four seconds at the latest, apart from the fetch of a token.
        """
        await self._transport.exchange(Request(_CALLBACK_IP, "GET", seconds=_PROBE_SECONDS))
        await self._tokens.get()

    async def callback_ip(self) -> list[str]:
        """The addresses the platform pushes from; they change, so they serve as alarm, not as gate."""
        return [str(address) for address in (await self.read(_CALLBACK_IP)).get("ip_list") or []]
