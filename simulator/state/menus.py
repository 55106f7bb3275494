"""The account's menu and its conditional ones, with the platform's limits (wechat.md §3.9)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from simulator.errors import Refused

KEYED = frozenset(
    {
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    }
)
BY_MEDIA = frozenset({"media_id", "view_limited"})
BY_ARTICLE = frozenset({"article_id", "article_view_limited"})
CLIENTS = {"1": "ios", "2": "android", "3": "other"}

Button = dict[str, Any]


class Menus:
    """What hangs at the bottom of each phone."""

    def __init__(self) -> None:
        self.default: list[Button] | None = None
        self.conditional: dict[int, dict[str, Any]] = {}
        self._last = 400_000_000

    def put(self, buttons: object) -> None:
        """Replace the whole menu."""
        self.default = checked(buttons)

    def clear(self) -> None:
        """Deleting the menu takes the conditional ones with it."""
        self.default = None
        self.conditional.clear()

    def add_conditional(self, buttons: object, rule: object) -> int:
        if self.default is None:
            raise Refused(65303)
        match = _checked_rule(rule)
        self._last += 1
        self.conditional[self._last] = {"button": checked(buttons), "matchrule": match, "menuid": self._last}
        return self._last

    def remove_conditional(self, menuid: object) -> None:
        try:
            del self.conditional[int(str(menuid))]
        except (KeyError, ValueError):
            raise Refused(65301) from None

    def seen_by(self, tags: list[int], client: str) -> tuple[list[Button], int]:
        """The buttons this person sees, and the menu's number; conditional ones newest first."""
        for menuid, menu in reversed(self.conditional.items()):
            if _matches(menu["matchrule"], tags, client):
                return menu["button"], menuid
        return self.default or [], self._last if self.default else 0


def checked(buttons: object) -> list[Button]:
    """The buttons as stored, or the refusal their first fault deserves."""
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refused(40016)
    links: set[str] = set()
    kept = [_top(button, links) for button in buttons]
    if len(links) > 3:
        raise Refused(65316)
    return kept


def _top(button: object, links: set[str]) -> Button:
    if not isinstance(button, dict):
        raise Refused(47001)
    _require_size(button.get("name"), 16, 40018)
    below = button.get("sub_button")
    if not below:
        return _leaf(button, links, sub=False)
    if not isinstance(below, list) or len(below) > 5:
        raise Refused(40023)
    return {"name": button["name"], "sub_button": [_sub(each, links) for each in below]}


def _sub(button: object, links: set[str]) -> Button:
    if not isinstance(button, dict) or button.get("sub_button"):
        raise Refused(40023)
    _require_size(button.get("name"), 60, 40025)
    return _leaf(button, links, sub=True)


def _leaf(button: Button, links: set[str], sub: bool) -> Button:
    kind = button.get("type")
    if kind in KEYED:
        _require_size(button.get("key"), 128, 40026 if sub else 40019)
    elif kind in BY_MEDIA:
        _require_size(button.get("media_id"), 512, 40007)
    elif kind in BY_ARTICLE:
        _require_size(button.get("article_id"), 512, 40007)
    elif kind in ("view", "miniprogram"):
        _check_link(button, links, sub)
    else:
        raise Refused(40024 if sub else 40017)
    return {key: value for key, value in button.items() if key != "sub_button"}


def _check_link(button: Button, links: set[str], sub: bool) -> None:
    _require_size(button.get("url"), 1024, 40027 if sub else 40020)
    parts = urlsplit(str(button["url"]))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused(40054 if sub else 40055)
    if button["type"] == "miniprogram" and not (button.get("appid") and button.get("pagepath")):
        raise Refused(40017)
    links.add(parts.hostname)


def _require_size(text: object, most: int, code: int) -> None:
    if not isinstance(text, str) or not 1 <= len(text.encode()) <= most:
        raise Refused(code)


def _checked_rule(rule: object) -> dict[str, str]:
    if not isinstance(rule, dict) or not rule:
        raise Refused(65320)
    if set(rule) - {"tag_id", "client_platform_type"} or not any(rule.values()):
        # Sex and region were withdrawn in October 2021.
        raise Refused(65320)
    return {key: str(value) for key, value in rule.items() if value}


def _matches(rule: dict[str, str], tags: list[int], client: str) -> bool:
    if "tag_id" in rule and (not tags or str(tags[-1]) != rule["tag_id"]):
        return False
    wanted = rule.get("client_platform_type")
    return wanted is None or CLIENTS.get(wanted) == client
